namespace Barnabas.Coordination.Tests;

/// <summary>Where a reply arrives; fails the test if a second one does (I-47).</summary>
internal sealed class Inbox<T> : IReplyTo<T>
    where T : class
{
    private T? _reply;

    public bool HasReply => _reply is not null;

    public T Reply => _reply ?? throw new Xunit.Sdk.XunitException($"no {typeof(T).Name} has arrived");

    void IReplyTo<T>.Reply(T response)
    {
        Assert.Null(_reply);
        _reply = response;
    }
}
