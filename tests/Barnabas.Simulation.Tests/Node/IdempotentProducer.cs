using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// A producer with an id of its own: up to five batches in flight per partition, all of them repeated in order with the
/// same sequences when one fails or the connection breaks. Every record carries a value that no other one has.
/// </summary>
internal sealed class IdempotentProducer : Actor
{
    private const int InFlightMax = 5;

    private readonly long _number;
    private readonly List<Lane> _lanes = [];
    private readonly RecordBatchBuilder _builder = new(SimulatedBroker.Codecs, 64 * 1024);
    private ProducerIdAndEpoch _id = ProducerIdAndEpoch.None;
    private bool _mayBeForgotten;
    private bool _hasLivedOn;
    private uint _made;
    private int _left;

    public IdempotentProducer(NodeStory story, int number, IEnumerable<PartitionLedger> partitions)
        : base(story, $"producer-{number}")
    {
        _number = number;
        foreach (PartitionLedger partition in partitions)
        {
            _lanes.Add(new Lane(partition));
        }
    }

    public override bool IsDone => _left == 0 && _lanes.All(static lane => lane.Unfinished.Count == 0);

    public long Acknowledged { get; private set; }

    public override string ToString() => $"{Client.Name} ({string.Join(", ", _lanes
        .Where(static lane => lane.Unfinished.Count > 0)
        .Select(static l => $"{l.Partition.Name} {l.Unfinished.Count}, {l.InFlight} under way"))}; {_left} to make)";

    /// <summary>How many batches to make in this life.</summary>
    public void Allow(int batches) => _left = batches;

    /// <summary>The broker may have lost what it knew of the producer, and the producer may be told so.</summary>
    public void AllowToBeForgotten() => _mayBeForgotten = true;

    protected override void Begin()
    {
        // A producer snapshot, taken where a segment ends, holds the last batch of a producer and not the last five:
        // after a restart older ones are no longer known as duplicates, here as in Apache Kafka.
        _hasLivedOn = _id.ProducerId >= 0;
        foreach (Lane lane in _lanes)
        {
            lane.InFlight = 0;
            lane.IsBroken = false;
        }

        if (_id.ProducerId < 0)
        {
            AskForId();
        }
        else
        {
            foreach (Lane lane in _lanes)
            {
                SendAll(lane);
            }

            Later(0, 20, Tick);
        }
    }

    private void AskForId()
    {
        InitProducerIdRequest request = new() { TransactionalId = null, TransactionTimeoutMs = int.MaxValue };
        Client.Send<InitProducerIdResponse>(request, 4, answer =>
        {
            if (answer is null || answer.ErrorCode != 0)
            {
                Later(10, 200, AskForId);
                return;
            }

            Findings.Require(
                Story.ProducerIds.Add(answer.ProducerId), $"producer id {answer.ProducerId} was given twice");
            _id = new ProducerIdAndEpoch(answer.ProducerId, answer.ProducerEpoch);
            (_mayBeForgotten, _hasLivedOn) = (false, false);
            Later(0, 20, Tick);
        });
    }

    private void Tick()
    {
        Lane lane = _lanes[Random.Next(_lanes.Count)];
        if (_left > 0 && _id.ProducerId >= 0 && !lane.IsBroken && lane.Unfinished.Count < InFlightMax)
        {
            _left--;
            Batch batch = Make(lane);
            lane.Unfinished.Add(batch);
            Send(lane, batch);
        }

        if (_left > 0)
        {
            Later(0, Story.Plan.ProducePauseMs, Tick);
        }
    }

    private Batch Make(Lane lane)
    {
        long[] values = new long[1 + Random.Next(4)];
        _builder.Reset(new RecordBatchTemplate
        {
            Producer = _id,
            BaseSequence = lane.NextSequence,
            Compression = Story.Plan.Compression,
        });
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (_number << 32) | ++_made;
            byte[] payload = new byte[8 + Random.Next(Story.Plan.PayloadMax)];
            BinaryPrimitives.WriteInt64BigEndian(payload, values[i]);
            _builder.TryAppend(Story.ClientTimeMs, OptionalBytes.Null, payload);
        }

        lane.NextSequence += values.Length;
        lane.Partition.OnSent(values);
        return new Batch(values, _builder.Build().ToArray(), _id);
    }

    private void Send(Lane lane, Batch batch)
    {
        short version = (short)Random.Between(9, 13);
        ProduceRequest.PartitionProduceData data = new()
        {
            Index = lane.Partition.Number,
            // The client's own copy: what is sent again must be what was sent first.
            Records = batch.Records.ToArray(),
        };
        ProduceRequest.TopicProduceData topic = new() { PartitionData = [data] };
        if (version >= 13)
        {
            topic.TopicId = lane.Partition.Topic.Id;
        }
        else
        {
            topic.Name = lane.Partition.Topic.Name;
        }

        ProduceRequest request = new()
        {
            Acks = Random.OneIn(2) ? (short)1 : (short)-1,
            TimeoutMs = (int)Random.Between(500, 5000),
            TopicData = [topic],
        };
        lane.InFlight++;
        Client.Send<ProduceResponse>(request, version, answer => OnAnswer(lane, batch, answer));
    }

    private void OnAnswer(Lane lane, Batch batch, ProduceResponse? answer)
    {
        lane.InFlight--;
        if (answer is null)
        {
            lane.IsBroken = true;
        }
        else if (batch.Producer == _id)
        {
            ProduceResponse.PartitionProduceResponse result = answer.Responses[0].PartitionResponses[0];
            Take(lane, batch, (ErrorCode)result.ErrorCode, result.BaseOffset, result.ErrorMessage);
        }

        if (lane.IsBroken && lane.InFlight == 0)
        {
            Later(5, 100, () => SendAll(lane));
        }
    }

    private void Take(Lane lane, Batch batch, ErrorCode error, long baseOffset, string? message)
    {
        switch (error)
        {
            case ErrorCode.None:
                lane.Partition.OnAcknowledged(baseOffset, batch.Values);
                lane.Unfinished.Remove(batch);
                Acknowledged++;
                break;
            case ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId
                when lane.Unfinished[0] == batch && !lane.IsBroken:
                Findings.Require(
                    _mayBeForgotten || (_hasLivedOn && lane.Partition.Topic.HasSmallSegments),
                    $"{Client.Name}: {lane.Partition.Name} refuses {batch.Values[0]:X} with {error}: {message} (I-29)");
                StartAnew();
                break;
            default:
                Findings.Require(
                    error is ErrorCode.OutOfOrderSequenceNumber || ErrorCodes.IsRetriable(error),
                    $"{Client.Name}: {lane.Partition.Name} refuses {batch.Values[0]:X} with {error}: {message}");
                Story.Note(error);
                lane.IsBroken = true;
                break;
        }
    }

    // What is unfinished may or may not be in the log; nobody will ever send it again.
    private void StartAnew()
    {
        _id = ProducerIdAndEpoch.None;
        foreach (Lane lane in _lanes)
        {
            lane.Unfinished.Clear();
            lane.NextSequence = 0;
        }

        AskForId();
    }

    private void SendAll(Lane lane)
    {
        if (!IsActive || lane.InFlight > 0)
        {
            return;
        }

        lane.IsBroken = false;
        foreach (Batch batch in lane.Unfinished)
        {
            Send(lane, batch);
        }
    }

    private sealed class Lane(PartitionLedger partition)
    {
        public PartitionLedger Partition => partition;

        public List<Batch> Unfinished { get; } = [];

        public int NextSequence { get; set; }

        public int InFlight { get; set; }

        public bool IsBroken { get; set; }
    }

    private sealed record Batch(long[] Values, byte[] Records, ProducerIdAndEpoch Producer);
}
