using System.Text.RegularExpressions;

namespace Barnabas.Architecture.Tests;

/// <summary>
/// Each API that a listener serves (and so advertises) has a handler in a file of its own, and tests that send it.
/// </summary>
public partial class ApiTests
{
    private const string Handlers = "src/Barnabas.Broker/Handlers/";
    private const string Table = "src/Barnabas.Broker/Lifecycle/HandlerTable.cs";

    public static TheoryData<string> Apis =>
        [.. Handled().Select(static handler => handler.Api).Distinct().Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_handler_is_in_a_table_and_every_entry_of_a_table_is_a_handler()
    {
        string table = Checkout.Sources.Single(static file => file.Path == Table).Text;
        IEnumerable<string> listed = Entry().Matches(table).Select(static entry => entry.Groups["name"].Value);
        IEnumerable<string> files = Handled().Select(
            static handler => Path.GetFileNameWithoutExtension(handler.File.Path));
        Assert.Equal(files.Order(StringComparer.Ordinal), listed.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_handler_begins_with_the_name_and_number_of_its_api() => Assert.All(
        Handled(), static handler => Assert.Matches($@"/// (<summary>)?{handler.Api} \(\d+\)", handler.File.Text));

    /// <summary>Those that compare with Apache Kafka do not count: they are not run everywhere.</summary>
    [Theory]
    [MemberData(nameof(Apis))]
    public void A_whole_node_is_asked_in_tests(string api) => Assert.Contains(
        Checkout.Sources,
        file => file.Path.StartsWith("tests/Barnabas.Broker.Tests/", StringComparison.Ordinal)
            && !file.Path.Contains("/Peer", StringComparison.Ordinal)
            && Regex.IsMatch(file.Text, $@"\b(Ask|Decode)<{api}Response>"));

    private static IEnumerable<(string Api, SourceFile File)> Handled() => Checkout.Sources
        .Where(static file => file.Path.StartsWith(Handlers, StringComparison.Ordinal))
        .Select(static file => (Api: Served().Match(file.Text).Groups["api"].Value, File: file))
        .Where(static served => served.Api.Length > 0);

    [GeneratedRegex(@"ApiKey Api => ApiKey\.(?<api>\w+);")]
    private static partial Regex Served();

    [GeneratedRegex(@"table\.Add\(new (?<name>\w+)\(")]
    private static partial Regex Entry();
}
