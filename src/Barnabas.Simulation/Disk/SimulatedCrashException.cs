using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// A process ends here, in the middle of a turn. Not for its code to catch: whoever drives the world stops the node.
/// </summary>
public sealed class SimulatedCrashException() : ProcessEndException("the process ends within this call");
