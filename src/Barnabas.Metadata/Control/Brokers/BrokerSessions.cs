using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>
/// The heartbeat sessions of all brokers. On the monotonic clock alone: a jump of the wall clock fences nobody (I-48).
/// </summary>
/// <remarks>
/// A session holds what a broker said, never what was decided, so that there is nothing to take back when a decision
/// could not be appended. It counts for the one registration (the broker epoch) it was opened under: a session of a
/// registration that is over, or that never came to be, is as good as none.
/// </remarks>
internal sealed class BrokerSessions(TimeSpan timeout)
{
    private readonly SortedDictionary<BrokerId, BrokerSession> _sessions = [];

    public void Clear() => _sessions.Clear();

    /// <summary>Starts over for a registration; a session of an earlier one is gone.</summary>
    public BrokerSession Open(BrokerId broker, long epoch)
    {
        if (_sessions.TryGetValue(broker, out BrokerSession? session) && session.BrokerEpoch == epoch)
        {
            return session;
        }

        session = new BrokerSession { BrokerEpoch = epoch };
        _sessions[broker] = session;
        return session;
    }

    /// <summary>True if the broker was heard of within the timeout, under this registration.</summary>
    public bool IsValid(BrokerId broker, long epoch, MonotonicTime now) =>
        _sessions.TryGetValue(broker, out BrokerSession? session)
        && session.BrokerEpoch == epoch
        && session.LastContact is { } contact
        && now - contact < timeout;

    /// <summary>The first unfenced broker that was silent for too long; brokers are fenced one per step.</summary>
    public BrokerRegistration? FindExpired(MetadataImage image, MonotonicTime now)
    {
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (!broker.Fenced && !IsValid(broker.Id, broker.Epoch, now))
            {
                return broker;
            }
        }

        return null;
    }

    /// <summary>When the next session of an unfenced broker expires.</summary>
    public MonotonicTime NextExpiry(MetadataImage image)
    {
        MonotonicTime next = MonotonicTime.Never;
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (!broker.Fenced
                && _sessions.TryGetValue(broker.Id, out BrokerSession? session)
                && session.BrokerEpoch == broker.Epoch
                && session.LastContact is { } contact
                && contact + timeout < next)
            {
                next = contact + timeout;
            }
        }

        return next;
    }

    /// <summary>The lowest metadata offset that any active broker has reported.</summary>
    public long LowestActiveOffset(MetadataImage image)
    {
        long lowest = long.MaxValue;
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (broker.IsActive
                && _sessions.TryGetValue(broker.Id, out BrokerSession? session)
                && session.BrokerEpoch == broker.Epoch)
            {
                lowest = Math.Min(lowest, session.MetadataOffset);
            }
        }

        return lowest;
    }
}
