using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>A broker asks for a block of producer ids (KIP-730). No id is ever given twice.</summary>
public sealed class AllocateProducerIdsCommand(AllocateProducerIdsRequest request) : ControllerCommand
{
    /// <summary>Ids per block.</summary>
    public const int BlockSize = 1_000;

    public AllocateProducerIdsResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message) => Response.ErrorCode = (short)error;

    internal override void Decide(ControllerStep step)
    {
        step.RequireBroker(request.BrokerId, request.BrokerEpoch);
        long first = Math.Max(0, step.Image.NextProducerId);
        if (first > long.MaxValue - BlockSize)
        {
            throw new ControllerException(ErrorCode.UnknownServerError, "All producer ids have been given out.");
        }

        step.Add(
            new ProducerIdsRecord
            {
                BrokerId = request.BrokerId,
                BrokerEpoch = request.BrokerEpoch,
                NextProducerId = first + BlockSize,
            },
            0);
        Response.ProducerIdStart = first;
        Response.ProducerIdLen = BlockSize;
    }
}
