using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Barnabas.Architecture.Tests;

/// <summary>The files of this checkout, read once.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>All C# files that people write: not what is generated or built.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Find("src", "*.cs").Concat(Find("tests", "*.cs"))
        .Select(path => new SourceFile(Relative(path), File.ReadAllText(path)))];

    public static IReadOnlyList<string> Projects { get; } =
        [.. Find("src", "*.csproj").Concat(Find("tests", "*.csproj"))];

    /// <summary>A path below the root with forward slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static SyntaxNode Parse(SourceFile file) => CSharpSyntaxTree
        .ParseText(file.Text, new CSharpParseOptions(LanguageVersion.Preview), file.Path)
        .GetRoot();

    private static IEnumerable<string> Find(string folder, string pattern)
    {
        string path = Path.Combine(Root, folder);
        return Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
            .Where(file => !Relative(file).Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Barnabas.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie inside a checkout.");
    }
}
