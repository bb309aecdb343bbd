namespace Barnabas.Platform;

/// <summary>Something with a descriptor that a reactor watches.</summary>
internal abstract class EpollTarget(int descriptor)
{
    public int Descriptor { get; } = descriptor;

    /// <summary>Its place in the <see cref="EpollSet"/>, -1 if it has none.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Called on the reactor with the events of this turn.</summary>
    public abstract void OnEvents(uint events);

    /// <summary>The reactor ends.</summary>
    public abstract void Close();
}
