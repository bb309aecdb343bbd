using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Barnabas.Kernel;

/// <summary>
/// Kafka's 128-bit id: two big-endian halves, written as 22 characters of URL-safe base64 without padding.
/// <see cref="Zero"/> means "none"; <see cref="Zero"/> and the value 1 (the metadata topic) are never drawn.
/// </summary>
public readonly record struct Uuid(long MostSignificant, long LeastSignificant) : IComparable<Uuid>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 16;

    /// <summary>No id.</summary>
    public static Uuid Zero => default;

    /// <summary>The id of <c>__cluster_metadata</c>.</summary>
    public static Uuid MetadataTopic => new(0, 1);

    public bool IsZero => this == Zero;

    public static Uuid Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt64BigEndian(source),
        BinaryPrimitives.ReadInt64BigEndian(source[8..]));

    /// <summary>
    /// Draws a random (version 4) id. One whose text would start with '-' is drawn again, as Kafka does, because
    /// command lines would take it for an option.
    /// </summary>
    public static Uuid Random(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[Size];
        while (true)
        {
            entropy.Fill(bytes);
            bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            Uuid drawn = Read(bytes);
            // The first character is the top six bits; '-' stands for 62.
            if (bytes[0] >> 2 != 62)
            {
                return drawn;
            }
        }
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Uuid id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[24];
        // Not TryDecodeFromChars: that one returns false for a short destination alone and throws on bad characters.
        if (text.Length > 24
            || Base64Url.DecodeFromChars(text, bytes, out _, out int written) != OperationStatus.Done
            || written != Size)
        {
            return false;
        }

        id = Read(bytes);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, MostSignificant);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], LeastSignificant);
    }

    public int CompareTo(Uuid other)
    {
        int high = MostSignificant.CompareTo(other.MostSignificant);
        return high != 0 ? high : LeastSignificant.CompareTo(other.LeastSignificant);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
