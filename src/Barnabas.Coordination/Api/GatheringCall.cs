using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// A request that several shards answer parts of. It is answered once, when the last part has come in.
/// </summary>
internal abstract class GatheringCall<TResponse>(
    CoordinatorDriver<GroupShard> driver, IReplyTo<TResponse> receiver, TResponse response) : WorkItem
{
    // One for the asking itself, so that parts which are answered at once do not complete a request that is still
    // asking.
    private int _open = 1;

    protected TResponse Response { get; } = response;

    public sealed override void Run()
    {
        AskAll();
        Close();
    }

    /// <summary>Asks for every part.</summary>
    protected abstract void AskAll();

    /// <summary>All parts are in.</summary>
    protected virtual void Finish()
    {
    }

    protected void Ask(CoordinatorCall<GroupShard> part)
    {
        _open++;
        driver.Execute(part);
    }

    private void Close()
    {
        Invariant.That(_open > 0);
        _open--;
        if (_open == 0)
        {
            Finish();
            receiver.Reply(Response);
        }
    }

    /// <summary>A part for the groups of one partition.</summary>
    protected abstract class Part(GatheringCall<TResponse> whole, int partition)
        : CoordinatorCall<GroupShard>(partition), ICoordinatorCompletion
    {
        private bool _isClosed;

        public sealed override void Refuse(ErrorCode error)
        {
            if (!_isClosed)
            {
                Complete(error);
            }
        }

        void ICoordinatorCompletion.Complete(ErrorCode error, CoordinatorTime now) => Complete(error);

        /// <summary>
        /// Fills in this part of the response if there is an error; the part is already filled if not.
        /// </summary>
        protected abstract void Fill(ErrorCode error);

        protected void Complete(ErrorCode error)
        {
            Invariant.That(!_isClosed);
            _isClosed = true;
            Fill(error);
            whole.Close();
        }
    }
}
