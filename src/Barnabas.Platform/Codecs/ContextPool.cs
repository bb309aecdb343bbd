using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>
/// A few idle contexts of a codec library, which are too dear to make anew for each batch. Never waits: when all are in
/// use a further one is made, and freed when it comes back to a full pool. From any thread.
/// </summary>
internal sealed class ContextPool<TContext>(Func<TContext> create)
    where TContext : SafeHandle
{
    // One per processor can be in use without one waiting for another.
    private readonly TContext?[] _idle = new TContext?[Math.Max(2, Environment.ProcessorCount)];

    public TContext Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } context)
            {
                return context;
            }
        }

        return create();
    }

    public void Return(TContext context)
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], context, null) is null)
            {
                return;
            }
        }

        context.Dispose();
    }
}
