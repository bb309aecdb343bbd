namespace Barnabas.Kernel;

/// <summary>How a non-blocking call on a connection ended.</summary>
public enum IoStatus
{
    /// <summary>Bytes were moved, perhaps fewer than asked.</summary>
    Done,

    /// <summary>Nothing can be moved now; a notification tells when.</summary>
    WouldBlock,

    /// <summary>The peer ended the stream, or it broke: nothing more will ever be moved.</summary>
    Closed,
}
