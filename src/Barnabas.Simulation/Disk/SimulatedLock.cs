using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>The lock of a directory on a simulated disk.</summary>
internal sealed class SimulatedLock(SimulatedDisk disk, string path, int process) : IDirectoryLock
{
    public void SyncAll() => disk.SyncAll(path, process);

    public void Dispose() => disk.Unlock(path, process);
}
