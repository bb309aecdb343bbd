using System.Buffers.Binary;

namespace Barnabas.Records;

/// <summary>
/// Keys of control records: a version and a <see cref="ControlRecordType"/>, sixteen bits each. Their values are
/// messages of the protocol, except the small one that ends a transaction, which is here.
/// </summary>
public static class ControlRecord
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 4;

    /// <summary>Bytes of the value of an abort or commit marker.</summary>
    public const int EndTransactionSize = 6;

    public static void WriteKey(Span<byte> destination, ControlRecordType type)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination, 0);
        BinaryPrimitives.WriteInt16BigEndian(destination[2..], (short)type);
    }

    /// <summary>
    /// False if it is no key of a control record. Later versions may append to it; a type not known here reads as
    /// <see cref="ControlRecordType.Unknown"/>.
    /// </summary>
    public static bool TryReadKey(ReadOnlySpan<byte> key, out ControlRecordType type)
    {
        type = ControlRecordType.Unknown;
        if (key.Length < KeySize || BinaryPrimitives.ReadInt16BigEndian(key) < 0)
        {
            return false;
        }

        short number = BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        if (number is >= 0 and <= (short)ControlRecordType.KRaftVoters)
        {
            type = (ControlRecordType)number;
        }

        return true;
    }

    /// <summary>The value of an abort or commit marker.</summary>
    public static void WriteEndTransaction(Span<byte> destination, int coordinatorEpoch)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination, 0);
        BinaryPrimitives.WriteInt32BigEndian(destination[2..], coordinatorEpoch);
    }

    /// <summary>False if it is no value of an abort or commit marker. Later versions may append to it.</summary>
    public static bool TryReadEndTransaction(ReadOnlySpan<byte> value, out int coordinatorEpoch)
    {
        coordinatorEpoch = 0;
        if (value.Length < EndTransactionSize || BinaryPrimitives.ReadInt16BigEndian(value) < 0)
        {
            return false;
        }

        coordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(value[2..]);
        return true;
    }
}
