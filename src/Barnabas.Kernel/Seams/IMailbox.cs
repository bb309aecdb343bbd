namespace Barnabas.Kernel;

/// <summary>
/// Runs one thing at a time, in the order it was posted. Whatever belongs to a mailbox (a connection, a coordinator,
/// the controller) is touched only from it and needs no lock.
/// </summary>
public interface IMailbox
{
    /// <summary>For logs and traces: <c>reactor-0</c>, <c>controller</c>.</summary>
    string Name { get; }

    /// <summary>True if the caller runs on this mailbox.</summary>
    bool IsCurrent { get; }

    /// <summary>The moment at which the current turn began. Only from the mailbox.</summary>
    MonotonicTime Now { get; }

    /// <summary>Hands over an item. From any thread; never blocks and never fails.</summary>
    void Post(WorkItem item);

    /// <summary>
    /// Fires the timer once, on this mailbox, not before <paramref name="delay"/> has passed and at most about 10 ms
    /// later on an idle machine. Arming an armed timer moves it. Only from the mailbox.
    /// </summary>
    void Arm(TimerItem timer, TimeSpan delay);

    /// <summary>Takes an armed timer back; harmless if it is not armed. Only from the mailbox.</summary>
    void Disarm(TimerItem timer);
}
