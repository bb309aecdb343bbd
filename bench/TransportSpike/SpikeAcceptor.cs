using Barnabas.Kernel;

namespace Barnabas.TransportSpike;

internal sealed class SpikeAcceptor(SpikeLogs logs, BufferPool pool, int port) : IConnectionAcceptor
{
    public IConnectionHandler? Accept(IConnection connection) =>
        pool.TryRent(SpikeConnection.InputBytes, "input", out BufferLease input)
        && pool.TryRent(SpikeConnection.OutputBytes, "output", out BufferLease output)
            ? new SpikeConnection(connection, logs, pool, port, input, output)
            : null;
}
