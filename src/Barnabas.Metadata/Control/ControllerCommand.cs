using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>
/// Something asked of the controller, and the answer once <see cref="ControllerCore"/> has taken the step. The answer
/// may
/// be given to the asker only when the records of the step are committed.
/// </summary>
public abstract class ControllerCommand
{
    /// <summary>Answers with an error that concerns the whole command.</summary>
    public abstract void Fail(ErrorCode error, string? message);

    /// <summary>Decides: adds records to the step and sets the answer. Changes nothing else but broker
    /// sessions.</summary>
    internal abstract void Decide(ControllerStep step);

    /// <summary>Called with the offset of the step's last record (or of the record before it) once it is
    /// known.</summary>
    internal virtual void Decided(ControllerStep step, long endOffset)
    {
    }
}
