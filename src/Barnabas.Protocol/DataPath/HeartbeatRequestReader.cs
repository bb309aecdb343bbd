namespace Barnabas.Protocol;

/// <summary>
/// A Heartbeat request (versions 0 to 4) read in place, without allocating; fails where the generated
/// <see cref="HeartbeatRequest"/> would. Version 3 knows static members (KIP-345), version 4 is flexible.
/// </summary>
public readonly ref struct HeartbeatRequestReader
{
    private const short FirstWithInstance = 3;
    private const short FirstFlexible = 4;

    private HeartbeatRequestReader(ReadOnlySpan<byte> body, short version, out bool failed)
    {
        KafkaReader reader = new(body);
        bool compact = version >= FirstFlexible;
        GroupId = reader.ReadStringBytes(compact, nullable: false, out _);
        GenerationId = reader.ReadInt32();
        MemberId = reader.ReadStringBytes(compact, nullable: false, out _);
        if (version >= FirstWithInstance)
        {
            GroupInstanceId = reader.ReadStringBytes(compact, nullable: true, out bool present);
            HasGroupInstanceId = present;
        }

        if (compact)
        {
            reader.SkipTaggedFields();
        }

        failed = reader.Failed;
    }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> GroupId { get; }

    public int GenerationId { get; }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> MemberId { get; }

    /// <summary>True for a static member.</summary>
    public bool HasGroupInstanceId { get; }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> GroupInstanceId { get; }

    /// <summary>
    /// Opens the body that begins at <paramref name="bodyOffset"/>; false when it is malformed or the version is none
    /// of 0 to 4.
    /// </summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> frame, int bodyOffset, short version, out HeartbeatRequestReader request)
    {
        request = default;
        if (version is < HeartbeatRequest.LowestVersion or > HeartbeatRequest.HighestVersion)
        {
            return false;
        }

        request = new HeartbeatRequestReader(frame[bodyOffset..], version, out bool failed);
        return !failed;
    }
}
