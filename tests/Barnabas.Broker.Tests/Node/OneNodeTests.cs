namespace Barnabas.Broker.Tests;

/// <summary>Tests that talk to a node of their own over one connection. At their end it must be healthy.</summary>
public abstract class OneNodeTests : IDisposable
{
    protected OneNodeTests() => Connection = Node.Connect();

    private protected TestNode Node { get; } = TestNode.Start();

    private protected RawConnection Connection { get; }

    public void Dispose()
    {
        Connection.Dispose();
        Assert.Empty(Node.Faults);
        Node.Dispose();
        GC.SuppressFinalize(this);
    }
}
