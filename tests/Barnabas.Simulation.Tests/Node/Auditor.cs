using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>Between two lives: reads everything there is and compares it with what was acknowledged.</summary>
internal sealed class Auditor(NodeStory story) : Actor(story, "auditor")
{
    private readonly Queue<PartitionLedger> _partitions = new();
    private readonly Queue<GroupLedger> _groups = new();
    private readonly List<(long Offset, long Value)> _records = [];
    private bool _powerWasLost;
    private bool _isDone = true;

    public override bool IsDone => _isDone;

    public void Prepare(bool powerWasLost)
    {
        _powerWasLost = powerWasLost;
        _isDone = false;
        foreach (TopicLedger topic in Story.Topics.Where(static topic => topic.Id != Uuid.Zero))
        {
            foreach (PartitionLedger partition in topic.Partitions)
            {
                _partitions.Enqueue(partition);
            }
        }

        foreach (GroupLedger group in Story.Groups.Where(static group => group.Offsets.Keys.Any()))
        {
            _groups.Enqueue(group);
        }
    }

    protected override void Begin() => NextPartition();

    private void NextPartition()
    {
        if (_partitions.TryPeek(out PartitionLedger? partition))
        {
            _records.Clear();
            AskOffset(partition, -2, start => AskOffset(partition, -1, end => ReadOn(partition, start, start, end)));
        }
        else
        {
            NextGroup();
        }
    }

    private void AskOffset(PartitionLedger partition, long timestamp, Action<long> then)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        request.Topics.Add(new()
        {
            Name = partition.Topic.Name,
            Partitions = [new() { PartitionIndex = partition.Number, Timestamp = timestamp }],
        });
        Client.Send<ListOffsetsResponse>(request, 7, answer =>
        {
            if (answer?.Topics[0].Partitions[0] is { ErrorCode: 0 } found)
            {
                then(found.Offset);
            }
            else
            {
                Later(10, 50, NextPartition);
            }
        });
    }

    private void ReadOn(PartitionLedger partition, long start, long position, long end)
    {
        if (position >= end)
        {
            _partitions.Dequeue();
            partition.Audit(start, end, _records, _powerWasLost);
            NextPartition();
            return;
        }

        FetchRequest request = new() { MaxWaitMs = 100, MinBytes = 1, MaxBytes = 1 << 20, SessionEpoch = -1 };
        request.Topics.Add(new()
        {
            TopicId = partition.Topic.Id,
            Partitions = [new() { Partition = partition.Number, FetchOffset = position, PartitionMaxBytes = 1 << 20 }],
        });
        Client.Send<FetchResponse>(request, 13, answer =>
        {
            FetchResponse.PartitionData? data = answer is { ErrorCode: 0 } ? answer.Responses[0].Partitions[0] : null;
            if (data is not { ErrorCode: 0 })
            {
                // Retention may have moved the start meanwhile.
                Later(10, 50, NextPartition);
                return;
            }

            long next = position;
            foreach ((long offset, long value) in FetchedRecords.Read(data.Records, Findings, partition.Name))
            {
                if (offset >= position && offset < end)
                {
                    _records.Add((offset, value));
                    next = offset + 1;
                }
            }

            ReadOn(partition, start, next, end);
        });
    }

    private void NextGroup()
    {
        if (!_groups.TryPeek(out GroupLedger? group))
        {
            _isDone = true;
            return;
        }

        FindCoordinatorRequest request = new() { CoordinatorKeys = [group.Name] };
        Client.Send<FindCoordinatorResponse>(request, 4, _ => AskCommitted(group));
    }

    private void AskCommitted(GroupLedger group)
    {
        OffsetFetchRequest request = new() { GroupId = group.Name, Topics = [] };
        foreach (IGrouping<string, (string Topic, int Partition)> topic in
            group.Offsets.Keys.GroupBy(static key => key.Topic))
        {
            request.Topics.Add(new()
            {
                Name = topic.Key,
                PartitionIndexes = [.. topic.Select(static key => key.Partition)],
            });
        }

        Client.Send<OffsetFetchResponse>(request, 7, answer =>
        {
            if (answer is not { ErrorCode: 0 })
            {
                Later(10, 100, NextGroup);
                return;
            }

            Dictionary<(string Topic, int Partition), long> committed = [];
            foreach (OffsetFetchResponse.OffsetFetchResponseTopic topic in answer.Topics)
            {
                foreach (OffsetFetchResponse.OffsetFetchResponsePartition partition in topic.Partitions)
                {
                    committed[(topic.Name, partition.PartitionIndex)] = partition.CommittedOffset;
                }
            }

            group.Offsets.Audit(committed, _powerWasLost);
            _groups.Dequeue();
            NextGroup();
        });
    }
}
