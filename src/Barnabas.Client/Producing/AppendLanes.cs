namespace Barnabas.Client;

/// <summary>
/// Records that must wait, for their topic to be known or for memory, wait in a lane per topic, so that calls of one
/// caller are buffered in the order they were made. While a lane is taken, every record of its topic goes through it.
/// </summary>
internal sealed class AppendLanes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Task Tail, int Count)> _lanes = new(StringComparer.Ordinal);
    private int _taken;

    public bool IsFree(string topic)
    {
        // Nearly always nobody waits anywhere; then the lock is not worth taking.
        if (Volatile.Read(ref _taken) == 0)
        {
            return true;
        }

        lock (_gate)
        {
            return !_lanes.ContainsKey(topic);
        }
    }

    /// <summary>Queues up. It is the caller's turn when <paramref name="previous"/> ends.</summary>
    public TaskCompletionSource Enter(string topic, out Task previous)
    {
        TaskCompletionSource mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            (Task tail, int count) = _lanes.GetValueOrDefault(topic, (Task.CompletedTask, 0));
            previous = tail;
            _lanes[topic] = (mine.Task, count + 1);
            _taken = _lanes.Count;
        }

        return mine;
    }

    /// <summary>Lets the next one in; one who leaves before its turn only lets it in after those ahead.</summary>
    public void Leave(string topic, TaskCompletionSource mine, Task previous)
    {
        lock (_gate)
        {
            (Task tail, int count) = _lanes[topic];
            if (count == 1)
            {
                _lanes.Remove(topic);
            }
            else
            {
                _lanes[topic] = (tail, count - 1);
            }

            _taken = _lanes.Count;
        }

        if (previous.IsCompleted)
        {
            mine.SetResult();
        }
        else
        {
            _ = previous.ContinueWith(
                static (_, state) => ((TaskCompletionSource)state!).SetResult(),
                mine,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
