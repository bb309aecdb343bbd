using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.TransportSpike;

/// <summary>
/// One connection: requests are parsed in place and answered on the reactor that received them; log bytes leave by
/// <see cref="IConnection.SendFile"/>. While replies wait for the socket, nothing more is read.
/// </summary>
internal sealed class SpikeConnection(
    IConnection connection, SpikeLogs logs, BufferPool pool, int port, BufferLease firstInput, BufferLease output)
    : IConnectionHandler
{
    public const int InputBytes = 256 * 1024;
    public const int OutputBytes = 64 * 1024;
    private const int ReplyBytesMax = 8 * 1024;

    private readonly (int From, int Count, IDiskFile? File, long Position, int FileCount)[] _pieces =
        new (int, int, IDiskFile?, long, int)[256];

    private BufferLease _input = firstInput;
    private int _inputStart;
    private int _inputEnd;
    private int _outputEnd;
    private int _firstPiece;
    private int _endPiece;
    private bool _blocked;

    private bool HasRoom => OutputBytes - _outputEnd >= ReplyBytesMax && _pieces.Length - _endPiece >= 16;

    public void OnReadable()
    {
        if (!MakeRoom())
        {
            connection.Close();
            return;
        }

        IoResult received = connection.Receive(_input.Span[_inputEnd..]);
        if (received.Status == IoStatus.Done)
        {
            _inputEnd += received.Count;
            Work();
        }
    }

    public void OnWritable() => Work();

    public void OnClosed()
    {
        _input.Return();
        output.Return();
    }

    private void Work()
    {
        while (true)
        {
            while (HasRoom && TryTakeFrame(out Span<byte> frame))
            {
                Answer(frame);
            }

            bool wasFull = !HasRoom;
            if (!TryFlush())
            {
                if (!_blocked)
                {
                    _blocked = true;
                    connection.NotifyWhenReadable(false);
                    connection.NotifyWhenWritable(true);
                }

                return;
            }

            if (!wasFull)
            {
                break;
            }
        }

        if (_blocked)
        {
            _blocked = false;
            connection.NotifyWhenReadable(true);
            connection.NotifyWhenWritable(false);
        }
    }

    private bool TryTakeFrame(out Span<byte> frame)
    {
        frame = default;
        Span<byte> arrived = _input.Span[_inputStart.._inputEnd];
        if (arrived.Length < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(arrived);
        if (arrived.Length - 4 < length)
        {
            return false;
        }

        frame = arrived.Slice(4, length);
        _inputStart += 4 + length;
        return true;
    }

    // Moves what is left of a request to the front, and takes a larger buffer for one that cannot fit.
    private bool MakeRoom()
    {
        int left = _inputEnd - _inputStart;
        int needed = left >= 4 ? 4 + BinaryPrimitives.ReadInt32BigEndian(_input.Span[_inputStart..]) : 0;
        if (_inputStart == 0 && needed <= _input.Length && _inputEnd < _input.Length)
        {
            return true;
        }

        if (needed > _input.Length)
        {
            if (!pool.TryRent(needed, "large input", out BufferLease larger))
            {
                return false;
            }

            _input.Span[_inputStart.._inputEnd].CopyTo(larger.Span);
            _input.Return();
            _input = larger;
        }
        else if (left > 0 && (_inputEnd == _input.Length || needed > _input.Length - _inputStart))
        {
            _input.Span[_inputStart.._inputEnd].CopyTo(_input.Span);
        }
        else if (left > 0)
        {
            return true;
        }

        _inputStart = 0;
        _inputEnd = left;
        return true;
    }

    private bool TryFlush()
    {
        while (_firstPiece < _endPiece)
        {
            ref (int From, int Count, IDiskFile? File, long Position, int FileCount) piece = ref _pieces[_firstPiece];
            if (piece.Count > 0)
            {
                bool more = piece.FileCount > 0 || _firstPiece + 1 < _endPiece;
                IoResult sent = connection.Send(output.Span.Slice(piece.From, piece.Count), more);
                piece.From += sent.Count;
                piece.Count -= sent.Count;
                if (sent.Status != IoStatus.Done)
                {
                    return false;
                }
            }
            else if (piece.FileCount > 0)
            {
                IoResult sent = connection.SendFile(piece.File!, piece.Position, piece.FileCount);
                piece.Position += sent.Count;
                piece.FileCount -= sent.Count;
                if (sent.Status != IoStatus.Done)
                {
                    return false;
                }
            }
            else
            {
                _firstPiece++;
            }
        }

        _firstPiece = _endPiece = _outputEnd = 0;
        return true;
    }

    private void Answer(Span<byte> frame)
    {
        FrameReader reader = new(frame);
        FrameWriter writer = new(output.Span[_outputEnd..]);
        short api = reader.Int16();
        reader.Int16();
        writer.Int32(0);
        writer.Int32(reader.Int32());
        reader.Text();
        bool reply = true;
        int fileBytes = 0;
        int firstPiece = _endPiece;
        switch (api)
        {
            case 0:
                reply = Produce(ref reader, ref writer);
                break;
            case 1:
                fileBytes = Fetch(ref reader, ref writer);
                break;
            case 3:
                Metadata(ref reader, ref writer);
                break;
            case 19 or 20:
                ChangeTopic(ref reader, ref writer, create: api == 19);
                break;
            default:
                writer.Int16(0);
                writer.Int32(0);
                break;
        }

        if (reply)
        {
            int from = _outputEnd;
            BinaryPrimitives.WriteInt32BigEndian(output.Span[from..], writer.Count - 4 + fileBytes);
            int covered = firstPiece == _endPiece
                ? 0
                : _pieces[_endPiece - 1].From + _pieces[_endPiece - 1].Count - from;
            if (writer.Count > covered)
            {
                AddPiece(from + covered, writer.Count - covered, null, 0, 0);
            }

            _outputEnd += writer.Count;
        }
    }

    private bool Produce(ref FrameReader reader, ref FrameWriter writer)
    {
        reader.Text();
        short acks = reader.Int16();
        reader.Int32();
        int topics = reader.Int32();
        writer.Int32(topics);
        for (; topics > 0; topics--)
        {
            Span<byte> name = reader.Text();
            SpikePartition[]? found = logs.Find(name);
            int partitions = reader.Int32();
            writer.Text(name);
            writer.Int32(partitions);
            for (; partitions > 0; partitions--)
            {
                int number = reader.Int32();
                Span<byte> batch = reader.Bytes();
                long baseOffset = -1;
                ErrorCode error = found is null || (uint)number >= (uint)found.Length
                    ? ErrorCode.UnknownTopicOrPartition
                    : found[number].Append(batch, out baseOffset);
                writer.Int32(number);
                writer.Int16((short)error);
                writer.Int64(baseOffset);
                writer.Int64(-1);
                writer.Int64(0);
            }
        }

        writer.Int32(0);
        return acks != 0;
    }

    private int Fetch(ref FrameReader reader, ref FrameWriter writer)
    {
        int all = 0;
        reader.Int32();
        reader.Int32();
        reader.Int32();
        int left = reader.Int32();
        reader.Int8();
        reader.Int32();
        reader.Int32();
        writer.Int32(0);
        writer.Int16(0);
        writer.Int32(0);
        int topics = reader.Int32();
        writer.Int32(topics);
        int from = _outputEnd;
        for (; topics > 0; topics--)
        {
            Span<byte> name = reader.Text();
            SpikePartition[]? found = logs.Find(name);
            int partitions = reader.Int32();
            writer.Text(name);
            writer.Int32(partitions);
            for (; partitions > 0; partitions--)
            {
                int number = reader.Int32();
                reader.Int32();
                long offset = reader.Int64();
                reader.Int64();
                int most = reader.Int32();
                SpikePartition? partition =
                    found is not null && (uint)number < (uint)found.Length ? found[number] : null;
                (long position, int count) = partition is null || left <= 0
                    ? (0, 0)
                    : partition.Find(offset, Math.Min(most, left));
                writer.Int32(number);
                writer.Int16((short)(partition is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None));
                writer.Int64(partition?.NextOffset ?? -1);
                writer.Int64(partition?.NextOffset ?? -1);
                writer.Int64(0);
                writer.Int32(0);
                writer.Int32(count);
                if (count > 0)
                {
                    AddPiece(from, _outputEnd + writer.Count - from, partition!.File, position, count);
                    from = _outputEnd + writer.Count;
                    left -= count;
                    all += count;
                }
            }
        }

        return all;
    }

    private void Metadata(ref FrameReader reader, ref FrameWriter writer)
    {
        Span<byte> name = reader.Int32() > 0 ? reader.Text() : default;
        SpikePartition[]? found = logs.Find(name);
        writer.Int32(0);
        writer.Int32(1);
        writer.Int32(1);
        writer.Text("127.0.0.1"u8);
        writer.Int32(port);
        writer.Int16(-1);
        writer.Text("spike"u8);
        writer.Int32(1);
        writer.Int32(1);
        writer.Int16((short)(found is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None));
        writer.Text(name);
        writer.Int8(0);
        writer.Int32(found?.Length ?? 0);
        for (int i = 0; i < found?.Length; i++)
        {
            writer.Int16(0);
            writer.Int32(i);
            writer.Int32(1);
            writer.Int32(1);
            writer.Int32(1);
            writer.Int32(1);
            writer.Int32(1);
        }
    }

    private void ChangeTopic(ref FrameReader reader, ref FrameWriter writer, bool create)
    {
        reader.Int32();
        Span<byte> name = reader.Text();
        ErrorCode error = create ? logs.Create(name, reader.Int32()) : logs.Delete(name);
        writer.Int32(0);
        writer.Int32(1);
        writer.Text(name);
        writer.Int16((short)error);
        if (create)
        {
            writer.Int16(-1);
        }
    }

    // Bytes of the output buffer, then bytes of a file. Output that follows on output joins it.
    private void AddPiece(int from, int count, IDiskFile? file, long position, int fileCount)
    {
        if (_endPiece > _firstPiece)
        {
            ref (int From, int Count, IDiskFile? File, long Position, int FileCount) last = ref _pieces[_endPiece - 1];
            if (last.FileCount == 0 && last.From + last.Count == from)
            {
                last = (last.From, last.Count + count, file, position, fileCount);
                return;
            }
        }

        _pieces[_endPiece++] = (from, count, file, position, fileCount);
    }
}
