using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>Sends a number of bytes whose values follow from their positions, and checks those that arrive.</summary>
internal sealed class StreamingPeer(IConnection connection, int toSend) : IConnectionHandler
{
    private readonly byte[] _buffer = new byte[3000];

    public int Sent { get; private set; }

    public int Received { get; private set; }

    public int Closings { get; private set; }

    public IConnection Connection { get; } = connection;

    public void OnReadable()
    {
        IoResult result = Connection.Receive(_buffer);
        for (int i = 0; i < result.Count; i++)
        {
            if (_buffer[i] != ValueAt(Received + i))
            {
                Assert.Fail($"byte {Received + i} is wrong");
            }
        }

        Received += result.Count;
    }

    public void OnWritable() => Push();

    public void OnClosed() => Closings++;

    public void Push()
    {
        while (Sent < toSend)
        {
            Span<byte> piece = _buffer.AsSpan(0, Math.Min(_buffer.Length, toSend - Sent));
            for (int i = 0; i < piece.Length; i++)
            {
                piece[i] = ValueAt(Sent + i);
            }

            IoResult result = Connection.Send(piece);
            if (result.Status != IoStatus.Done)
            {
                Connection.NotifyWhenWritable(true);
                return;
            }

            Sent += result.Count;
        }

        Connection.NotifyWhenWritable(false);
    }

    private static byte ValueAt(int position) => (byte)((position * 13) + (position >> 8));
}
