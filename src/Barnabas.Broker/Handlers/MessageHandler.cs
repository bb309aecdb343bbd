using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>A handler for the requests that are rare enough to be decoded into objects.</summary>
internal abstract class MessageHandler<TRequest> : RequestHandler
    where TRequest : class, IApiMessage, new()
{
    public sealed override bool Handle(Request request, Span<byte> frame, int bodyStart)
    {
        KafkaReader reader = new(frame[bodyStart..]);
        TRequest message = new();
        message.Read(ref reader, request.Version);
        if (reader.Failed)
        {
            return false;
        }

        Handle(request, message);
        return true;
    }

    protected abstract void Handle(Request request, TRequest message);
}
