using System.Text;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>What is wrong with frames, headers and requests that carry no records.</summary>
internal static class FrameInputs
{
    private const short ApiVersionsKey = (short)ApiKey.ApiVersions;
    private const short MetadataKey = (short)ApiKey.Metadata;

    /// <summary>
    /// To ApiVersions 99 with correlation id 0x01020304: error 35 and one range, ApiVersions itself. Neither tags nor a
    /// throttle time.
    /// </summary>
    public static ReadOnlySpan<byte> UnknownApiVersionsReply => [1, 2, 3, 4, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 5];

    public static IEnumerable<HostileInput> All() =>
        [.. Frames(), .. Headers(), .. Primitives(), .. Tags(), .. ClientSoftware()];

    public static short MetadataError(byte[] reply, short version)
    {
        MetadataResponse response = Wire.Decode<MetadataResponse>(reply, version);
        return response.Topics.Count == 0 ? (short)0 : response.Topics[0].ErrorCode;
    }

    private static IEnumerable<HostileInput> Frames()
    {
        yield return new("M1", "frame size -1", "close", static () => Wire.WithLength(-1, [0, 0, 0, 0]));
        yield return new("M1", "frame size 2^31-1", "close", static () => Wire.WithLength(int.MaxValue, [0, 0, 0, 0]));
        yield return new("M1", "frame size 100 MiB + 1", "close", static () => Wire.WithLength(104_857_601, [0, 0]));
        yield return new("M1", "frame size 0", "close", static () => Wire.WithLength(0, []));
        yield return new("M1", "frame size 7", "close", static () => Wire.WithLength([0, 18, 0, 0, 0, 0, 0]));
        yield return new("M4", "HTTP", "close", static () => "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        yield return new("M4", "TLS hello", "close", static () => [0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3]);
    }

    private static IEnumerable<HostileInput> Headers()
    {
        yield return new("M5", "api key 999", "close", static () => Wire.Frame(999, 0, []));
        yield return new("M5", "api key -1", "close", static () => Wire.Frame(-1, 0, []));
        yield return new("M5", "Vote on the broker's listener", "close", static () => Wire.Frame(new VoteRequest(), 1));
        yield return new(
            "M5", "Envelope on the broker's listener", "close", static () => Wire.Frame(new EnvelopeRequest
            {
                RequestData = [1],
                ClientHostAddress = [127, 0, 0, 1],
            }, 0));
        yield return new("M5", "Metadata 99", "close", static () => Wire.Frame(MetadataKey, 99, [0, 0, 0, 0]));
        yield return new("M5", "Metadata -1", "close", static () => Wire.Frame(MetadataKey, -1, [0, 0, 0, 0]));
        yield return new("M5", "Produce 2", "close", static () => Wire.Frame((short)ApiKey.Produce, 2, new byte[16]));
        yield return new(
            "M6",
            "ApiVersions 99",
            "35",
            static () => Wire.Frame(ApiVersionsKey, 99, [1, 2, 3]),
            static reply => Wire.Decode<ApiVersionsResponse>(reply, 0).ErrorCode);
        yield return new(
            "M8",
            "client id of length -5",
            "ok",
            static () => Wire.WithLength([0, 3, 0, 1, 0, 0, 0, 7, 0xff, 0xfb, 0, 0, 0, 0]),
            static reply => MetadataError(reply, 1));
        yield return new(
            "M8",
            "client id longer than the frame",
            "close",
            static () => Wire.WithLength([0, 3, 0, 1, 0, 0, 0, 7, 0x7f, 0xff, 0, 0, 0, 0]));
        yield return new(
            "M11",
            "client id that is no UTF-8",
            "ok",
            static () => Wire.WithLength([0, 3, 0, 1, 0, 0, 0, 7, 0, 3, 0xff, 0xc0, 0x80, 0, 0, 0, 0]),
            static reply => MetadataError(reply, 1));
        yield return new(
            "M11",
            "no client id",
            "ok",
            static () => Wire.Frame(new MetadataRequest { Topics = [] }, 1, clientId: null),
            static reply => MetadataError(reply, 1));
        yield return new(
            "M12",
            "bytes behind the body",
            "ok",
            static () => Wire.Frame(MetadataKey, 1, [0, 0, 0, 0, 1, 2, 3, 4, 5]),
            static reply => MetadataError(reply, 1));
    }

    private static IEnumerable<HostileInput> Primitives()
    {
        yield return new(
            "M8",
            "more array elements than bytes",
            "close",
            static () => Wire.Frame(MetadataKey, 1, [0, 0, 1, 0, 0, 0]));
        yield return new(
            "M8",
            "2^31-1 array elements",
            "close",
            static () => Wire.Frame(MetadataKey, 1, [0x7f, 0xff, 0xff, 0xff, 0, 0]));
        yield return new(
            "M8",
            "count -2 of a nullable array",
            "ok",
            static () => Wire.Frame(MetadataKey, 1, [0xff, 0xff, 0xff, 0xfe]),
            static reply => MetadataError(reply, 1));
        yield return new(
            "M8",
            "count -2 of an array that cannot be null",
            "close",
            static () => Wire.Frame((short)ApiKey.CreateTopics, 2, [0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 0]));
        yield return new(
            "M8",
            "a string of negative length that cannot be null",
            "close",
            static () => Wire.Frame(MetadataKey, 1, [0, 0, 0, 1, 0xff, 0xff]));
        yield return new(
            "M8", "a body cut off", "close", static () => Wire.Frame((short)ApiKey.Produce, 7, [0xff, 0xff, 0]));
        yield return new(
            "M10",
            "an array count of six bytes",
            "close",
            static () => Wire.Frame(MetadataKey, 12, [0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0, 0, 0]));
        yield return new(
            "M10",
            "an overlong zero",
            "ok",
            static () => Wire.Frame(MetadataKey, 12, [0x81, 0x00, 0, 0, 0]),
            static reply => MetadataError(reply, 12));
    }

    private static IEnumerable<HostileInput> Tags()
    {
        yield return Tagged("M9", "an unknown tag", "ok", 1, [100, 1, 0xaa]);
        yield return Tagged("M9", "tags that descend", "ok", 2, [100, 0, 99, 0]);
        yield return Tagged("M9", "a tag twice", "ok", 2, [100, 1, 1, 100, 1, 2]);
        yield return Tagged("M9", "10,000 tags", "ok", 10_000, EmptyTags(10_000));
        yield return Tagged("M9", "10,001 tags", "close", 10_001, EmptyTags(10_001));
        yield return Tagged("M9", "a tag longer than the frame", "close", 1, [100, 200, 1, 0]);
    }

    private static byte[] EmptyTags(int count) =>
        [.. Enumerable.Range(0, 2 * count).Select(static at => (byte)(at % 2 == 0 ? 100 : 0))];

    private static HostileInput Tagged(string row, string what, string expected, int count, byte[] tags) => new(
        row,
        what,
        expected,
        () => Wire.Frame(MetadataKey, 12, [1, 0, 0, .. UnsignedVarint(count), .. tags]),
        static reply => MetadataError(reply, 12));

    private static IEnumerable<HostileInput> ClientSoftware()
    {
        foreach (string name in (string[])["", "-a", "a-", "a b", "ä", "a\n"])
        {
            yield return new(
                "M7",
                $"client software '{name.Replace("\n", "\\n", StringComparison.Ordinal)}'",
                "42",
                () => Wire.Frame(
                    new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = "1.0" }, 3),
                static reply => ApiVersionsError(reply));
        }

        yield return new(
            "M7",
            "client software 'a.b-c'",
            "ok",
            static () => Wire.Frame(
                new ApiVersionsRequest { ClientSoftwareName = "a.b-c", ClientSoftwareVersion = "1.0" }, 3),
            static reply => ApiVersionsError(reply));
    }

    private static short ApiVersionsError(byte[] reply) => Wire.Decode<ApiVersionsResponse>(reply, 3).ErrorCode;

    private static byte[] UnsignedVarint(int value)
    {
        List<byte> bytes = [];
        for (uint left = (uint)value; ; left >>= 7)
        {
            if (left < 0x80)
            {
                bytes.Add((byte)left);
                return [.. bytes];
            }

            bytes.Add((byte)(left | 0x80));
        }
    }
}
