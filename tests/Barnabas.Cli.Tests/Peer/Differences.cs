namespace Barnabas.Cli.Tests;

/// <summary>Gathers what two tools answered differently, so that a failure tells all of it.</summary>
internal sealed class Differences
{
    private readonly List<string> _found = [];

    public void Compare(string asked, (int ExitCode, string Text) theirs, (int ExitCode, string Text) ours)
    {
        if (theirs == ours)
        {
            return;
        }

        string[] their = theirs.Text.Split('\n');
        string[] our = ours.Text.Split('\n');
        _found.Add(
            $"{asked}: exit code {theirs.ExitCode}, ours {ours.ExitCode}\n"
            + string.Join('\n', their.Except(our).Select(static line => $"  theirs: {line}")) + "\n"
            + string.Join('\n', our.Except(their).Select(static line => $"  ours:   {line}")));
    }

    public void AssertNone() => Assert.True(_found.Count == 0, string.Join("\n\n", _found));
}
