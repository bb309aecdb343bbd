using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Barnabas.Protocol.Generator;

/// <summary>
/// Turns every <c>.message</c> file of the project into a class with its codec. Each file is compiled by itself and
/// its result kept, so that a change to one schema rebuilds one class (and the tables, if its heading changed).
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class MessageGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor Broken = new(
        "BRN001",
        "Message schema cannot be compiled",
        "{0}",
        "Barnabas.Schema",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<CompiledSchema> compiled = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".message", StringComparison.Ordinal))
            .Select(static (file, stop) => CompiledSchema.From(file.Path, file.GetText(stop)?.ToString() ?? ""));
        context.RegisterSourceOutput(compiled, static (output, schema) => Publish(output, schema));

        IncrementalValueProvider<ImmutableArray<MessageHeading>> headings = compiled
            .Where(static schema => schema.Heading is not null)
            .Select(static (schema, _) => schema.Heading!)
            .Collect();
        context.RegisterSourceOutput(headings, static (output, all) =>
        {
            if (all.Any(heading => heading.Kind == "request"))
            {
                output.AddSource("ApiKeys.g.cs", ApiTableEmitter.EmitApis(all));
            }

            output.AddSource("Records.g.cs", ApiTableEmitter.EmitRecords(all));
        });
    }

    private static void Publish(SourceProductionContext output, CompiledSchema schema)
    {
        if (schema.Heading is not null)
        {
            output.AddSource(schema.Name + ".g.cs", schema.Source);
            return;
        }

        LinePosition position = new(schema.ErrorLine, 0);
        Location where = Location.Create(schema.Path, default, new LinePositionSpan(position, position));
        output.ReportDiagnostic(Diagnostic.Create(Broken, where, schema.Error));
    }
}
