using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

internal sealed class TestItem(Action action) : WorkItem
{
    public override void Run() => action();
}
