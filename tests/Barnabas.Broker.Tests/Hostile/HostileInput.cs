using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Bytes that a connection sends, and what must come of them: <c>close</c>, or the error codes of the reply. The same
/// table is put to this node and to Apache Kafka.
/// </summary>
/// <param name="Row">The row in the list of bad inputs; it only groups them.</param>
/// <param name="Expected"><c>close</c>, <c>ok</c>, or the error code in the reply.</param>
/// <param name="Bytes">All that is sent, lengths included.</param>
/// <param name="Read">Finds the error code in the reply; null if only closing is possible.</param>
internal sealed record HostileInput(
    string Row,
    string What,
    string Expected,
    Func<byte[]> Bytes,
    Func<byte[], short>? Read = null)
{
    /// <summary>
    /// What Apache Kafka 4.4.0 does, where this node does something else on purpose; null where both do the same.
    /// </summary>
    public string? Kafka { get; init; }

    /// <summary>Sends the bytes on a connection of their own and tells what came of them.</summary>
    public string Outcome(int port)
    {
        using RawConnection connection = RawConnection.To(port);
        try
        {
            connection.Send(Bytes());
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The node closed while the bytes were still on their way.
            return "close";
        }

        if (connection.Receive() is not { } reply)
        {
            return "close";
        }

        Assert.True(Read is not null, "A reply to bytes that have none.");
        short error = Read(reply);
        return error == 0 ? "ok" : error.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public override string ToString() => $"{Row} {What}";
}
