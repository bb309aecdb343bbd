namespace Barnabas.Protocol.Generator;

/// <summary>A schema that cannot be understood, with the line (counted from 0) that is to blame.</summary>
internal sealed class SchemaException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}
