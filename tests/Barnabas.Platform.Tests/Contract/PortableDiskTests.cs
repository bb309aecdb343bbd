using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

public sealed class PortableDiskTests : DiskContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected override IDisk Disk { get; } = new PortableDisk();

    protected override string Root => _directory.Path;

    public void Dispose() => _directory.Dispose();
}
