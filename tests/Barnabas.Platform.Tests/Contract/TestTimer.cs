using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

internal sealed class TestTimer(Action action) : TimerItem
{
    public override void Fire() => action();
}
