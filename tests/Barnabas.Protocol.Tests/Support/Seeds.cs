using FsCheck;
using FsCheck.Fluent;

namespace Barnabas.Protocol.Tests;

/// <summary>Runs a property over random seeds; a failure names its seed.</summary>
internal static class Seeds
{
    public static void ForAll(Action<int> property, int runs = 100) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(runs),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1000).ToArbitrary(), property));
}
