namespace Barnabas.Simulation;

/// <summary>The lock of a directory on a simulated disk.</summary>
internal sealed class SimulatedLock(SimulatedDisk disk, string path, int process) : IDisposable
{
    public void Dispose() => disk.Unlock(path, process);
}
