using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>Commits of offsets, versions 2 to 10. Answered when the offsets are replicated.</summary>
/// <remarks>
/// What is kept of a request is its body and an outcome for each of its partitions, in its order:
/// <see cref="ErrorCode.None"/> for those that share the fate of the whole.
/// </remarks>
public sealed class OffsetCommitExchange : GroupExchange
{
    /// <summary>Some hundred partitions; one large request must not stay in memory.</summary>
    private const int BodyKeptMax = 16 * 1024;
    private const int OutcomesKeptMax = 1024;

    private const int BodyFirst = 512;
    private const int OutcomesFirst = 16;

    private byte[] _body = [];
    private int _bodyLength;
    private ErrorCode[] _outcomes = [];
    private int _partitions;
    private ErrorCode _answer;

    public override void WriteReply(ReplyBuffer buffer, ErrorCode error) =>
        OffsetCommitReply.Write(buffer, ApiVersion, Open(), _outcomes.AsSpan(0, _partitions), error);

    public override void Trim()
    {
        base.Trim();
        _body = _body.Length > BodyKeptMax ? [] : _body;
        _outcomes = _outcomes.Length > OutcomesKeptMax ? [] : _outcomes;
    }

    private protected override bool TryRead(ReadOnlySpan<byte> frame, int bodyStart)
    {
        if (!OffsetCommitRequestReader.TryOpen(frame, bodyStart, ApiVersion, out OffsetCommitRequestReader request))
        {
            return false;
        }

        Claim.Set(
            request.GroupId,
            request.GenerationIdOrMemberEpoch,
            request.MemberId,
            request.HasGroupInstanceId,
            request.GroupInstanceId);
        ReadOnlySpan<byte> body = frame[bodyStart..];
        _bodyLength = body.Length;
        _body = _body.Length < body.Length ? new byte[Math.Max(BodyFirst, body.Length)] : _body;
        body.CopyTo(_body);
        _partitions = request.PartitionTotal;
        _outcomes = _outcomes.Length < _partitions ? new ErrorCode[Math.Max(OutcomesFirst, _partitions)] : _outcomes;
        _answer = ErrorCode.None;
        return true;
    }

    // The empty group id is allowed here: very old simple consumers use it.
    private protected override ErrorCode Check() => ErrorCode.None;

    private protected override CoordinatorResult Ask(
        GroupShard shard, ICoordinatorCompletion completion, CoordinatorTime now)
    {
        if (!Resolve())
        {
            Answer(ErrorCode.None);
            return CoordinatorResult.Nothing;
        }

        _answer = shard.Commits.Commit(
            Claim, ApiVersion, Open(), Topics, _outcomes, now, out IReadOnlyList<CoordinatorRecord> records);
        return CoordinatorResult.Write(records, completion);
    }

    private protected override ErrorCode Conclude(ErrorCode fate) => _answer == ErrorCode.None ? fate : _answer;

    private protected override ErrorCode Refuse(ErrorCode error)
    {
        Resolve();
        return error;
    }

    /// <summary>Tells the partitions that do not exist from the others; false if there are no others.</summary>
    private bool Resolve()
    {
        OffsetCommitRequestReader request = Open();
        bool any = false;
        int at = 0;
        while (request.MoveNextTopic())
        {
            ErrorCode error = OffsetCommits.Resolve(request, ApiVersion, Topics, out _, out Uuid id);
            while (request.MoveNextPartition())
            {
                ErrorCode outcome = error == ErrorCode.None && !Topics.HasPartition(id, request.PartitionIndex)
                    ? ErrorCode.UnknownTopicOrPartition
                    : error;
                any |= outcome == ErrorCode.None;
                _outcomes[at++] = outcome;
            }
        }

        return any;
    }

    private OffsetCommitRequestReader Open()
    {
        Invariant.That(OffsetCommitRequestReader.TryOpen(
            _body.AsSpan(0, _bodyLength), 0, ApiVersion, out OffsetCommitRequestReader request));
        return request;
    }
}
