namespace Barnabas.Client.Tests;

/// <summary>A theory that needs Apache Kafka.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute()
    {
        if (SharedFolder.Launcher is null)
        {
            Skip = SharedFolder.Absent;
        }
    }
}
