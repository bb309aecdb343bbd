namespace Barnabas.Kernel;

/// <summary>
/// The process ends here. Thrown only by simulated seams, which cannot end a process really; the mouth of a loop that
/// catches everything else lets it pass, as the end of a real process would pass it.
/// </summary>
public abstract class ProcessEndException(string message) : Exception(message);
