namespace Barnabas.Storage;

/// <summary>
/// No record up to base offset + <paramref name="RelativeOffset"/> has a later timestamp; that offset is the last of
/// the batch that holds it.
/// </summary>
internal readonly record struct TimeIndexEntry(long Timestamp, int RelativeOffset);
