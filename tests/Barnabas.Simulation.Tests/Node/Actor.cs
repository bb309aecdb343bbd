using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// Somebody who uses the broker in a story: works while a life of the broker lasts, falls silent at its end, and
/// goes on in the next one with what it remembers. Only from the reactor of the client machine.
/// </summary>
internal abstract class Actor
{
    private int _round;

    protected Actor(NodeStory story, string name)
    {
        Story = story;
        Random = story.World.Random.Split();
        Client = new SimulatedClient(story.Clients, story.Broker.Address, name, story.Findings);
    }

    public SimulatedClient Client { get; }

    /// <summary>Nothing is left that the broker has not answered for good.</summary>
    public virtual bool IsDone => true;

    /// <summary>Who it is, and what it still waits for.</summary>
    public override string ToString() => Client.Name;

    protected NodeStory Story { get; }

    protected SimulatedRandom Random { get; }

    protected Findings Findings => Story.Findings;

    protected bool IsActive { get; private set; }

    protected IReactor Reactor => Story.Clients;

    public void Resume()
    {
        IsActive = true;
        Begin();
    }

    public void Interrupt()
    {
        IsActive = false;
        _round++;
        Client.Disconnect();
    }

    /// <summary>A life of the broker has begun.</summary>
    protected abstract void Begin();

    /// <summary>Does something later, if the broker's life lasts so long.</summary>
    protected void Later(int leastMs, int mostMs, Action action)
    {
        if (!IsActive)
        {
            return;
        }

        int round = _round;
        TimeSpan delay = Random.Between(TimeSpan.FromMilliseconds(leastMs), TimeSpan.FromMilliseconds(mostMs));
        Reactor.Arm(
            new Pause(() =>
            {
                if (round == _round)
                {
                    action();
                }
            }),
            delay);
    }
}
