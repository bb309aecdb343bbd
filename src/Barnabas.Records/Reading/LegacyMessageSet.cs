using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// A compressed message set of magic 0 or 1: one message whose value is, compressed, a row of messages. It carries the
/// offset of the last of them. Those of magic 1 count from 0 (KIP-31), so a leader could set their offsets without
/// compressing them again; those of magic 0 carry their offsets in full.
/// </summary>
internal static class LegacyMessageSet
{
    public static RecordReader Open(
        RecordBatch wrapper, CompressionCodecs codecs, RecordScratch scratch, DecompressionLimit limit)
    {
        // Zstandard came after magic 2 (KIP-110); it has no meaning here.
        if (wrapper.Compression == CompressionType.Zstd)
        {
            return new RecordReader(RecordFault.UnknownCodec);
        }

        RecordFault fault = LegacyMessage.TryRead(wrapper.Bytes, out LegacyMessage outer);
        if (fault != RecordFault.None || outer.ValueLength < 0)
        {
            return new RecordReader(RecordFault.BadStructure);
        }

        fault = wrapper is { Magic: 0, Compression: CompressionType.Lz4 }
            ? LegacyLz4.Decompress(outer.Value, codecs, scratch, limit)
            : scratch.Decompress(wrapper.Compression, outer.Value, codecs, limit);
        if (fault != RecordFault.None)
        {
            return new RecordReader(fault);
        }

        fault = Survey(scratch.Written, out long lastInnerOffset);
        if (fault != RecordFault.None)
        {
            return new RecordReader(fault);
        }

        long wrapperOffset = wrapper.LastOffset.Value;
        if (wrapper.Magic == 0 || wrapperOffset == 0)
        {
            // Offset 0 on a wrapper of magic 1 is a set that no leader has seen yet.
            return new RecordReader(wrapper, scratch.Written, baseOffset: 0);
        }

        return wrapperOffset < lastInnerOffset
            ? new RecordReader(RecordFault.BadStructure)
            : new RecordReader(wrapper, scratch.Written, wrapperOffset - lastInnerOffset);
    }

    /// <summary>Looks for the last message; there must be one, and none may be compressed again.</summary>
    private static RecordFault Survey(ReadOnlySpan<byte> messages, out long lastOffset)
    {
        lastOffset = -1;
        int count = 0;
        while (true)
        {
            RecordFault fault = LegacyMessage.TryRead(messages, out LegacyMessage message);
            if (fault != RecordFault.None)
            {
                return fault;
            }

            if (message.Size == 0)
            {
                return count == 0 ? RecordFault.PrematureEnd : RecordFault.None;
            }

            if (message.Compression != CompressionType.None)
            {
                return RecordFault.BadStructure;
            }

            count++;
            lastOffset = message.Offset;
            messages = messages[message.Size..];
        }
    }
}
