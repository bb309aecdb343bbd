using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Barnabas.Architecture.Tests;

/// <summary>What a reader may rely on when opening any file of this house.</summary>
public partial class TidyTests
{
    private const int LinesPerFileMax = 700;
    private const int LinesPerFileWanted = 500;
    private const int LinesPerMethodMax = 70;
    private const int ColumnsMax = 120;

    [Fact]
    public void Files_are_short_enough_to_be_read() => AssertNone(
        Checkout.Sources.Where(file => Lines(file).Length > LinesPerFileMax).Select(file => $"{file.Path}: "
            + $"{Lines(file).Length}"));

    [Fact]
    public void Lines_fit_on_the_page()
    {
        List<string> wrong = [];
        foreach (SourceFile file in Checkout.Sources)
        {
            string[] lines = Lines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length > ColumnsMax)
                {
                    wrong.Add($"{file.Path}:{i + 1}: {lines[i].Length} columns");
                }

                if (lines[i].Length > 0 && char.IsWhiteSpace(lines[i][^1]))
                {
                    wrong.Add($"{file.Path}:{i + 1}: ends in blanks");
                }
            }
        }

        AssertNone(wrong);
    }

    [Fact]
    public void Methods_fit_on_the_screen() => AssertNone(
        Methods().Where(method => method.Lines > LinesPerMethodMax).Select(method => $"{method.Name}: {method.Lines} "
            + "lines"));

    [Fact]
    public void Nothing_is_put_off_in_a_comment() => AssertNone(Checkout.Sources
        .Where(file => PutOff().IsMatch(file.Text) && !file.Path.EndsWith("TidyTests.cs", StringComparison.Ordinal))
        .Select(file => file.Path));

    [Fact]
    public void Types_say_what_they_do() => AssertNone(Types()
        .Where(type => type.File.IsProduct && Vague().IsMatch(type.Node.Identifier.Text))
        .Select(type => $"{type.File.Path}: {type.Node.Identifier.Text}"));

    [Fact]
    public void A_file_holds_one_type() => AssertNone(Checkout.Sources
        .Where(file => file.IsProduct)
        .Select(file => (
            file.Path,
            Count: Checkout.Parse(file).DescendantNodes(node => node is not TypeDeclarationSyntax)
            .Count(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)))
        .Where(file => file.Count > 1)
        .Select(file => $"{file.Path}: {file.Count} types"));

    [Fact]
    public void Static_state_does_not_change()
    {
        List<string> wrong = [];
        foreach (SourceFile file in Checkout.Sources.Where(file => file.IsProduct))
        {
            foreach (FieldDeclarationSyntax field in Checkout.Parse(file)
                .DescendantNodes()
                .OfType<FieldDeclarationSyntax>())
            {
                bool isStatic = field.Modifiers.Any(SyntaxKind.StaticKeyword);
                if (isStatic && !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword))
                {
                    wrong.Add($"{file.Path}: {field.Declaration.Variables[0].Identifier.Text}");
                }
            }

            wrong.AddRange(Checkout.Parse(file).DescendantNodes().OfType<PropertyDeclarationSyntax>()
                .Where(property => property.Modifiers.Any(SyntaxKind.StaticKeyword)
                    && property.AccessorList?.Accessors.Any(accessor => accessor.Body is null
                        && accessor.ExpressionBody is null
                        && accessor.IsKind(SyntaxKind.SetAccessorDeclaration)) == true
                    && !property.Modifiers.Any(SyntaxKind.AbstractKeyword))
                .Select(property => $"{file.Path}: {property.Identifier.Text}"));
        }

        AssertNone(wrong);
    }

    [Fact]
    public void Only_Platform_calls_native_code() => AssertNone(Checkout.Sources
        .Where(file => file.IsProduct && file.Room != "Barnabas.Platform")
        .Where(file => file.Text.Contains("LibraryImport(", StringComparison.Ordinal)
            || file.Text.Contains("DllImport(", StringComparison.Ordinal))
        .Select(file => file.Path));

    [Fact]
    public void A_room_has_one_namespace() => AssertNone(Checkout.Sources
        .Where(file => file.IsProduct)
        .SelectMany(file => Checkout.Parse(file).DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            .Where(space => space.Name.ToString() != file.Room
                // The compiler looks for this one type of the framework by its full name.
                && space.Name.ToString() != "System.Runtime.CompilerServices")
            .Select(space => $"{file.Path}: {space.Name}")));

    [Fact]
    public void Nobody_waits_for_a_task_in_a_core_room()
    {
        // The ban list sees GetResult and Wait; what it cannot see is that a core has no business with tasks at all.
        string[] cores =
        [
            "Barnabas.Kernel", "Barnabas.Records", "Barnabas.Raft", "Barnabas.Metadata", "Barnabas.Coordination",
            "Barnabas.Storage", "Barnabas.Replication", "Barnabas.Configuration", "Barnabas.Protocol",
        ];
        AssertNone(Checkout.Sources
            .Where(file => file.IsProduct && cores.Contains(file.Room))
            .Where(file => Checkout.Parse(file).DescendantNodes().OfType<AwaitExpressionSyntax>().Any())
            .Select(file => file.Path));
    }

    /// <summary>Not a judgement: what is large is listed, so that growth is seen before it hurts.</summary>
    [Fact]
    public void The_size_report_is_written()
    {
        string folder = Path.Combine(Checkout.Root, "test-results");
        Directory.CreateDirectory(folder);
        List<string> report = ["lines per room"];
        report.AddRange(Checkout.Sources.GroupBy(file => file.Room)
            .OrderBy(room => room.Key, StringComparer.Ordinal)
            .Select(room => $"{room.Sum(file => Lines(file).Length),8}  {room.Key} ({room.Count()} files)"));
        report.Add("");
        report.Add($"files above {LinesPerFileWanted} lines (limit {LinesPerFileMax})");
        report.AddRange(Checkout.Sources.Select(file => (file.Path, Count: Lines(file).Length))
            .Where(file => file.Count > LinesPerFileWanted)
            .OrderByDescending(file => file.Count)
            .Select(file => $"{file.Count,8}  {file.Path}"));
        report.Add("");
        report.Add($"the forty longest methods (limit {LinesPerMethodMax})");
        report.AddRange(Methods().OrderByDescending(method => method.Lines).Take(40)
            .Select(method => $"{method.Lines,8}  {method.Name}"));
        string path = Path.Combine(folder, "size-report.txt");
        File.WriteAllLines(path, report);
        Assert.True(new FileInfo(path).Length > 0);
    }

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex PutOff();

    [GeneratedRegex("(Utils?|Utility|Utilities|Helpers?|Manager|Impl)$")]
    private static partial Regex Vague();

    private static string[] Lines(SourceFile file) => file.Text.TrimEnd('\n').Split('\n');

    private static IEnumerable<(SourceFile File, BaseTypeDeclarationSyntax Node)> Types() => Checkout.Sources
        .SelectMany(file => Checkout.Parse(file).DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Select(type => (file, type)));

    private static IEnumerable<(string Name, int Lines)> Methods() => Checkout.Sources.SelectMany(file => Checkout
        .Parse(file)
        .DescendantNodes()
        .OfType<BaseMethodDeclarationSyntax>()
        .Select(method =>
        {
            FileLinePositionSpan span = method.GetLocation().GetLineSpan();
            string name = method switch
            {
                MethodDeclarationSyntax named => named.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                _ => method.Kind().ToString(),
            };
            return ($"{file.Path}:{span.StartLinePosition.Line + 1} {name}",
                span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
        }));

    private static void AssertNone(IEnumerable<string> wrong)
    {
        string[] found = [.. wrong];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
