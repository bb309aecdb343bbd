using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>
/// What the connections of one reactor share because only one of them runs at a time: the receive slab and the pools of
/// requests and outputs. An idle connection therefore holds no buffer at all. Belongs to its reactor.
/// </summary>
internal sealed class ReactorWorkspace(IReactor reactor)
{
    /// <summary>
    /// One receive takes at most this much: sixteen requests of 16 KiB, and still small enough to stay in the
    /// second-level cache between receiving, checking and writing.
    /// </summary>
    public const int SlabBytes = 256 * 1024;

    /// <summary>What the pools keep; more are left to the collector.</summary>
    private const int PooledMax = 1024;

    /// <summary>
    /// The memory of all pooled outputs. A burst of replies to many slow readers must not stay here for ever.
    /// </summary>
    private const int PooledOutputBytesMax = 16 << 20;

    private readonly Stack<Request> _requests = new();
    private readonly Stack<OutputBuffer> _outputs = new();
    private readonly Dictionary<Type, object> _scratch = [];
    private int _pooledOutputBytes;

    public IReactor Reactor { get; } = reactor;

    /// <summary>
    /// Where requests are received and handled in place. Its content is valid for the current call only.
    /// </summary>
    public byte[] Slab { get; } = GC.AllocateUninitializedArray<byte>(SlabBytes, pinned: true);

    public Request RentRequest() => _requests.TryPop(out Request? request) ? request : new Request(this);

    public void Return(Request request)
    {
        request.Reset();
        if (_requests.Count < PooledMax)
        {
            _requests.Push(request);
        }
    }

    public OutputBuffer RentOutput()
    {
        if (!_outputs.TryPop(out OutputBuffer? output))
        {
            return new OutputBuffer();
        }

        _pooledOutputBytes -= output.Bytes.Capacity;
        return output;
    }

    public void Return(OutputBuffer output)
    {
        output.Clear();
        int capacity = output.Bytes.Capacity;
        if (_outputs.Count < PooledMax && _pooledOutputBytes + capacity <= PooledOutputBytesMax)
        {
            _pooledOutputBytes += capacity;
            _outputs.Push(output);
        }
    }

    /// <summary>A handler's own working memory on this reactor, made at first use.</summary>
    public T Scratch<T>()
        where T : class, new()
    {
        if (_scratch.TryGetValue(typeof(T), out object? found))
        {
            return (T)found;
        }

        T made = new();
        _scratch.Add(typeof(T), made);
        return made;
    }
}
