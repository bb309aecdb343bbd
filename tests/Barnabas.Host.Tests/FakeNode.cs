namespace Barnabas.Host.Tests;

/// <summary>A node that does what a test tells it.</summary>
internal sealed class FakeNode : INode
{
    private readonly TaskCompletionSource<string> _failed = new();

    public Exception? RefusesToOpen { get; init; }

    public Action? WhenOpened { get; init; }

    public List<string> Calls { get; } = [];

    public NodeState State { get; set; }

    public IReadOnlyList<string> Endpoints => ["PLAINTEXT://localhost:9092"];

    public Task<string> Failed => _failed.Task;

    public bool NeverGetsReady { get; init; }

    public bool Open(Task stop)
    {
        Calls.Add("open");
        if (RefusesToOpen is not null)
        {
            throw RefusesToOpen;
        }

        WhenOpened?.Invoke();
        if (NeverGetsReady)
        {
            return !stop.IsCompleted;
        }

        State = NodeState.Ready;
        return true;
    }

    public void Close(TimeSpan patience)
    {
        Calls.Add("close");
        State = NodeState.Closed;
    }

    public void Fail(string reason) => _failed.SetResult(reason);
}
