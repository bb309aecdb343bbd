using System.Net;
using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Platform.Tests;

internal sealed class SimulatedStage : Stage
{
    private readonly SimulatedWorld _world;
    private readonly SimulatedNode _node;

    public SimulatedStage(ulong seed)
    {
        _world = new SimulatedWorld(seed);
        _node = _world.AddNode("node");
        _node.Disk.CreateDirectory(Directory);
        Seams = _node.Start(reactors: 2);
    }

    public override NodeSeams Seams { get; }

    public override IPEndPoint Anywhere => new(_node.Address, 0);

    public override string Directory => "/data";

    public override void Until(Func<bool> condition) =>
        Assert.True(_world.RunUntil(condition, TimeSpan.FromMinutes(10)), "the condition does not come true");

    public override void Pass(TimeSpan time) => _world.RunFor(time);

    protected override void Dispose(bool disposing)
    {
    }
}
