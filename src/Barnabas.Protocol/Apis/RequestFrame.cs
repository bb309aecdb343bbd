namespace Barnabas.Protocol;

/// <summary>
/// The head of a request, read in place: what the request is, and where its body begins. Valid as long as the frame's
/// bytes are.
/// </summary>
public readonly ref struct RequestFrame
{
    private RequestFrame(
        ApiKeyFacts api, short version, int correlationId, ReadOnlySpan<byte> clientId, bool hasClientId)
    {
        Api = api;
        Version = version;
        CorrelationId = correlationId;
        ClientId = clientId;
        HasClientId = hasClientId;
    }

    public ApiKeyFacts Api { get; }

    /// <summary>The version the client asked in; not checked, because ApiVersions answers unknown ones too.</summary>
    public short Version { get; }

    public int CorrelationId { get; }

    /// <summary>
    /// The client's name for itself as it came: UTF-8 if the client is well behaved, any bytes if not.
    /// </summary>
    public ReadOnlySpan<byte> ClientId { get; }

    public bool HasClientId { get; }

    /// <summary>
    /// Reads the header from the start of a frame (behind its size) and leaves the reader at the body. False when the
    /// key is unknown or the header malformed; there is no answer to either but to close the connection.
    /// </summary>
    public static bool TryRead(ref KafkaReader reader, out RequestFrame frame)
    {
        frame = default;
        short number = reader.ReadInt16();
        short version = reader.ReadInt16();
        int correlationId = reader.ReadInt32();
        if (reader.Failed || ApiKeys.Find(number) is not { } api)
        {
            return false;
        }

        short headerVersion = api.RequestHeaderVersion(version);
        ReadOnlySpan<byte> clientId = default;
        bool hasClientId = false;
        if (headerVersion >= 1)
        {
            // KIP-511: the client id keeps its two-byte length in flexible headers, so that any broker can read it.
            clientId = reader.ReadStringBytes(compact: false, nullable: true, out hasClientId);
        }

        if (headerVersion >= 2)
        {
            reader.SkipTaggedFields();
        }

        frame = new(api, version, correlationId, clientId, hasClientId);
        return !reader.Failed;
    }
}
