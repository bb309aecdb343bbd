using System.Runtime.CompilerServices;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// Reads the records of one batch in place, whatever its magic, one after the other and without allocating. Sticky: the
/// first damage ends the reading and stays in <see cref="Fault"/>. Only a reader that has come to its end without a
/// fault has seen that the batch holds as many records as it claims, and nothing behind them. A <c>foreach</c> reads on
/// a copy: who wants to know of faults calls <see cref="MoveNext"/>.
/// </summary>
public ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> _source;
    private readonly long _baseOffset;
    private readonly long _baseTimestamp;
    private readonly long _fixedTimestamp;
    private readonly bool _hasFixedTimestamp;
    private readonly bool _legacy;
    private readonly bool _checksMessages;
    private int _remaining;
    private int _position;

    private int _keyStart;
    private int _keyLength;
    private int _valueStart;
    private int _valueLength;
    private int _headersStart;
    private int _headersEnd;
    private int _headerCount;

    /// <summary>Over a batch without compression.</summary>
    public RecordReader(RecordBatch batch)
        : this(batch, batch.IsLegacy ? batch.Bytes : batch.RecordBytes)
    {
        Invariant.That(batch.Compression == CompressionType.None);
    }

    /// <summary>Over a batch of magic 2 whose records lie, decompressed, in <paramref name="records"/>.</summary>
    internal RecordReader(RecordBatch batch, ReadOnlySpan<byte> records)
    {
        _source = records;
        _legacy = batch.IsLegacy;
        _hasFixedTimestamp = batch.TimestampType == TimestampType.LogAppendTime;
        _fixedTimestamp = batch.MaxTimestamp;
        if (_legacy)
        {
            _remaining = int.MaxValue;
            return;
        }

        _baseOffset = batch.BaseOffset.Value;
        _baseTimestamp = batch.BaseTimestamp;
        _remaining = batch.RecordCount;
        if (_remaining < 0)
        {
            Fault = RecordFault.BadCount;
        }
        else if (_remaining == 0 && records.Length != 0)
        {
            Fault = RecordFault.TrailingBytes;
        }
    }

    /// <summary>
    /// Over the messages within a compressed message set. The offsets of magic 1 are relative to its first record
    /// (KIP-31): <paramref name="baseOffset"/> makes them absolute; those of magic 0 are so already.
    /// </summary>
    internal RecordReader(RecordBatch wrapper, ReadOnlySpan<byte> messages, long baseOffset)
        : this(wrapper, messages)
    {
        _baseOffset = baseOffset;
        _checksMessages = true;
    }

    /// <summary>Over nothing: a batch whose records could not be reached.</summary>
    internal RecordReader(RecordFault fault)
    {
        Fault = fault;
    }

    public RecordFault Fault { get; private set; }

    /// <summary>
    /// The current record's distance to the base offset, as written; the message's own offset in magic 0 and 1.
    /// </summary>
    public int OffsetDelta { get; private set; }

    public Offset Offset { get; private set; }

    /// <summary>Of the current record of a batch v2, its length included; 0 in magic 0 and 1.</summary>
    public int SizeInBytes { get; private set; }

    /// <summary>See <see cref="Record.Timestamp"/>.</summary>
    public long Timestamp { get; private set; }

    public readonly bool HasKey => _keyLength >= 0;

    public readonly Record Current => new(
        Offset,
        Timestamp,
        Slice(_keyStart, _keyLength),
        Slice(_valueStart, _valueLength),
        _headerCount,
        _source[_headersStart.._headersEnd]);

    public readonly RecordReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_remaining == 0 || Fault != RecordFault.None)
        {
            return false;
        }

        if (_legacy)
        {
            return MoveNextMessage();
        }

        RecordFault fault = ReadRecord();
        _remaining--;
        if (fault == RecordFault.None && _remaining == 0 && _position != _source.Length)
        {
            fault = RecordFault.TrailingBytes;
        }

        Fault = fault;
        return fault == RecordFault.None;
    }

    /// <summary>Looks at all records that are left; why the reading ended.</summary>
    internal RecordFault Examine(ref RecordFindings findings)
    {
        while (MoveNext())
        {
            findings.Add(OffsetDelta, Timestamp, HasKey, SizeInBytes);
        }

        return Fault;
    }

    private readonly OptionalBytes Slice(int start, int length) =>
        length < 0 ? OptionalBytes.Null : _source.Slice(start, length);

    private RecordFault ReadRecord()
    {
        int start = _position;
        if (!Varint.TryReadSigned(_source, ref _position, out int size) || size > _source.Length - _position)
        {
            return RecordFault.PrematureEnd;
        }

        if (size < 1)
        {
            return RecordFault.BadStructure;
        }

        // Nothing within the record may reach beyond its own end: all reads go through this slice.
        ReadOnlySpan<byte> body = _source[..(_position + size)];
        int position = _position + 1;
        if (!Varint.TryReadSigned(body, ref position, out long timestampDelta)
            || !Varint.TryReadSigned(body, ref position, out int offsetDelta)
            || !TrySkipBytes(body, ref position, out _keyStart, out _keyLength)
            || !TrySkipBytes(body, ref position, out _valueStart, out _valueLength)
            || !Varint.TryReadSigned(body, ref position, out _headerCount)
            || _headerCount < 0)
        {
            return RecordFault.BadStructure;
        }

        _headersStart = position;
        for (int i = 0; i < _headerCount; i++)
        {
            if (!TrySkipBytes(body, ref position, out _, out int keyLength)
                || keyLength < 0
                || !TrySkipBytes(body, ref position, out _, out _))
            {
                return RecordFault.BadStructure;
            }
        }

        _headersEnd = position;
        if (position != body.Length)
        {
            return RecordFault.BadStructure;
        }

        _position = position;
        SizeInBytes = position - start;
        OffsetDelta = offsetDelta;
        Offset = new Offset(_baseOffset + offsetDelta);
        Timestamp = _hasFixedTimestamp ? _fixedTimestamp : _baseTimestamp + timestampDelta;
        return RecordFault.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipBytes(ReadOnlySpan<byte> body, ref int position, out int start, out int length)
    {
        bool read = Varint.TryReadSigned(body, ref position, out length);
        start = position;
        if (!read || length > body.Length - position)
        {
            return false;
        }

        position += Math.Max(0, length);
        return true;
    }

    /// <summary>
    /// An incomplete message at the end is passed over without a fault: brokers of the time cut message sets at a size.
    /// </summary>
    private bool MoveNextMessage()
    {
        Fault = LegacyMessage.TryRead(_source[_position..], out LegacyMessage message);
        if (Fault == RecordFault.None && _checksMessages && !message.IsSound)
        {
            Fault = RecordFault.BadChecksum;
        }

        if (Fault != RecordFault.None || message.Size == 0)
        {
            return false;
        }

        _keyStart = _position + message.KeyStart;
        _keyLength = message.KeyLength;
        _valueStart = _position + message.ValueStart;
        _valueLength = message.ValueLength;
        _position += message.Size;
        Offset = new Offset(_baseOffset + message.Offset);
        OffsetDelta = (int)message.Offset;
        bool isFixed = _hasFixedTimestamp && message.Magic == 1;
        Timestamp = isFixed ? _fixedTimestamp : message.Timestamp;
        return true;
    }
}
