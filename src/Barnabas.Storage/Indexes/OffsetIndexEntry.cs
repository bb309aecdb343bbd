namespace Barnabas.Storage;

/// <summary>
/// The batch whose last offset is base offset + <paramref name="RelativeOffset"/> begins at this position.
/// </summary>
internal readonly record struct OffsetIndexEntry(int RelativeOffset, int Position);
