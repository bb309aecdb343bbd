using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>Where the contract of networks and mailboxes is played: a real process, or a world under a seed.</summary>
public abstract class Stage : IDisposable
{
    public abstract NodeSeams Seams { get; }

    /// <summary>A local address with port 0.</summary>
    public abstract IPEndPoint Anywhere { get; }

    public abstract string Directory { get; }

    /// <summary>Lets the stage play until the condition holds, and fails if that takes too long.</summary>
    public abstract void Until(Func<bool> condition);

    /// <summary>Lets the stage play for a while.</summary>
    public abstract void Pass(TimeSpan time);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
