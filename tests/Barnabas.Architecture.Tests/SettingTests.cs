using System.Text.RegularExpressions;

namespace Barnabas.Architecture.Tests;

/// <summary>
/// A configuration key that is said to have an effect is read, and what is read from it is used: the line at start that
/// lists keys without effect is honest.
/// </summary>
public partial class SettingTests
{
    private const string Room = "src/Barnabas.Configuration/";

    [Fact]
    public void Every_key_with_an_effect_is_read()
    {
        string readers = Text(static file =>
            file.IsProduct && !file.Path.StartsWith(Room + "Keys/", StringComparison.Ordinal));
        List<string> unread = [];
        int keys = 0;
        foreach (SourceFile table in In("Keys/").Where(static file => file.Text.Contains("WithEffect {")))
        {
            foreach (Match key in NamedKey().Matches(table.Text))
            {
                keys++;
                // Read by its C# name, or as the default of a topic key.
                string text = key.Groups["text"].Value;
                string ofTopic = text.StartsWith("log.", StringComparison.Ordinal) ? text[4..] : text;
                if (!Regex.IsMatch(readers, $@"\b{key.Groups["name"].Value}\b")
                    && !readers.Contains($"\"{text}\"", StringComparison.Ordinal)
                    && !readers.Contains($"\"{ofTopic}\"", StringComparison.Ordinal))
                {
                    unread.Add($"{table.Path}: {text}");
                }
            }
        }

        Assert.True(keys > 80, $"Only {keys} keys were found.");
        Assert.True(unread.Count == 0, string.Join('\n', unread));
    }

    [Fact]
    public void Every_setting_is_used_by_another_room()
    {
        string others = Text(static file =>
            file.IsProduct && !file.Path.StartsWith(Room, StringComparison.Ordinal));
        List<string> unused = [];
        int settings = 0;
        IEnumerable<SourceFile> views =
            [.. In("Views/"), .. In("Topics/TopicSettings"), .. In("Node/NodeConfiguration.")];
        foreach (SourceFile view in views)
        {
            foreach (Match property in Property().Matches(view.Text))
            {
                settings++;
                string name = property.Groups["name"].Value;
                if (!Regex.IsMatch(others, $@"\.{name}\b"))
                {
                    unused.Add($"{view.Path}: {name}");
                }
            }
        }

        Assert.True(settings > 60, $"Only {settings} settings were found.");
        Assert.True(unused.Count == 0, string.Join('\n', unused));
    }

    private static IEnumerable<SourceFile> In(string folder) =>
        Checkout.Sources.Where(file => file.Path.StartsWith(Room + folder, StringComparison.Ordinal));

    private static string Text(Func<SourceFile, bool> which) =>
        string.Join('\n', Checkout.Sources.Where(which).Select(static file => file.Text));

    [GeneratedRegex(@"public static readonly ConfigKey<[^=]+> (?<name>\w+) =\s+Key<[^>]+>\(""(?<text>[^""]+)""")]
    private static partial Regex NamedKey();

    [GeneratedRegex(@"^    public (required )?[\w<>?, ]+ (?<name>[A-Z]\w*)\s*(\{ get|=>)", RegexOptions.Multiline)]
    private static partial Regex Property();
}
