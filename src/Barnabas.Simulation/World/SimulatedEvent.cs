namespace Barnabas.Simulation;

/// <summary>Something that will happen at a moment of virtual time, unless it is called off or its node has
/// died.</summary>
internal sealed class SimulatedEvent(long at, long sequence, SimulatedLife? life, Action action)
{
    private Action? _action = action;

    public long At { get; } = at;

    public long Sequence { get; } = sequence;

    public SimulatedLife? Life { get; } = life;

    public void CallOff() => _action = null;

    public bool Run()
    {
        if (_action is null || Life is { IsAlive: false })
        {
            return false;
        }

        _action();
        return true;
    }
}
