using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// What the connections of one reactor cost it, and how one of them leaves when <see cref="ReactorBalance"/> says so.
/// It works at the ends of turns, so a reactor that sleeps is never woken for it. Belongs to its reactor.
/// </summary>
internal sealed class ConnectionMoves
{
    /// <summary>A call costs about as much as receiving so many bytes.</summary>
    public const long CallWork = 16 * 1024;

    /// <summary>A connection that found no moment to leave is not asked again for so many intervals.</summary>
    private const int IntervalsToStay = 8;

    private readonly EpollReactor _reactor;
    private readonly bool _isAlone;
    private long[] _workOf = [];
    private MonotonicTime _began;
    private TimeSpan _busy;
    private long _work;
    private EpollConnection? _leaving;
    private EpollReactor? _target;

    public ConnectionMoves(EpollReactor reactor)
    {
        _reactor = reactor;
        _isAlone = reactor.Options.Reactors == 1;
        _began = reactor.Options.Time.Monotonic;
    }

    /// <summary>The number of the interval in which work is counted now.</summary>
    public int Interval { get; private set; } = 1;

    public void Charge(long work) => _work += work;

    /// <summary>Somebody else's connection is here: how busy this reactor was before says little now.</summary>
    public void OnArrived() => Restart(_reactor.Now);

    /// <param name="served">Connections that had something to do: each of them waited for the others.</param>
    public void OnTurnEnded(MonotonicTime began, MonotonicTime ended, int served)
    {
        if (_isAlone)
        {
            return;
        }

        _busy += (ended - began) * Math.Max(served, 1);
        if (_leaving is not null)
        {
            TryMove(_leaving);
        }

        if (ended - _began >= ReactorBalance.Interval)
        {
            EndInterval(ended);
        }
    }

    private void TryMove(EpollConnection connection)
    {
        try
        {
            if (connection.TryMoveTo(_target!))
            {
                _leaving = null;
                _reactor.Options.Moves.Increment();
            }
        }
        catch (Exception fault)
        {
            _leaving = null;
            _reactor.Report(fault);
            connection.Close();
        }
    }

    private void EndInterval(MonotonicTime now)
    {
        if (_leaving is not null)
        {
            _leaving.StaysUntil = Interval + IntervalsToStay;
            _leaving = null;
        }

        int load = (int)(_busy.Ticks * ReactorBalance.Full / (now - _began).Ticks);
        lock (_reactor.Network.Balance)
        {
            _reactor.Network.Balance.Report(_reactor.Index, load, now);
            if (load >= ReactorBalance.BusyMin)
            {
                Choose(_reactor.Network.Balance, load, now);
            }
        }

        Restart(now);
    }

    private void Choose(ReactorBalance balance, int load, MonotonicTime now)
    {
        for (int i = 0; i < _reactor.Options.Reactors; i++)
        {
            if (_reactor.Network[i].IsAsleep)
            {
                balance.ReportAsleep(i, now);
            }
        }

        int target = balance.FindTarget(_reactor.Index, now, out int gap);
        if (target < 0)
        {
            return;
        }

        int chosen = ReactorBalance.Choose(load, gap, GatherWork(), _work, out int share);
        if (chosen >= 0)
        {
            balance.Promise(target, share, now);
            _leaving = (EpollConnection)_reactor.TargetAt(chosen)!;
            _target = _reactor.Network[target];
        }
    }

    /// <summary>The work of the connections in their slots; none for those that stay.</summary>
    private ReadOnlySpan<long> GatherWork()
    {
        int slots = _reactor.Slots;
        if (_workOf.Length < slots)
        {
            _workOf = new long[slots * 2];
        }

        for (int i = 0; i < slots; i++)
        {
            _workOf[i] = _reactor.TargetAt(i) is EpollConnection connection && connection.StaysUntil <= Interval
                ? connection.WorkIn(Interval)
                : 0;
        }

        return _workOf.AsSpan(0, slots);
    }

    private void Restart(MonotonicTime now)
    {
        _began = now;
        _busy = default;
        _work = 0;
        Interval++;
    }
}
