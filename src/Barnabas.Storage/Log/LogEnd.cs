using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// An end of the log as a reader saw it: the size was read before the offset, and the writer publishes the offset
/// before the size, so that all bytes below <paramref name="Size"/> belong to records below <paramref name="Offset"/>.
/// </summary>
internal readonly record struct LogEnd(Segment Segment, int Size, Offset Offset);
