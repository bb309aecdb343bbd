using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>What a line of input becomes.</summary>
internal readonly record struct ParsedLine(
    ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value, IReadOnlyList<RecordHeader>? Headers);
