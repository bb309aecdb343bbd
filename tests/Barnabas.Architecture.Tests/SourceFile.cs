namespace Barnabas.Architecture.Tests;

/// <summary>A C# file and the room it belongs to.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>The name of the project: the second part of the path.</summary>
    public string Room => Path.Split('/')[1];

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);
}
