using Barnabas.Client;
using Barnabas.Configuration;

namespace Barnabas.Cli;

/// <summary>
/// A client's properties as a command line gives them: a file, then single properties, then the command's own options.
/// Later ones win.
/// </summary>
internal sealed class ClientProperties(Messages messages)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Values => _values;

    public void AddFile(FileInfo? file)
    {
        if (file is null)
        {
            return;
        }

        PropertiesFile parsed = PropertiesFile.Parse(File.ReadAllBytes(file.FullName));
        if (parsed.Problems.Count > 0)
        {
            throw new CommandFailure($"{file}: {parsed.Problems[0]}");
        }

        foreach ((string key, PropertyEntry entry) in parsed.Entries)
        {
            _values[key] = entry.Value;
        }
    }

    public void AddPairs(IEnumerable<string>? pairs)
    {
        foreach ((string key, string value) in Pairs(pairs))
        {
            _values[key] = value;
        }
    }

    public void Set(string key, string value) => _values[key] = value;

    /// <summary>A default of the command's: only if nothing above has said otherwise.</summary>
    public void SetIfAbsent(string key, string value) => _values.TryAdd(key, value);

    /// <summary>Says which properties had no effect, in one line.</summary>
    public void TellIgnored(IReadOnlyList<string> ignored)
    {
        if (ignored.Count > 0)
        {
            messages.Warning($"Without effect here: {string.Join(", ", ignored)}");
        }
    }

    /// <summary>Splits <c>key=value</c>; the value may be empty and may hold further equals signs.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(IEnumerable<string>? pairs)
    {
        foreach (string pair in pairs ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CommandFailure($"'{pair}' is not of the form key=value");
            }

            yield return new KeyValuePair<string, string>(pair[..equals], pair[(equals + 1)..]);
        }
    }

    /// <summary>An admin client of these properties.</summary>
    public KafkaAdmin NewAdmin()
    {
        AdminOptions options = AdminOptions.FromProperties(_values, out IReadOnlyList<string> ignored);
        TellIgnored(ignored);
        return new KafkaAdmin(options with
        {
            ConnectionFailed = new ConnectionNotice(messages, options.CallTimeout, TimeProvider.System).Tell,
        });
    }
}
