namespace Barnabas.Protocol;

/// <summary>Facts of a message class, for generic code that makes and decodes it.</summary>
public interface IMessage<TSelf> : IMessage
    where TSelf : class, IMessage<TSelf>, new()
{
    static abstract MessageFacts Facts { get; }
}
