using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

/// <summary>Has an exchange write its reply, reads it as a client would, and lets the exchange go.</summary>
internal sealed class ExchangeInbox<T>(GroupExchange exchange, short version, List<GroupExchange> idle)
    : IReplyTo<ErrorCode>
    where T : class, IMessage<T>, new()
{
    public Inbox<T> Inbox { get; } = new();

    public void Reply(ErrorCode error)
    {
        ReplyBuffer buffer = new();
        exchange.WriteReply(buffer, error);
        idle.Add(exchange);
        Assert.True(MessageBytes.TryRead(buffer.Written, version, out T? reply));
        ((IReplyTo<T>)Inbox).Reply(reply);
    }
}
