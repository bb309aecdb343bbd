using System.Collections.Immutable;
using Barnabas.Protocol.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Barnabas.Protocol.Tests;

/// <summary>The generator inside the compiler: errors point at the schema, and an edit rebuilds one class.</summary>
public sealed class MessageGeneratorTests
{
    [Fact]
    public void A_broken_schema_is_an_error_at_its_line()
    {
        GeneratorDriverRunResult result = Driver()
            .AddAdditionalTexts([new SchemaText("Bad.message", "data Bad\nversions 0\n\nA int31 0+")])
            .RunGenerators(Compilation())
            .GetRunResult();
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("BRN001", diagnostic.Id);
        FileLinePositionSpan where = diagnostic.Location.GetLineSpan();
        Assert.Equal(("Bad.message", 3), (where.Path, where.StartLinePosition.Line));
    }

    [Fact]
    public void An_edit_of_one_schema_leaves_the_others_alone()
    {
        SchemaText first = new("First.message", "data First\nversions 0\n\nA int32 0+");
        SchemaText second = new("Second.message", "data Second\nversions 0\n\nA int32 0+");
        SchemaText edited = new("Second.message", "data Second\nversions 0\n\nA int64 0+");
        GeneratorDriver driver = Driver().AddAdditionalTexts([first, second]).RunGenerators(Compilation());
        GeneratorRunResult run = Assert.Single(
            driver.ReplaceAdditionalText(second, edited).RunGenerators(Compilation()).GetRunResult().Results);

        Dictionary<string, IncrementalStepRunReason> reasons = run.TrackedOutputSteps
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Inputs.Select(input => input.Source.Outputs[input.OutputIndex]))
            .Where(output => output.Value is CompiledSchema)
            .ToDictionary(output => ((CompiledSchema)output.Value).Name, output => output.Reason);
        Assert.Equal(IncrementalStepRunReason.Modified, reasons["Second"]);
        Assert.NotEqual(IncrementalStepRunReason.Modified, reasons["First"]);
    }

    private static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new MessageGenerator().AsSourceGenerator()],
        driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));

    private static CSharpCompilation Compilation() => CSharpCompilation.Create("schemas");

    private sealed class SchemaText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
