using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Keeps this node's broker registered with the controller: registers each life of the process anew, sends heartbeats,
/// asks to be unfenced when the broker is ready, and to leave when it stops. On the metadata mailbox.
/// </summary>
internal sealed class BrokerLease
{
    private readonly MetadataQuorum _quorum;
    private readonly BrokerRegistrationRequest _registration;
    private readonly TimeSpan _interval;
    private readonly BeatTimer _beat;
    private readonly List<Uuid> _offlineDirectories = [];
    private int _offlineSent;
    private bool _isReady;
    private bool _isLeaving;
    private bool _isBusy;
    private bool _isOver;

    /// <param name="registration">
    /// All that is known of the broker; the incarnation id drawn for this life, the epoch that a clean shutdown left
    /// behind as the previous one, or -1.
    /// </param>
    /// <param name="interval"><c>broker.heartbeat.interval.ms</c>.</param>
    public BrokerLease(MetadataQuorum quorum, BrokerRegistrationRequest registration, TimeSpan interval)
    {
        _quorum = quorum;
        _registration = registration;
        _interval = interval;
        _beat = new BeatTimer(this);
    }

    /// <summary>-1 until registered.</summary>
    public long Epoch { get; private set; } = -1;

    public bool IsFenced { get; private set; } = true;

    /// <summary>The controller lets the broker stop.</summary>
    public bool MayStop { get; private set; }

    /// <summary>Why the controller turned the registration away last; None while it did not.</summary>
    public ErrorCode Refusal { get; private set; }

    /// <summary>The epoch, the fencing or the leave to stop is another than before.</summary>
    public Action? Changed { get; set; }

    public void Start() => Send();

    /// <summary>The broker can serve: from now on it wants to be unfenced.</summary>
    public void MarkReady()
    {
        _isReady = true;
        Send();
    }

    /// <summary>Hands the leaderships over, then <see cref="MayStop"/>.</summary>
    public void Leave()
    {
        _isLeaving = true;
        Send();
    }

    /// <summary>
    /// A log directory has failed: each heartbeat says so from now on, and the first one goes out at once.
    /// </summary>
    public void ReportOffline(Uuid directory)
    {
        _offlineDirectories.Add(directory);
        if (Epoch >= 0)
        {
            Send();
        }
    }

    public void Stop()
    {
        _isOver = true;
        _quorum.Mailbox.Disarm(_beat);
    }

    private void Send()
    {
        if (_isBusy || _isOver || MayStop)
        {
            return;
        }

        _isBusy = true;
        if (Epoch < 0)
        {
            var command = new RegisterBrokerCommand(_registration);
            _quorum.Submit(command, new Registered(this, command), _quorum.Mailbox);
        }
        else
        {
            _offlineSent = _offlineDirectories.Count;
            var command = new BrokerHeartbeatCommand(new BrokerHeartbeatRequest
            {
                BrokerId = _registration.BrokerId,
                BrokerEpoch = Epoch,
                CurrentMetadataOffset = _quorum.Image.Offset,
                WantFence = !_isReady && !_isLeaving,
                WantShutDown = _isLeaving,
                OfflineLogDirs = [.. _offlineDirectories],
                CordonedLogDirs = [],
            });
            _quorum.Submit(command, new Answered(this, command), _quorum.Mailbox);
        }
    }

    private void OnRegistered(BrokerRegistrationResponse response)
    {
        _isBusy = false;
        Refusal = (ErrorCode)response.ErrorCode;
        if (Refusal == ErrorCode.None)
        {
            Epoch = response.BrokerEpoch;
            Changed?.Invoke();
            Send();
            return;
        }

        Wait();
    }

    private void OnHeartbeat(BrokerHeartbeatResponse response)
    {
        _isBusy = false;
        if ((ErrorCode)response.ErrorCode == ErrorCode.StaleBrokerEpoch)
        {
            // Unregistered, or another life took over: come back under a new epoch.
            Epoch = -1;
        }
        else if ((ErrorCode)response.ErrorCode == ErrorCode.None)
        {
            bool differs = IsFenced != response.IsFenced || MayStop != response.ShouldShutDown;
            IsFenced = response.IsFenced;
            MayStop = response.ShouldShutDown;
            if (differs)
            {
                Changed?.Invoke();
            }
        }

        Wait();
    }

    private void Wait()
    {
        if (_isOver || MayStop)
        {
            return;
        }

        // What the broker is eager for must not wait a whole interval: each step of start and stop takes a heartbeat.
        bool isEager = Epoch >= 0
            && (_isLeaving || (_isReady && IsFenced) || _offlineSent < _offlineDirectories.Count);
        _quorum.Mailbox.Arm(_beat, isEager ? _interval / 100 : _interval);
    }

    private sealed class BeatTimer(BrokerLease owner) : TimerItem
    {
        public override void Fire() => owner.Send();
    }

    private sealed class Registered(BrokerLease owner, RegisterBrokerCommand command) : WorkItem
    {
        public override void Run() => owner.OnRegistered(command.Response);
    }

    private sealed class Answered(BrokerLease owner, BrokerHeartbeatCommand command) : WorkItem
    {
        public override void Run() => owner.OnHeartbeat(command.Response);
    }
}
