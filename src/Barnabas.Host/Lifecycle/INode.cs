namespace Barnabas.Host;

/// <summary>
/// What a process runs: from outside a node is opened, is ready, and is closed. <see cref="Open"/> and
/// <see cref="Close"/> are called once each, from the main thread; the properties from any thread.
/// </summary>
public interface INode
{
    NodeState State { get; }

    /// <summary>
    /// What is served, with the ports that were chosen where 0 was asked for. Empty until the node listens.
    /// </summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>Becomes complete if the node must stop by its own decision, with the reason in one sentence.</summary>
    Task<string> Failed { get; }

    /// <summary>
    /// Takes the directories, recovers the logs, joins the quorum and listens. Returns true when clients are served;
    /// throws <see cref="NodeOpenException"/> with a sentence for the operator if that cannot be.
    /// </summary>
    /// <param name="stop">Complete when nobody wants the node any more: then it returns false, for
    /// <see cref="Close"/>.</param>
    bool Open(Task stop);

    /// <summary>
    /// Stops listening, lets requests in flight end within <paramref name="patience"/>, forces logs to disk and leaves
    /// the marks of an orderly end. Must not throw: what goes wrong is logged, and the next start recovers.
    /// </summary>
    void Close(TimeSpan patience);
}
