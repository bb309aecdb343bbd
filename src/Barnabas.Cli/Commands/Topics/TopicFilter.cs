using System.Text.RegularExpressions;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>Which topics a command is about: all, those whose whole name matches, or the one with an id.</summary>
internal sealed class TopicFilter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex? _pattern;
    private readonly string? _id;
    private readonly bool _excludeInternal;

    public TopicFilter(string? pattern, string? id, bool excludeInternal)
    {
        _id = id;
        _excludeInternal = excludeInternal;
        // As Kafka's tools take it: a comma separates alternatives, blanks and quotes around it do not count.
        string? cleaned = pattern?.Trim().Replace(',', '|').Replace(" ", "", StringComparison.Ordinal).Trim('"', '\'');
        try
        {
            _pattern = cleaned is null ? null : new Regex($"^(?:{cleaned})$", RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException)
        {
            throw new CommandFailure($"{pattern} is an invalid regex.");
        }
    }

    public bool Takes(TopicDescription topic) =>
        (_id is null || topic.Id.ToString() == _id)
        && (_pattern is null || _pattern.IsMatch(topic.Name))
        && !(_excludeInternal && topic.IsInternal);
}
