using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>
/// The replies of one connection that are due, in the order in which they leave. Belongs to the reactor of the
/// connection.
/// </summary>
/// <remarks>
/// Invariant: <see cref="MemoryBytes"/> is what all written replies hold in memory, those included that are still held
/// back by their requests; it is the number that the outbound limit is compared with.
/// </remarks>
internal sealed class OutputQueue(IConnection transport, ReactorWorkspace workspace)
{
    private OutputBuffer? _first;
    private OutputBuffer? _last;

    /// <summary>The peer did not take all of it at the last <see cref="Flush"/>.</summary>
    public bool IsBlocked { get; private set; }

    public long MemoryBytes { get; private set; }

    /// <summary>Everything that was written is sent.</summary>
    public bool IsEmpty => _first is null;

    /// <summary>The buffer that the next reply in order goes to.</summary>
    public OutputBuffer Tail()
    {
        // While the peer does not take what was sent, replies gather in a buffer behind the one that is under way, so
        // that sent bytes are not kept.
        if (_last is null || (IsBlocked && ReferenceEquals(_first, _last)))
        {
            Append(workspace.RentOutput());
        }

        return _last!;
    }

    public void Append(OutputBuffer output)
    {
        if (_last is null)
        {
            _first = output;
        }
        else
        {
            _last.Next = output;
        }

        _last = output;
    }

    /// <summary>Counts a reply that was written.</summary>
    public void Charge(int memoryBytes) => MemoryBytes += memoryBytes;

    /// <summary>
    /// Sends what the peer takes: Done if that was all, WouldBlock if not, Closed if nothing more will ever go.
    /// </summary>
    public IoStatus Flush()
    {
        IsBlocked = false;
        while (_first is { } output)
        {
            int before = output.MemoryBytes;
            IoStatus status = output.SendTo(transport);
            MemoryBytes -= before - output.MemoryBytes;
            if (status != IoStatus.Done)
            {
                IsBlocked = status == IoStatus.WouldBlock;
                return status;
            }

            _first = output.Next;
            if (_first is null)
            {
                _last = null;
            }

            workspace.Return(output);
        }

        return IoStatus.Done;
    }

    /// <summary>Gives everything back unsent.</summary>
    public void Clear()
    {
        while (_first is { } output)
        {
            _first = output.Next;
            workspace.Return(output);
        }

        _last = null;
        MemoryBytes = 0;
    }
}
