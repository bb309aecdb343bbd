using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// Looks at the records of one batch of magic 2 as their bytes come, in pieces that may end anywhere. Finds the faults
/// that <see cref="RecordReader"/> finds; of a record that is cut off it may find another than the cut. Keys, values
/// and headers are passed over, so nothing of a record is kept but the beginning of a number.
/// </summary>
internal sealed class RecordStream
{
    private RecordFindings _findings;
    private RecordFault _fault;
    private long _baseTimestamp;
    private long? _fixedTimestamp;
    private int _recordsLeft;

    // Of the record in progress: what is read next, and how many of its bytes come from there on.
    private Part _next;
    private int _left;
    private int _size;
    private long _timestamp;
    private int _offsetDelta;
    private bool _hasKey;
    private int _headersLeft;

    // Bytes of a key or a value that have not come yet; no longer counted in _left.
    private int _skip;

    private enum Part : byte
    {
        Size,
        Attributes,
        Timestamp,
        OffsetDelta,
        Key,
        Value,
        HeaderCount,
        HeaderKey,
        HeaderValue,
    }

    public RecordFindings Findings => _findings;

    public void Begin(RecordBatch batch, in RecordFindings findings)
    {
        Invariant.That(!batch.IsLegacy);
        _findings = findings;
        _fault = batch.RecordCount < 0 ? RecordFault.BadCount : RecordFault.None;
        _baseTimestamp = batch.BaseTimestamp;
        _fixedTimestamp = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : null;
        _recordsLeft = batch.RecordCount;
        _next = Part.Size;
        _skip = 0;
    }

    /// <summary>
    /// Takes the next bytes and returns how many: all but the beginning of a number that goes on behind them. After a
    /// fault everything is taken.
    /// </summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (_fault == RecordFault.None && position < bytes.Length)
        {
            if (_skip > 0)
            {
                int step = Math.Min(_skip, bytes.Length - position);
                _skip -= step;
                position += step;
            }
            else if (!TryTakePart(bytes, ref position))
            {
                break;
            }
        }

        return _fault == RecordFault.None ? position : bytes.Length;
    }

    /// <summary>No more bytes come.</summary>
    /// <param name="untaken">Bytes that <see cref="Take"/> left.</param>
    public RecordFault End(int untaken)
    {
        bool isWhole = _recordsLeft == 0 && _skip == 0 && untaken == 0;
        return _fault != RecordFault.None || isWhole ? _fault : RecordFault.PrematureEnd;
    }

    /// <summary>False if the part goes on behind these bytes. What it breaks is in the fault.</summary>
    private bool TryTakePart(ReadOnlySpan<byte> bytes, ref int position)
    {
        switch (_next)
        {
            case Part.Size:
                return TryTakeSize(bytes, ref position);
            case Part.Attributes:
                position++;
                _left--;
                _next = Part.Timestamp;
                return true;
            case Part.Timestamp:
                return TryTakeTimestamp(bytes, ref position);
            default:
                if (!TryTakeNumber(bytes, ref position, out int number))
                {
                    return false;
                }

                Apply(number);
                return true;
        }
    }

    private bool TryTakeSize(ReadOnlySpan<byte> bytes, ref int position)
    {
        if (_recordsLeft == 0)
        {
            _fault = RecordFault.TrailingBytes;
            return true;
        }

        int start = position;
        if (!Varint.TryReadSigned(bytes, ref position, out int size))
        {
            bool isMalformed = bytes.Length - position >= Varint.MaxSize32;
            _fault = isMalformed ? RecordFault.PrematureEnd : RecordFault.None;
            return isMalformed;
        }

        _fault = size < 1 ? RecordFault.BadStructure : RecordFault.None;
        _left = size;
        _size = (int)Math.Min(int.MaxValue, (long)position - start + size);
        _next = Part.Attributes;
        return true;
    }

    private bool TryTakeTimestamp(ReadOnlySpan<byte> bytes, ref int position)
    {
        int start = position;
        ReadOnlySpan<byte> body = Body(bytes, position);
        if (!Varint.TryReadSigned(body, ref position, out long delta))
        {
            return IsBeyondRepair(body.Length - position, Varint.MaxSize64);
        }

        _left -= position - start;
        _timestamp = _fixedTimestamp ?? (_baseTimestamp + delta);
        _next = Part.OffsetDelta;
        return true;
    }

    private bool TryTakeNumber(ReadOnlySpan<byte> bytes, ref int position, out int number)
    {
        int start = position;
        ReadOnlySpan<byte> body = Body(bytes, position);
        if (!Varint.TryReadSigned(body, ref position, out number))
        {
            return IsBeyondRepair(body.Length - position, Varint.MaxSize32);
        }

        _left -= position - start;
        return true;
    }

    /// <summary>Nothing within a record may reach beyond its own end: numbers are read through this.</summary>
    private ReadOnlySpan<byte> Body(ReadOnlySpan<byte> bytes, int position) =>
        bytes[..(position + Math.Min(_left, bytes.Length - position))];

    /// <summary>A number cannot be read: because of what it is, or because more must come.</summary>
    private bool IsBeyondRepair(int available, int longest)
    {
        if (available < _left && available < longest)
        {
            return false;
        }

        _fault = RecordFault.BadStructure;
        return true;
    }

    private void Apply(int number)
    {
        if (_fault != RecordFault.None)
        {
            return;
        }

        switch (_next)
        {
            case Part.OffsetDelta:
                _offsetDelta = number;
                _next = Part.Key;
                break;
            case Part.Key:
                _hasKey = number >= 0;
                Skip(number, Part.Value);
                break;
            case Part.Value:
                Skip(number, Part.HeaderCount);
                break;
            case Part.HeaderCount:
                _headersLeft = number;
                _fault = number < 0 ? RecordFault.BadStructure : RecordFault.None;
                EndHeader();
                break;
            case Part.HeaderKey:
                _fault = number < 0 ? RecordFault.BadStructure : RecordFault.None;
                Skip(number, Part.HeaderValue);
                break;
            default:
                _headersLeft--;
                Skip(number, Part.HeaderKey);
                EndHeader();
                break;
        }
    }

    private void Skip(int length, Part next)
    {
        _next = next;
        if (length > _left)
        {
            _fault = RecordFault.BadStructure;
        }
        else if (length > 0)
        {
            _skip = length;
            _left -= length;
        }
    }

    private void EndHeader()
    {
        if (_fault != RecordFault.None || _headersLeft > 0)
        {
            _next = Part.HeaderKey;
            return;
        }

        if (_left != 0)
        {
            _fault = RecordFault.BadStructure;
            return;
        }

        _findings.Add(_offsetDelta, _timestamp, _hasKey, _size);
        _recordsLeft--;
        _next = Part.Size;
    }
}
