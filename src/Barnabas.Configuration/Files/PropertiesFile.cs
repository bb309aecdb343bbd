using System.Globalization;
using System.Text;

namespace Barnabas.Configuration;

/// <summary>
/// A file of <c>key=value</c> lines as Java reads it: <c>#</c> and <c>!</c> begin comments, <c>=</c>, <c>:</c> or a
/// blank ends the key, a backslash escapes the next sign or joins the next line, <c>\uXXXX</c> is a code unit, and a
/// key that occurs twice has its last value.
/// </summary>
public sealed class PropertiesFile
{
    private static readonly char[] Blanks = [' ', '\t', '\f'];

    private readonly Dictionary<string, PropertyEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<ConfigProblem> _problems = [];
    private readonly List<ConfigProblem> _repeated = [];

    private PropertiesFile()
    {
    }

    public IReadOnlyDictionary<string, PropertyEntry> Entries => _entries;

    /// <summary>Lines that cannot be read (a <c>\u</c> without four hexadecimal digits).</summary>
    public IReadOnlyList<ConfigProblem> Problems => _problems;

    /// <summary>Keys that stand in the file more than once, with the line that counts.</summary>
    public IReadOnlyList<ConfigProblem> Repeated => _repeated;

    /// <summary>
    /// The bytes of a file: Java takes each for a sign of ISO-8859-1, whatever an editor made of it. Only a byte order
    /// mark is passed over, which Java would take for a part of the first key.
    /// </summary>
    public static PropertiesFile Parse(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        return Parse(Encoding.Latin1.GetString(content.StartsWith(mark) ? content[mark.Length..] : content));
    }

    public static PropertiesFile Parse(string text)
    {
        PropertiesFile file = new();
        using StringReader reader = new(text);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            int first = number;
            string logical = line.TrimStart(Blanks);
            if (logical.Length == 0 || logical[0] is '#' or '!')
            {
                continue;
            }

            while (EndsInOpenBackslash(logical))
            {
                string? next = reader.ReadLine();
                number++;
                logical = logical[..^1] + next?.TrimStart(Blanks);
                if (next is null)
                {
                    break;
                }
            }

            file.Add(logical, first);
        }

        return file;
    }

    private void Add(string logical, int line)
    {
        int keyEnd = 0;
        while (keyEnd < logical.Length && logical[keyEnd] is not ('=' or ':' or ' ' or '\t' or '\f'))
        {
            keyEnd += logical[keyEnd] == '\\' ? 2 : 1;
        }

        keyEnd = Math.Min(keyEnd, logical.Length);
        int valueStart = SkipBlanks(logical, keyEnd);
        if (valueStart < logical.Length && logical[valueStart] is '=' or ':')
        {
            valueStart = SkipBlanks(logical, valueStart + 1);
        }

        if (!TryUnescape(logical.AsSpan(0, keyEnd), out string key)
            || !TryUnescape(logical.AsSpan(valueStart), out string value))
        {
            _problems.Add(new ConfigProblem(
                logical[..keyEnd],
                $"'{logical[..keyEnd]}': \\u must be followed by four hexadecimal digits",
                line));
            return;
        }

        if (_entries.TryGetValue(key, out PropertyEntry former))
        {
            _repeated.Add(new ConfigProblem(
                key,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{key}' stands on line {former.Line} already; this one counts"),
                line));
        }

        _entries[key] = new PropertyEntry(value, line);
    }

    private static int SkipBlanks(string text, int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t' or '\f')
        {
            position++;
        }

        return position;
    }

    /// <summary>
    /// An odd number of backslashes at the end joins the next line; an even number is escaped backslashes.
    /// </summary>
    private static bool EndsInOpenBackslash(string line)
    {
        int count = 0;
        while (count < line.Length && line[line.Length - 1 - count] == '\\')
        {
            count++;
        }

        return count % 2 == 1;
    }

    private static bool TryUnescape(ReadOnlySpan<char> source, out string text)
    {
        StringBuilder result = new(source.Length);
        text = "";
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\')
            {
                result.Append(source[i]);
                continue;
            }

            if (++i == source.Length)
            {
                break;
            }

            if (source[i] == 'u')
            {
                if (source.Length - i <= 4
                    || !ushort.TryParse(
                        source.Slice(i + 1, 4),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out ushort unit))
                {
                    return false;
                }

                result.Append((char)unit);
                i += 4;
                continue;
            }

            result.Append(source[i] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'f' => '\f',
                char other => other,
            });
        }

        text = result.ToString();
        return true;
    }
}
