using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>Waits for the fate of what a step wrote. Told exactly once, on the coordinator's mailbox.</summary>
internal interface ICoordinatorCompletion
{
    /// <param name="error">
    /// <see cref="ErrorCode.None"/> once the records are below the high watermark; else an error in the words of a
    /// coordinator (see <see cref="CoordinatorErrors"/>). <see cref="ErrorCode.CoordinatorNotAvailable"/> may also mean
    /// that the records are in the log but were not replicated in time.
    /// </param>
    void Complete(ErrorCode error, CoordinatorTime now);
}
