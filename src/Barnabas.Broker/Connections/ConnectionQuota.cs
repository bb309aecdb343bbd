using System.Net;

using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>
/// Counts the open connections of a node, over all its listeners, in all and by remote address, against
/// <c>max.connections</c> and <c>max.connections.per.ip</c>. From any thread.
/// </summary>
internal sealed class ConnectionQuota(ConnectionLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _open;

    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts a connection, or refuses it.</summary>
    public bool TryEnter(IPAddress address)
    {
        int most = limits.ConnectionsPerAddressOverrides.TryGetValue(address, out int other)
            ? other
            : limits.ConnectionsPerAddressMax;
        lock (_lock)
        {
            int fromAddress = _byAddress.GetValueOrDefault(address);
            if (_open >= limits.ConnectionsMax || fromAddress >= most)
            {
                return false;
            }

            _open++;
            _byAddress[address] = fromAddress + 1;
            return true;
        }
    }

    /// <summary>A connection that entered is gone.</summary>
    public void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _open--;
            Invariant.That(_open >= 0);
            if (--_byAddress[address] == 0)
            {
                _byAddress.Remove(address);
            }
        }
    }
}
