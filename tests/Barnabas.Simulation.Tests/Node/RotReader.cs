using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// Reads a partition of which a bit has rotted until it is told so: by an error, or by a checksum. Until then all must
/// be what it was.
/// </summary>
internal sealed class RotReader(NodeStory story, PartitionLedger partition) : Actor(story, "rot-reader")
{
    private const int EmptyAnswersMax = 10;

    private long _position = partition.Start;
    private int _emptyAnswers;
    private bool _isDone;

    public override bool IsDone => _isDone;

    protected override void Begin() => Fetch();

    private void Fetch()
    {
        FetchRequest request = new() { MaxWaitMs = 100, MinBytes = 1, MaxBytes = 1 << 20, SessionEpoch = -1 };
        request.Topics.Add(new()
        {
            TopicId = partition.Topic.Id,
            Partitions = [new() { Partition = partition.Number, FetchOffset = _position, PartitionMaxBytes = 2000 }],
        });
        Client.Send<FetchResponse>(request, 13, answer =>
        {
            if (answer is { ErrorCode: 0 })
            {
                Take(answer.Responses[0].Partitions[0]);
            }

            if (!_isDone)
            {
                Later(10, 50, Fetch);
            }
        });
    }

    private void Take(FetchResponse.PartitionData data)
    {
        ErrorCode error = (ErrorCode)data.ErrorCode;
        if (error != ErrorCode.None)
        {
            _isDone = error is ErrorCode.CorruptMessage or ErrorCode.KafkaStorageError;
            Findings.Require(_isDone || ErrorCodes.IsRetriable(error), $"{partition.Name} has rotted: {error}");
            return;
        }

        long before = _position;
        RecordBatchIterator batches = new((data.Records ?? default).Span);
        RecordScratch scratch = new();
        while (!_isDone && batches.MoveNext())
        {
            RecordBatch batch = batches.Current;
            if (!batch.IsCrcValid())
            {
                _isDone = true;
                return;
            }

            RecordReader reader = scratch.Read(batch, SimulatedBroker.Codecs, DecompressionLimit.Default);
            while (reader.MoveNext())
            {
                partition.OnSeen(reader.Offset.Value, BinaryPrimitives.ReadInt64BigEndian(reader.Current.Value.Span));
            }

            _position = batch.NextOffset.Value;
        }

        _isDone = batches.End is BatchFrame.BadLength or BatchFrame.BadMagic;
        _emptyAnswers = _position == before ? _emptyAnswers + 1 : 0;
        if (_emptyAnswers == EmptyAnswersMax)
        {
            Findings.Add($"{partition.Name} has rotted, and at {_position} of {partition.AuditedEnd} nobody says so");
            _isDone = true;
        }
    }
}
