using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>Reads all records of some partitions in order, with or without a fetch session.</summary>
internal sealed class ReadingConsumer : Actor
{
    private readonly bool _hasSession;
    private readonly List<Cursor> _cursors = [];
    private int _sessionId;
    private int _sessionEpoch;

    public ReadingConsumer(NodeStory story, int number, bool hasSession, IEnumerable<PartitionLedger> partitions)
        : base(story, $"consumer-{number}")
    {
        _hasSession = hasSession;
        _cursors.AddRange(partitions.Select(static partition => new Cursor(partition)));
    }

    public override bool IsDone => _cursors.All(static cursor => cursor.Position >= cursor.HighWatermark);

    public long Records { get; private set; }

    public override string ToString() => $"{Client.Name} ({string.Join(", ", _cursors
        .Where(static cursor => cursor.Position < cursor.HighWatermark)
        .Select(static c => $"{c.Partition.Name} at {c.Position} of {c.HighWatermark}, {c.LastError}"))})";

    /// <summary>The high watermark is what it was, or less if the power was lost.</summary>
    public void OnAudit(bool powerWasLost)
    {
        foreach (Cursor cursor in _cursors)
        {
            if (powerWasLost)
            {
                cursor.HighWatermark = Math.Min(cursor.HighWatermark, cursor.Partition.AuditedEnd);
            }

            cursor.Position = Math.Clamp(cursor.Position, cursor.Partition.Start, cursor.Partition.AuditedEnd);
        }
    }

    protected override void Begin()
    {
        (_sessionId, _sessionEpoch) = (0, 0);
        Later(0, 100, Fetch);
    }

    private void Fetch()
    {
        bool isIncremental = _hasSession && _sessionId != 0;
        short version = (short)Random.Between(12, 13);
        if (_hasSession)
        {
            // Topic ids all along: a session cannot change to names.
            version = 13;
        }

        FetchRequest request = new()
        {
            MaxWaitMs = Random.Next(400),
            MinBytes = (int)Random.Between(1, 3000),
            MaxBytes = (int)Random.Between(1, 20_000),
            SessionId = _sessionId,
            SessionEpoch = _hasSession ? _sessionEpoch : -1,
        };
        foreach (IGrouping<TopicLedger, Cursor> group in _cursors.GroupBy(static cursor => cursor.Partition.Topic))
        {
            FetchRequest.FetchTopic topic = new();
            if (version >= 13)
            {
                topic.TopicId = group.Key.Id;
            }
            else
            {
                topic.Topic = group.Key.Name;
            }

            foreach (Cursor cursor in group)
            {
                if (isIncremental && cursor.Asked == cursor.Position)
                {
                    continue;
                }

                cursor.Asked = cursor.Position;
                topic.Partitions.Add(new FetchRequest.FetchPartition
                {
                    Partition = cursor.Partition.Number,
                    FetchOffset = cursor.Position,
                    PartitionMaxBytes = (int)Random.Between(1, 10_000),
                });
            }

            if (topic.Partitions.Count > 0)
            {
                request.Topics.Add(topic);
            }
        }

        Client.Send<FetchResponse>(request, version, answer => Take(version, answer));
    }

    private void Take(short version, FetchResponse? answer)
    {
        if (answer is null || answer.ErrorCode != 0)
        {
            Story.Note((ErrorCode)(answer?.ErrorCode ?? 0));
            (_sessionId, _sessionEpoch) = (0, 0);
            Later(5, 100, Fetch);
            return;
        }

        if (_hasSession)
        {
            _sessionEpoch = answer.SessionId == 0 ? 0 : _sessionEpoch + 1;
            _sessionId = answer.SessionId;
        }

        foreach (FetchResponse.FetchableTopicResponse topic in answer.Responses)
        {
            foreach (FetchResponse.PartitionData data in topic.Partitions)
            {
                Cursor? cursor = _cursors.Find(cursor => cursor.Partition.Number == data.PartitionIndex
                    && (version >= 13
                        ? cursor.Partition.Topic.Id == topic.TopicId
                        : cursor.Partition.Topic.Name == topic.Topic));
                if (Findings.Require(cursor is not null, $"{Client.Name}: a partition that was not asked for"))
                {
                    Take(cursor!, data);
                }
            }
        }

        Later(0, 20, Fetch);
    }

    private void Take(Cursor cursor, FetchResponse.PartitionData data)
    {
        ErrorCode error = (ErrorCode)data.ErrorCode;
        if (error == ErrorCode.OffsetOutOfRange && cursor.Partition.Topic.HasRetention)
        {
            AskForStart(cursor);
            return;
        }

        if (error != ErrorCode.None)
        {
            Findings.Require(ErrorCodes.IsRetriable(error), $"{Client.Name}: {cursor.Partition.Name} gives {error}");
            Story.Note(error);
            cursor.LastError = error;
            // Asked for again, in a session too.
            cursor.Asked = -1;
            return;
        }

        Findings.Require(
            data.LogStartOffset <= data.HighWatermark && data.LastStableOffset <= data.HighWatermark
                && data.LogStartOffset <= data.LastStableOffset,
            $"{cursor.Partition.Name}: {data.LogStartOffset}, {data.LastStableOffset}, {data.HighWatermark} (I-04)");
        Findings.Require(
            data.HighWatermark >= cursor.HighWatermark,
            $"{cursor.Partition.Name}: high watermark {cursor.HighWatermark}, then {data.HighWatermark} (I-05)");
        cursor.HighWatermark = data.HighWatermark;
        foreach ((long offset, long value) in FetchedRecords.Read(data.Records, Findings, cursor.Partition.Name))
        {
            if (offset < cursor.Asked)
            {
                continue;
            }

            Findings.Require(
                offset == cursor.Position,
                $"{Client.Name}: {cursor.Partition.Name} {offset} after {cursor.Position - 1}");
            Findings.Require(
                offset < data.HighWatermark,
                $"{Client.Name}: {cursor.Partition.Name} {offset} beyond {data.HighWatermark} (I-10)");
            cursor.Partition.OnSeen(offset, value);
            cursor.Position = offset + 1;
            Records++;
        }
    }

    private void AskForStart(Cursor cursor)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        request.Topics.Add(new ListOffsetsRequest.ListOffsetsTopic
        {
            Name = cursor.Partition.Topic.Name,
            Partitions = [new() { PartitionIndex = cursor.Partition.Number, Timestamp = -2 }],
        });
        long refused = cursor.Asked;
        Client.Send<ListOffsetsResponse>(request, 7, answer =>
        {
            if (answer?.Topics[0].Partitions[0] is { ErrorCode: 0 } found)
            {
                Findings.Require(
                    found.Offset > refused,
                    $"{Client.Name}: {cursor.Partition.Name} starts at {found.Offset} and refuses {refused}");
                cursor.Position = Math.Max(cursor.Position, found.Offset);
            }
        });
    }

    private sealed class Cursor(PartitionLedger partition)
    {
        public PartitionLedger Partition => partition;

        public long Position { get; set; }

        public long Asked { get; set; } = -1;

        public long HighWatermark { get; set; }

        public ErrorCode LastError { get; set; }
    }
}
