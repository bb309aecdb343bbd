namespace Barnabas.Coordination;

/// <summary>
/// Who waits for a reply. Called exactly once per request, on the coordinator's mailbox; hands the reply over to the
/// connection's reactor and returns. The reply object belongs to the receiver from then on.
/// </summary>
public interface IReplyTo<in TResponse>
{
    void Reply(TResponse response);
}
