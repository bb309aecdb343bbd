using System.Buffers;
using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Turns a request into a frame: length, header, body. The correlation id is set when its turn comes.
/// </summary>
internal static class RequestEncoder
{
    // length (4), api key (2), api version (2)
    private const int CorrelationOffset = 8;

    public static (byte[] Buffer, int Length) Encode(
        IApiMessage request, ApiKeyFacts api, short version, string clientId)
    {
        RequestHeader header = new()
        {
            RequestApiKey = (short)api.Key,
            RequestApiVersion = version,
            ClientId = clientId,
        };
        short headerVersion = api.RequestHeaderVersion(version);
        int length = sizeof(int) + header.Measure(headerVersion) + Measure(request, version);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        BinaryPrimitives.WriteInt32BigEndian(buffer, length - sizeof(int));
        KafkaWriter writer = new(buffer.AsSpan(sizeof(int), length - sizeof(int)));
        header.Write(ref writer, headerVersion);
        request.Write(ref writer, version);
        return (buffer, length);
    }

    // The one place where a field that a version lacks shows itself; writing measures the same fields.
    private static int Measure(IApiMessage request, short version)
    {
        try
        {
            return request.Measure(version);
        }
        catch (UnsupportedVersionException error)
        {
            throw new KafkaException(
                ErrorCode.UnsupportedVersion, $"the broker is too old: {error.Message}", inner: error);
        }
    }

    public static void SetCorrelation(byte[] buffer, int correlationId) =>
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(CorrelationOffset), correlationId);
}
