using System.Globalization;

namespace Barnabas.Client;

/// <summary>
/// Takes typed values out of Kafka's properties. Every key that was not taken when <see cref="Complete"/> is called
/// must be one that Kafka knows; those have no effect here and are reported, any other is an error.
/// </summary>
internal sealed class OptionReader(IReadOnlyDictionary<string, string> properties)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public bool Has(string key) => properties.ContainsKey(key);

    public string? Text(string key)
    {
        _taken.Add(key);
        return properties.TryGetValue(key, out string? value) ? value.Trim() : null;
    }

    public string Text(string key, string otherwise) => Text(key) ?? otherwise;

    public IReadOnlyList<string> List(string key) => Text(key) is { } text
        ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : [];

    public long Number(string key, long otherwise, long min, long max = long.MaxValue)
    {
        string? text = Text(key);
        if (text is null)
        {
            return otherwise;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            throw new ClientOptionException(key, text, "not a whole number");
        }

        if (number < min || number > max)
        {
            string range = max == long.MaxValue ? $"at least {min}" : $"between {min} and {max}";
            throw new ClientOptionException(key, text, $"must be {range}");
        }

        return number;
    }

    public int Integer(string key, int otherwise, int min, int max = int.MaxValue) =>
        (int)Number(key, otherwise, min, max);

    /// <summary>
    /// A property in milliseconds. 2^31-1 ms and above stand for "no limit" in Kafka and stay finite here.
    /// </summary>
    public TimeSpan Milliseconds(string key, TimeSpan otherwise, long min = 0) =>
        TimeSpan.FromMilliseconds(Math.Min(Number(key, (long)otherwise.TotalMilliseconds, min), int.MaxValue));

    public bool Flag(string key, bool otherwise)
    {
        string? text = Text(key);
        return text switch
        {
            null => otherwise,
            _ when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
            _ when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
            _ => throw new ClientOptionException(key, text, "must be true or false"),
        };
    }

    public T OneOf<T>(string key, T otherwise, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        string? text = Text(key);
        if (text is null)
        {
            return otherwise;
        }

        foreach ((string name, T value) in choices)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        List<string> names = [];
        foreach ((string name, T _) in choices)
        {
            names.Add(name);
        }

        throw new ClientOptionException(key, text, $"must be one of {string.Join(", ", names)}");
    }

    /// <summary>The keys that Kafka knows and this client does not act on, in the order of their names.</summary>
    public IReadOnlyList<string> Complete()
    {
        List<string> without = [];
        foreach (string key in properties.Keys)
        {
            if (_taken.Contains(key))
            {
                continue;
            }

            if (!KnownProperties.IsKnown(key))
            {
                throw new ClientOptionException(key, properties[key], "Kafka's clients have no option of this name");
            }

            without.Add(key);
        }

        without.Sort(StringComparer.Ordinal);
        return without;
    }
}
