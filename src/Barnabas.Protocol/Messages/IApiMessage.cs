namespace Barnabas.Protocol;

/// <summary>A request or a response.</summary>
public interface IApiMessage : IMessage
{
    ApiKey ApiKey { get; }
}
