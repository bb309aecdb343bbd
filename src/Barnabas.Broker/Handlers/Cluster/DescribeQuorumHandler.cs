using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeQuorum (55): leader and voters of the metadata log (KIP-595); version 1 tells when they fetched (KIP-836),
/// version 2 where they are (KIP-853). Answered where the quorum lives, on the metadata mailbox.
/// </summary>
internal sealed class DescribeQuorumHandler(MetadataQuorum quorum, TimeProvider time)
    : MessageHandler<DescribeQuorumRequest>
{
    public override ApiKey Api => ApiKey.DescribeQuorum;

    protected override void Handle(Request request, DescribeQuorumRequest message)
    {
        if (QuorumDescription.RefuseOthers(message) is { } refusal)
        {
            request.Reply(refusal);
            return;
        }

        quorum.Mailbox.Post(new Look(request, quorum, time));
    }

    private sealed class Look(Request request, MetadataQuorum quorum, TimeProvider time) : WorkItem
    {
        public override void Run() => request.ReplyFromAnywhere(
            QuorumDescription.Of(quorum.Quorum, quorum.Image, request.Version, time.UnixMilliseconds));
    }
}
