using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>
/// Ends the decision on one item of a command with an error code. Never leaves the controller; the control plane may
/// use
/// it where a result type through five calls would hide the rule.
/// </summary>
internal sealed class ControllerException(ErrorCode error, string message) : Exception(message)
{
    public ErrorCode Error { get; } = error;
}
