using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>What retention needs to know of a segment.</summary>
/// <param name="EndOffset">Base offset of the next segment, or the log's end.</param>
/// <param name="LargestTimestamp">Of its records; where they have none, when the segment was made.</param>
internal readonly record struct SegmentSummary(Offset EndOffset, int Size, long LargestTimestamp);
