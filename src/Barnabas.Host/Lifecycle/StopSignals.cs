using System.Runtime.InteropServices;

namespace Barnabas.Host;

/// <summary>
/// Listens to the operating system: the first SIGTERM or SIGINT asks for an orderly end. Further SIGTERMs change
/// nothing, as with the JVM: <c>timeout</c> and supervisors send it to a process and again to its group. The second
/// SIGINT ends the process at once. SIGHUP is ignored, so that a node outlives the terminal it was started from.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource<PosixSignal> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<int> _endNow;
    private int _interrupts;

    /// <param name="endNow">Ends the process with an exit code; a parameter so that a test can survive it.</param>
    public StopSignals(Action<int> endNow)
    {
        _endNow = endNow;
        Register(PosixSignal.SIGTERM, OnStop);
        Register(PosixSignal.SIGINT, OnStop);
        Register(PosixSignal.SIGHUP, _ => { });
    }

    /// <summary>Complete after the first signal.</summary>
    public Task<PosixSignal> Asked => _first.Task;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    internal void OnStop(PosixSignal signal)
    {
        _first.TrySetResult(signal);
        if (signal == PosixSignal.SIGINT && Interlocked.Increment(ref _interrupts) > 1)
        {
            _endNow(ExitCodes.Interrupted);
        }
    }

    private void Register(PosixSignal signal, Action<PosixSignal> act) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            act(context.Signal);
        }));
}
