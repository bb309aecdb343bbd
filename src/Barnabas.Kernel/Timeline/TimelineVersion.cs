namespace Barnabas.Kernel;

/// <summary>What a value was from the snapshot <see cref="Stamp"/> on; of use again once nobody can see it.</summary>
internal sealed class TimelineVersion<T>
{
    public long Stamp { get; set; }

    public bool IsPresent { get; set; }

    public T Value { get; set; } = default!;

    public TimelineVersion<T>? Older { get; set; }
}
