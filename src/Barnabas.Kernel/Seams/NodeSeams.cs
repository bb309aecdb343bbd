namespace Barnabas.Kernel;

/// <summary>
/// All a node can know of the world outside it. With the real twins it is a process, with the simulated ones an actor
/// in a single thread that a seed repeats exactly.
/// </summary>
public sealed record NodeSeams(
    TimeProvider Time,
    IEntropy Entropy,
    IDisk Disk,
    INetwork Network,
    IScheduler Scheduler);
