using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>Mailboxes with threads of their own.</summary>
public sealed class ThreadScheduler : IScheduler, IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<string, Exception> _onFault;
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _mailboxes = [];

    /// <param name="onFault">
    /// Told the name of a mailbox and the exception that an item or timer of it threw, on its thread. The mailbox goes
    /// on.
    /// </param>
    public ThreadScheduler(TimeProvider time, Action<string, Exception> onFault)
    {
        _time = time;
        _onFault = onFault;
    }

    public IMailbox CreateMailbox(string name) => Keep(new ThreadMailbox(name, _time, _onFault));

    public IMailbox CreateBlockingMailbox(string name, int threads) => threads == 1
        ? Keep(new ThreadMailbox(name, _time, _onFault))
        : Keep(new ThreadCrew(name, threads, _time, _onFault));

    /// <summary>Ends the mailboxes, the newest first; each runs what was posted to it. Waits for their
    /// threads.</summary>
    public void Dispose()
    {
        IDisposable[] mailboxes;
        lock (_gate)
        {
            mailboxes = [.. _mailboxes];
            _mailboxes.Clear();
        }

        for (int i = mailboxes.Length - 1; i >= 0; i--)
        {
            mailboxes[i].Dispose();
        }
    }

    private T Keep<T>(T mailbox)
        where T : IMailbox, IDisposable
    {
        lock (_gate)
        {
            _mailboxes.Add(mailbox);
        }

        return mailbox;
    }
}
