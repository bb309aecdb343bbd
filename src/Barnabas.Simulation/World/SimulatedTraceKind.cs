namespace Barnabas.Simulation;

/// <summary>What an entry of a <see cref="SimulatedTrace"/> tells.</summary>
public enum SimulatedTraceKind : byte
{
    Event,
    Post,
    Timer,
    NodeStart,
    NodeStop,
    Connect,
    Accept,
    Send,
    Receive,
    Close,
    Reset,
    Link,
    FileOpen,
    FileRead,
    FileWrite,
    FileLength,
    FileSync,
    Names,
    DiskCrash,
    BitFlip,
    Entropy,

    /// <summary>For entries of the test itself.</summary>
    Custom,

    /// <summary>All below a directory.</summary>
    DiskSync,
}
