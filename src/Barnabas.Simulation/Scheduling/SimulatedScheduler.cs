using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// Mailboxes as turns of a single thread. Fault model: a turn comes a random while after the post that asked for it, so
/// the turns of different mailboxes interleave in every order; within one mailbox the order of posts is kept. Items of
/// a blocking mailbox wait longer, and with several threads they end in any order that so many threads could give.
/// </summary>
public sealed class SimulatedScheduler : IScheduler
{
    private readonly SimulatedLife _life;
    private readonly SimulatedTime _time;

    internal SimulatedScheduler(SimulatedLife life, SimulatedTime time)
    {
        _life = life;
        _time = time;
    }

    public IMailbox CreateMailbox(string name) => new SimulatedMailbox(_life, _time, name, TimeSpan.Zero);

    public IMailbox CreateBlockingMailbox(string name, int threads)
    {
        TimeSpan delay = _life.Node.World.Options.BlockingDelayMax;
        return threads == 1
            ? new SimulatedMailbox(_life, _time, name, delay)
            : new SimulatedCrew(_life, _time, name, threads, delay);
    }
}
