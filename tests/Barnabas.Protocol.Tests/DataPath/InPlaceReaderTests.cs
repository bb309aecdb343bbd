namespace Barnabas.Protocol.Tests;

/// <summary>The in-place readers against the generated decoders, on good and on damaged bodies.</summary>
public sealed class InPlaceReaderTests
{
    private const int HeaderSize = 7;

    [Fact]
    public void A_produce_request_reads_in_place_as_it_decodes() => Seeds.ForAll(seed =>
    {
        for (short version = ProduceRequest.LowestVersion; version <= ProduceRequest.HighestVersion; version++)
        {
            byte[] frame = Frame(MessageFiller.Make<ProduceRequest>(seed, version), version);
            Assert.True(CompareProduce(frame, version));
        }
    });

    [Fact]
    public void A_fetch_request_reads_in_place_as_it_decodes() => Seeds.ForAll(seed =>
    {
        for (short version = FetchRequest.LowestVersion; version <= FetchRequest.HighestVersion; version++)
        {
            byte[] frame = Frame(MessageFiller.Make<FetchRequest>(seed, version), version);
            Assert.True(CompareFetch(frame, version));
        }
    });

    [Fact]
    public void A_heartbeat_reads_in_place_as_it_decodes() => Seeds.ForAll(seed =>
    {
        for (short version = HeartbeatRequest.LowestVersion; version <= HeartbeatRequest.HighestVersion; version++)
        {
            Assert.True(CompareHeartbeat(Frame(MessageFiller.Make<HeartbeatRequest>(seed, version), version), version));
        }
    });

    [Fact]
    public void A_commit_of_offsets_reads_in_place_as_it_decodes() => Seeds.ForAll(seed =>
    {
        for (short version = OffsetCommitRequest.LowestVersion;
            version <= OffsetCommitRequest.HighestVersion;
            version++)
        {
            Assert.True(CompareCommit(Frame(MessageFiller.Make<OffsetCommitRequest>(seed, version), version), version));
        }
    });

    [Fact]
    public void A_damaged_request_fails_in_place_exactly_when_it_fails_to_decode()
    {
        int refused = 0;
        int accepted = 0;
        Seeds.ForAll(seed =>
        {
            Random random = new(seed);
            for (int i = 0; i < 40; i++)
            {
                short version = (short)random.Next(ProduceRequest.LowestVersion, ProduceRequest.HighestVersion + 1);
                byte[] frame = Damage(Frame(MessageFiller.Make<ProduceRequest>(seed + i, version), version), random);
                _ = CompareProduce(frame, version) ? accepted++ : refused++;
                version = (short)random.Next(FetchRequest.LowestVersion, FetchRequest.HighestVersion + 1);
                frame = Damage(Frame(MessageFiller.Make<FetchRequest>(seed + i, version), version), random);
                _ = CompareFetch(frame, version) ? accepted++ : refused++;
                version = (short)random.Next(HeartbeatRequest.LowestVersion, HeartbeatRequest.HighestVersion + 1);
                frame = Damage(Frame(MessageFiller.Make<HeartbeatRequest>(seed + i, version), version), random);
                _ = CompareHeartbeat(frame, version) ? accepted++ : refused++;
                version = (short)random.Next(OffsetCommitRequest.LowestVersion, OffsetCommitRequest.HighestVersion + 1);
                frame = Damage(Frame(MessageFiller.Make<OffsetCommitRequest>(seed + i, version), version), random);
                _ = CompareCommit(frame, version) ? accepted++ : refused++;
            }
        });
        Assert.True(refused > 100 && accepted > 100, $"{refused} refused, {accepted} accepted");
    }

    [Fact]
    public void Every_prefix_of_a_request_is_refused()
    {
        byte[] produce = Frame(MessageFiller.Make<ProduceRequest>(7, 12), 12);
        byte[] fetch = Frame(MessageFiller.Make<FetchRequest>(7, 12), 12);
        byte[] heartbeat = Frame(MessageFiller.Make<HeartbeatRequest>(7, 4), 4);
        byte[] commit = Frame(MessageFiller.Make<OffsetCommitRequest>(7, 9), 9);
        for (int length = HeaderSize; length < heartbeat.Length; length++)
        {
            Assert.False(HeartbeatRequestReader.TryOpen(heartbeat.AsSpan(0, length), HeaderSize, 4, out _));
        }

        for (int length = HeaderSize; length < commit.Length; length++)
        {
            Assert.False(OffsetCommitRequestReader.TryOpen(commit.AsSpan(0, length), HeaderSize, 9, out _));
        }

        for (int length = HeaderSize; length < produce.Length; length++)
        {
            Assert.False(ProduceRequestReader.TryOpen(produce.AsSpan(0, length), HeaderSize, 12, out _));
        }

        for (int length = HeaderSize; length < fetch.Length; length++)
        {
            Assert.False(FetchRequestReader.TryOpen(fetch.AsSpan(0, length), HeaderSize, 12, out _));
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    public void A_tag_of_a_later_version_is_refused_as_the_decoder_refuses_it(short version)
    {
        FetchRequest request = new();
        request.Topics.Add(new() { Partitions = [new() { HighWatermark = 5 }] });
        byte[] later = Frame(request, 18);
        Assert.True(CompareFetch(later, 18));
        Assert.False(CompareFetch(later, version));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_request_of_too_many_partitions_is_refused(int beyond, bool opens)
    {
        var produced = new ProduceRequest.TopicProduceData { Name = "t" };
        for (int i = 0; i < ProduceRequestReader.PartitionsMax + beyond; i++)
        {
            produced.PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 0 });
        }

        var produce = new ProduceRequest();
        produce.TopicData.Add(produced);
        Assert.Equal(opens, ProduceRequestReader.TryOpen(Frame(produce, 9), HeaderSize, 9, out _));

        // The same partition again and again is as good as many.
        var committed = new OffsetCommitRequest.OffsetCommitRequestTopic { Name = "t" };
        for (int i = 0; i < OffsetCommitRequestReader.PartitionsMax + beyond; i++)
        {
            committed.Partitions.Add(new OffsetCommitRequest.OffsetCommitRequestPartition { CommittedMetadata = "" });
        }

        var commit = new OffsetCommitRequest { GroupId = "g", MemberId = "" };
        commit.Topics.Add(committed);
        Assert.Equal(opens, OffsetCommitRequestReader.TryOpen(Frame(commit, 9), HeaderSize, 9, out _));
    }

    [Fact]
    public void Reading_in_place_allocates_nothing()
    {
        byte[] produce = Frame(MessageFiller.Make<ProduceRequest>(11, 13), 13);
        byte[] fetch = Frame(MessageFiller.Make<FetchRequest>(11, 18), 18);
        Assert.True(Walk(produce, fetch) > 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Walk(produce, fetch);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static int Walk(byte[] produce, byte[] fetch)
    {
        int seen = 0;
        ProduceRequestReader.TryOpen(produce, HeaderSize, 13, out ProduceRequestReader records);
        while (records.MoveNextTopic())
        {
            while (records.MoveNextPartition())
            {
                seen++;
            }
        }

        FetchRequestReader.TryOpen(fetch, HeaderSize, 18, out FetchRequestReader wanted);
        while (wanted.MoveNextTopic())
        {
            while (wanted.MoveNextPartition())
            {
                seen++;
            }
        }

        return seen;
    }

    private static bool CompareProduce(byte[] frame, short version)
    {
        bool decodes = MessageBytes.TryRead(frame.AsMemory(HeaderSize), version, out ProduceRequest? decoded);
        bool opens = ProduceRequestReader.TryOpen(frame, HeaderSize, version, out ProduceRequestReader reader);
        Assert.Equal(decodes, opens);
        if (decodes)
        {
            Assert.Equal(MessageText.Of(decoded), MessageText.Of(Walks.Produce(reader, frame)));
        }

        return decodes;
    }

    private static bool CompareFetch(byte[] frame, short version)
    {
        bool decodes = MessageBytes.TryRead(frame.AsMemory(HeaderSize), version, out FetchRequest? decoded);
        bool opens = FetchRequestReader.TryOpen(frame, HeaderSize, version, out FetchRequestReader reader);
        Assert.Equal(decodes, opens);
        if (decodes)
        {
            Assert.Equal(MessageText.Of(decoded), MessageText.Of(Walks.Fetch(reader, version)));
        }

        return decodes;
    }

    private static bool CompareHeartbeat(byte[] frame, short version)
    {
        bool decodes = MessageBytes.TryRead(frame.AsMemory(HeaderSize), version, out HeartbeatRequest? decoded);
        bool opens = HeartbeatRequestReader.TryOpen(frame, HeaderSize, version, out HeartbeatRequestReader reader);
        Assert.Equal(decodes, opens);
        if (decodes)
        {
            Assert.Equal(MessageText.Of(decoded), MessageText.Of(Walks.Heartbeat(reader)));
        }

        return decodes;
    }

    private static bool CompareCommit(byte[] frame, short version)
    {
        bool decodes = MessageBytes.TryRead(frame.AsMemory(HeaderSize), version, out OffsetCommitRequest? decoded);
        bool opens = OffsetCommitRequestReader.TryOpen(
            frame, HeaderSize, version, out OffsetCommitRequestReader reader);
        Assert.Equal(decodes, opens);
        if (decodes)
        {
            Assert.Equal(MessageText.Of(decoded), MessageText.Of(Walks.Commit(reader)));
        }

        return decodes;
    }

    /// <summary>
    /// The body behind a few bytes that stand for a header: offsets are counted from the frame's start.
    /// </summary>
    private static byte[] Frame(IMessage message, short version)
    {
        byte[] frame = new byte[HeaderSize + message.Measure(version)];
        KafkaWriter writer = new(frame.AsSpan(HeaderSize));
        message.Write(ref writer, version);
        Assert.Equal(frame.Length - HeaderSize, writer.Position);
        return frame;
    }

    private static byte[] Damage(byte[] frame, Random random)
    {
        for (int left = random.Next(1, 4); left > 0 && frame.Length > HeaderSize; left--)
        {
            int value = random.Next(2) == 0 ? random.Next(256) : random.Next(4);
            frame[random.Next(HeaderSize, frame.Length)] = (byte)value;
        }

        return frame;
    }
}
