namespace Barnabas.Client.Tests;

/// <summary>A test that needs Apache Kafka.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute()
    {
        if (SharedFolder.Launcher is null)
        {
            Skip = SharedFolder.Absent;
        }
    }
}
