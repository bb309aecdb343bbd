using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>
/// Fetch (1): sends records from the logs' files, with sessions (version 7, KIP-227), leader epochs (version 9,
/// KIP-320), topic ids (version 13, KIP-516). Followers' fetches are refused: this node has no followers.
/// </summary>
internal sealed class FetchHandler(
    LocalTopics topics,
    FetchSessionCache sessions,
    FetchLimits limits,
    IMailbox coldReads,
    TrafficCounters traffic) : RequestHandler
{
    private const short FirstWithTopicIds = 13;
    private const sbyte ReadCommitted = 1;

    public override ApiKey Api => ApiKey.Fetch;

    public override bool Handle(Request request, Span<byte> frame, int bodyStart)
    {
        if (!FetchRequestReader.TryOpen(frame, bodyStart, request.Version, out FetchRequestReader reader))
        {
            return false;
        }

        FetchJob job = request.Workspace.Scratch<FetchJobPool>().Rent();
        job.Open(request, traffic);
        job.ColdReads = coldReads;
        job.MaxWaitMs = reader.MaxWaitMs;
        job.MaxBytes = Math.Min(Math.Max(0, reader.MaxBytes), limits.BytesMax);
        // More than it may be given would never be there.
        job.MinBytes = Math.Min(reader.MinBytes, job.MaxBytes);
        job.Isolation = reader.IsolationLevel == ReadCommitted
            ? FetchIsolation.Committed
            : FetchIsolation.HighWatermark;
        ErrorCode error = ErrorCode.None;
        if (reader.ReplicaId >= 0)
        {
            // Offsets beyond the high watermark are for brokers alone, and none but this one is registered. Each
            // partition says so: an error of the whole reply is not seen before version 7.
            Collect(request, job, ref reader);
            foreach (ref FetchItem item in job.Items)
            {
                item.Partition = null;
                item.Error = ErrorCode.NotLeaderOrFollower;
            }
        }
        else if (reader.SessionEpoch is FetchSession.FinalEpoch or FetchSession.InitialEpoch)
        {
            BeginFull(request, job, ref reader);
        }
        else
        {
            error = ContinueSession(request, job, ref reader);
        }

        if (error != ErrorCode.None)
        {
            job.Fail(error);
        }
        else
        {
            job.Start();
        }

        return true;
    }

    private void BeginFull(Request request, FetchJob job, ref FetchRequestReader reader)
    {
        if (reader.SessionId != 0)
        {
            sessions.Remove(reader.SessionId);
        }

        Collect(request, job, ref reader);
        if (reader.SessionEpoch == FetchSession.InitialEpoch && job.Count > 0)
        {
            BeginSession(request, job);
        }
    }

    private void Collect(Request request, FetchJob job, ref FetchRequestReader reader)
    {
        while (reader.MoveNextTopic())
        {
            LocalTopic? topic = Resolve(request.Version, in reader);
            // One copy for all its partitions: a long name and many partitions would multiply.
            FetchKey key = KeyOf(request.Version, in reader, topic);
            ReadOnlyMemory<byte> name = topic is not null ? topic.NameUtf8 : reader.TopicName.ToArray();
            while (reader.MoveNextPartition())
            {
                FetchPartitionRequest asked = reader.Partition;
                ref FetchItem item = ref job.Add();
                item.Key = key with { Partition = asked.Index };
                item.NameUtf8 = name;
                item.FetchOffset = new Offset(asked.FetchOffset);
                item.MaxBytes = asked.MaxBytes;
                item.CurrentLeaderEpoch = Epoch(asked.CurrentLeaderEpoch);
                item.LastFetchedEpoch = Epoch(asked.LastFetchedEpoch);
                SetPartition(ref item, request.Version, topic);
            }
        }

        if (job.Count > 1)
        {
            job.KeepLastOfEach(request.Workspace.Scratch<NamedPartitions>());
        }
    }

    /// <summary>In a fetch any negative number is no epoch.</summary>
    private static LeaderEpoch Epoch(int number) => number < 0 ? LeaderEpoch.None : new LeaderEpoch(number);

    private void BeginSession(Request request, FetchJob job)
    {
        FetchSession? session = sessions.TryCreate(
            job.Count,
            privileged: false,
            usesTopicIds: request.Version >= FirstWithTopicIds,
            request.Workspace.Reactor.Now);
        if (session is null)
        {
            return;
        }

        lock (session.Sync)
        {
            foreach (ref FetchItem item in job.Items)
            {
                item.Remembered = session.GetOrAdd(item.Key);
                item.Remembered.Ask(item.FetchOffset, item.MaxBytes, item.CurrentLeaderEpoch, item.LastFetchedEpoch);
                item.Remembered.Partition = item.Partition;
            }
        }

        job.Session = session;
        job.SessionEpoch = session.Epoch;
    }

    private ErrorCode ContinueSession(Request request, FetchJob job, ref FetchRequestReader reader)
    {
        ErrorCode error = sessions.TryContinue(
            reader.SessionId,
            reader.SessionEpoch,
            usesTopicIds: request.Version >= FirstWithTopicIds,
            request.Workspace.Reactor.Now,
            out FetchSession? session);
        if (error != ErrorCode.None)
        {
            return error;
        }

        lock (session!.Sync)
        {
            UpdateSession(request, session, ref reader);
            if (session.Count > FetchRequestReader.PartitionsMax)
            {
                // The fetcher begins anew with a full fetch.
                sessions.Remove(session.Id);
                return ErrorCode.FetchSessionIdNotFound;
            }

            for (FetchSessionPartition? asked = session.First; asked is not null; asked = FetchSession.After(asked))
            {
                AddFromSession(request, job, asked);
            }

            if (session.Count == 0)
            {
                // A session without partitions ends here; the reply tells so by session id 0.
                sessions.Remove(session.Id);
                return ErrorCode.None;
            }
        }

        job.Session = session;
        job.SessionEpoch = session.Epoch;
        job.IsIncremental = true;
        return ErrorCode.None;
    }

    private void UpdateSession(Request request, FetchSession session, ref FetchRequestReader reader)
    {
        while (reader.MoveNextTopic())
        {
            FetchKey key = KeyOf(request.Version, in reader, Resolve(request.Version, in reader));
            while (reader.MoveNextPartition())
            {
                FetchPartitionRequest asked = reader.Partition;
                session.GetOrAdd(key with { Partition = asked.Index }).Ask(
                    new Offset(asked.FetchOffset),
                    asked.MaxBytes,
                    Epoch(asked.CurrentLeaderEpoch),
                    Epoch(asked.LastFetchedEpoch));
            }
        }

        while (reader.MoveNextForgottenTopic())
        {
            while (reader.MoveNextForgottenPartition())
            {
                session.Forget(request.Version >= FirstWithTopicIds
                    ? new FetchKey(reader.ForgottenTopicId, string.Empty, reader.ForgottenPartition)
                    : new FetchKey(
                        Uuid.Zero,
                        System.Text.Encoding.UTF8.GetString(reader.ForgottenTopicName),
                        reader.ForgottenPartition));
            }
        }
    }

    private void AddFromSession(Request request, FetchJob job, FetchSessionPartition asked)
    {
        ref FetchItem item = ref job.Add();
        item.Key = asked.Key;
        item.Remembered = asked;
        item.FetchOffset = asked.FetchOffset;
        item.MaxBytes = asked.MaxBytes;
        item.CurrentLeaderEpoch = asked.CurrentLeaderEpoch;
        item.LastFetchedEpoch = asked.LastFetchedEpoch;
        if (asked.Partition is { IsRetired: false } partition)
        {
            item.Partition = partition;
            if (request.Version < FirstWithTopicIds && topics.TryFind(asked.Key.Topic, out LocalTopic? named))
            {
                item.NameUtf8 = named.NameUtf8;
            }

            return;
        }

        LocalTopic? topic = request.Version >= FirstWithTopicIds
            ? topics.TryFind(asked.Key.TopicId, out LocalTopic? byId) ? byId : null
            : topics.TryFind(asked.Key.Topic, out LocalTopic? byName) ? byName : null;
        item.NameUtf8 = topic is not null ? topic.NameUtf8 : UnknownName(job, asked.Key.Topic);
        SetPartition(ref item, request.Version, topic);
        asked.Partition = item.Partition;
    }

    /// <summary>The partitions of an unknown topic follow each other and share one copy of its name.</summary>
    private static ReadOnlyMemory<byte> UnknownName(FetchJob job, string topic)
    {
        Span<FetchItem> items = job.Items;
        return items.Length > 1 && ReferenceEquals(items[^2].Key.Topic, topic)
            ? items[^2].NameUtf8
            : System.Text.Encoding.UTF8.GetBytes(topic);
    }

    private LocalTopic? Resolve(short version, scoped in FetchRequestReader reader)
    {
        LocalTopic? topic;
        bool known = version >= FirstWithTopicIds
            ? topics.TryFind(reader.TopicId, out topic)
            : topics.TryFind(reader.TopicName, out topic);
        return known ? topic : null;
    }

    /// <summary>The key of a topic's partition 0.</summary>
    private static FetchKey KeyOf(short version, scoped in FetchRequestReader reader, LocalTopic? topic) =>
        version >= FirstWithTopicIds
            ? new FetchKey(reader.TopicId, string.Empty, 0)
            : new FetchKey(Uuid.Zero, topic?.Name ?? System.Text.Encoding.UTF8.GetString(reader.TopicName), 0);

    private static void SetPartition(ref FetchItem item, short version, LocalTopic? topic)
    {
        item.Partition = topic?.Find(item.Key.Partition);
        if (item.Partition is null)
        {
            item.Error = topic is null && version >= FirstWithTopicIds
                ? ErrorCode.UnknownTopicId
                : ErrorCode.UnknownTopicOrPartition;
        }
    }
}
