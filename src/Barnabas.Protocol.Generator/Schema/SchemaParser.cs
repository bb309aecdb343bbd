using System.Globalization;

namespace Barnabas.Protocol.Generator;

/// <summary>
/// Reads the schema form. A file is a heading, the fields, then structs that several fields share:
/// <code>
/// # words for the reader, kept as documentation
/// request OffsetFetchRequest
/// api 9
/// listeners broker
/// versions 1-10
/// flexible 6+
///
/// GroupId   string    0-7  entity groupId
/// Groups    []Group   8+
///   GroupId string    8+   entity groupId
///
/// struct Group 8+
///   ...
/// </code>
/// A field is a name, a type, its versions, then any of: <c>nullable [versions]</c>, <c>default value</c>,
/// <c>tag number [versions]</c>, <c>flexible versions</c>, <c>ignorable</c>, <c>mapkey</c>, <c>zerocopy</c>,
/// <c>entity kind</c>. Two spaces of indentation lead into the struct of the field above.
/// </summary>
internal sealed class SchemaParser
{
    private const int IndentSize = 2;

    private static readonly HashSet<string> Kinds =
        ["request", "response", "header", "data", "metadata", "coordinator-key", "coordinator-value"];

    private readonly string[] _lines;
    private readonly List<string> _comment = [];

    // The structs that a line may continue, outermost first; index = indentation level.
    private readonly List<StructSchema> _open = [];
    private MessageSchema? _message;

    private SchemaParser(string text) => _lines = text.Replace("\r", "").Split('\n');

    /// <exception cref="SchemaException">The text breaks the grammar or contradicts itself.</exception>
    public static MessageSchema Parse(string text) => new SchemaParser(text).Parse();

    private MessageSchema Parse()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            string line = _lines[i];
            string trimmed = line.Trim();
            if (trimmed.Length == 0)
            {
                continue;
            }

            if (trimmed[0] == '#')
            {
                _comment.Add(trimmed.Substring(1).Trim());
                continue;
            }

            string[] words = trimmed.Split([' '], StringSplitOptions.RemoveEmptyEntries);
            ParseLine(i, line.Length - line.TrimStart(' ').Length, words);
            _comment.Clear();
        }

        MessageSchema message = _message ?? throw new SchemaException(0, "the file declares no message");
        SchemaRules.Check(message);
        return message;
    }

    private void ParseLine(int line, int indent, string[] words)
    {
        if (_message is null)
        {
            ParseKind(line, words);
        }
        else if (words[0] == "struct")
        {
            ParseStruct(line, words);
        }
        else if (char.IsUpper(words[0][0]))
        {
            ParseField(line, indent, words);
        }
        else
        {
            ParseHeading(_message, line, words);
        }
    }

    private void ParseKind(int line, string[] words)
    {
        if (words.Length != 2 || !Kinds.Contains(words[0]))
        {
            throw new SchemaException(line, "expected '<kind> <Name>', the kind one of " + string.Join(", ", Kinds));
        }

        _message = new(words[0], words[1]) { Comment = TakeComment() };
    }

    private void ParseHeading(MessageSchema message, int line, string[] words)
    {
        switch (words[0])
        {
            case "api" when words.Length == 2:
                message.ApiKey = ParseNumber(line, words[1]);
                break;
            case "log" when words.Length == 2:
                message.Log = words[1];
                break;
            case "listeners" when words.Length >= 2:
                message.Listeners.AddRange(words.Skip(1));
                break;
            case "versions" when words.Length == 2 || (words.Length == 3 && words[2] == "latest-unstable"):
                message.Versions = ParseVersions(line, words[1]);
                message.LatestVersionUnstable = words.Length == 3;
                message.Body = new(message.Name, message.Versions, line);
                _open.Add(message.Body);
                break;
            case "flexible" when words.Length == 2:
                message.FlexibleVersions = ParseVersions(line, words[1]);
                break;
            case "retired" when words.Length == 1:
                message.Retired = true;
                break;
            case "cluster-action" when words.Length == 1:
                message.ClusterAction = true;
                break;
            case "forwardable" when words.Length == 1:
                message.Forwardable = true;
                break;
            default:
                throw new SchemaException(line, $"'{string.Join(" ", words)}' is no line of a heading");
        }
    }

    private void ParseStruct(int line, string[] words)
    {
        if (words.Length != 3)
        {
            throw new SchemaException(line, "expected 'struct <Name> <versions>'");
        }

        StructSchema declared = new(words[1], ParseVersions(line, words[2]), line);
        AddStruct(declared);
        _open.Clear();
        // Level 0 is taken by nothing: fields of a declared struct are indented once.
        _open.Add(new("", VersionRange.None, line));
        _open.Add(declared);
    }

    private void ParseField(int line, int indent, string[] words)
    {
        int level = indent / IndentSize;
        if (indent % IndentSize != 0 || level >= _open.Count || _open[level].Name.Length == 0)
        {
            throw new SchemaException(line, "the indentation leads into no struct");
        }

        if (words.Length < 3)
        {
            throw new SchemaException(line, "expected '<Name> <type> <versions>'");
        }

        _open.RemoveRange(level + 1, _open.Count - level - 1);
        FieldSchema field = new(words[0], FieldType.Parse(words[1]), ParseVersions(line, words[2]), line)
        {
            Comment = TakeComment(),
        };
        ParseAttributes(field, words);
        _open[level].Fields.Add(field);
        if (field.Type.IsStruct && IsFollowedByDeeperLine(line, indent))
        {
            field.Inline = new(field.Type.Name, field.Versions, line);
            AddStruct(field.Inline);
            _open.Add(field.Inline);
        }
    }

    private bool IsFollowedByDeeperLine(int line, int indent)
    {
        for (int i = line + 1; i < _lines.Length; i++)
        {
            string trimmed = _lines[i].TrimStart(' ');
            if (trimmed.Length > 0 && trimmed[0] != '#')
            {
                return _lines[i].Length - trimmed.Length > indent;
            }
        }

        return false;
    }

    private static void ParseAttributes(FieldSchema field, string[] words)
    {
        int next = 3;
        while (next < words.Length)
        {
            string word = words[next++];
            switch (word)
            {
                case "nullable":
                    field.NullableVersions = OptionalVersions(field, words, ref next);
                    break;
                case "default":
                    field.Default = Argument(field, words, ref next);
                    break;
                case "tag":
                    field.Tag = ParseNumber(field.Line, Argument(field, words, ref next));
                    field.TaggedVersions = OptionalVersions(field, words, ref next);
                    break;
                case "flexible":
                    field.FlexibleVersions = ParseVersions(field.Line, Argument(field, words, ref next));
                    break;
                case "entity":
                    field.Entity = Argument(field, words, ref next);
                    break;
                case "ignorable":
                    field.Ignorable = true;
                    break;
                case "mapkey":
                    field.MapKey = true;
                    break;
                case "zerocopy":
                    field.ZeroCopy = true;
                    break;
                default:
                    throw new SchemaException(field.Line, $"'{word}' is no attribute of a field");
            }
        }
    }

    private static string Argument(FieldSchema field, string[] words, ref int next) => next < words.Length
        ? words[next++]
        : throw new SchemaException(field.Line, $"'{words[next - 1]}' lacks its value");

    /// <summary>The versions after an attribute; without any, those of the field.</summary>
    private static VersionRange OptionalVersions(FieldSchema field, string[] words, ref int next) =>
        next < words.Length && char.IsDigit(words[next][0])
            ? ParseVersions(field.Line, words[next++])
            : field.Versions;

    private void AddStruct(StructSchema added)
    {
        if (_message!.FindStruct(added.Name) is not null)
        {
            throw new SchemaException(added.Line, $"struct {added.Name} is declared twice");
        }

        _message.Structs.Add(added);
    }

    private string TakeComment() => string.Join("\n", _comment);

    private static VersionRange ParseVersions(int line, string text) =>
        VersionRange.TryParse(text, out VersionRange range)
            ? range
            : throw new SchemaException(line, $"'{text}' is no range of versions");

    private static int ParseNumber(int line, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new SchemaException(line, $"'{text}' is no number");
}
