using System.Buffers;
using System.Text;
using System.Text.Json;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>Prints topics as <c>kafka-topics</c> does, or as JSON.</summary>
internal sealed class TopicsPrinter(TextWriter output, OutputFormat format) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Utf8JsonWriter? _json;

    public void Warn(string text)
    {
        if (format == OutputFormat.Text)
        {
            output.WriteLine(text);
        }
    }

    /// <summary>Something was done. Kafka's tool says so only where <paramref name="words"/> are given.</summary>
    public void Done(string? words, string member, string topic)
    {
        if (format == OutputFormat.Json)
        {
            Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString(member, topic);
                writer.WriteEndObject();
            });
        }
        else if (words is not null)
        {
            output.WriteLine($"{words} {topic}.");
        }
    }

    public void List(List<TopicDescription> topics)
    {
        if (format == OutputFormat.Json)
        {
            Json(writer =>
            {
                writer.WriteStartArray();
                foreach (TopicDescription topic in topics)
                {
                    writer.WriteStringValue(topic.Name);
                }

                writer.WriteEndArray();
            });
            return;
        }

        output.WriteLine(string.Join('\n', topics.Select(topic => topic.Name)));
    }

    public void BeginDescriptions()
    {
        if (format == OutputFormat.Json)
        {
            _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = true });
            _json.WriteStartArray();
        }
    }

    public void Describe(
        TopicDescription topic, IReadOnlyList<ConfigEntry> configs, DescribeFilter filter, HashSet<int> liveBrokers)
    {
        if (filter.OverridesOnly && !configs.Any(IsSet))
        {
            return;
        }

        List<PartitionDescription> partitions = filter.ShowsPartitions
            ? [.. topic.Partitions.Where(partition => filter.Shows(partition, configs, liveBrokers))]
            : [];
        if (_json is not null)
        {
            if (filter.ShowsTopics || partitions.Count > 0)
            {
                WriteTopic(_json, topic, configs, partitions);
            }

            return;
        }

        if (filter.ShowsTopics)
        {
            int replicas = topic.Partitions.Count > 0 ? topic.Partitions[0].Replicas.Count : 0;
            IEnumerable<string> set = configs.Where(IsSet).Select(config => $"{config.Name}={config.Value}");
            string id = topic.Id.IsZero ? "" : $"\tTopicId: {topic.Id}";
            output.WriteLine(
                $"Topic: {topic.Name}{id}\tPartitionCount: {topic.Partitions.Count}"
                + $"\tReplicationFactor: {replicas}\tConfigs: {string.Join(',', set)}");
        }

        foreach (PartitionDescription partition in partitions)
        {
            output.WriteLine(Line(topic.Name, partition));
        }
    }

    public void EndDescriptions()
    {
        if (_json is not null)
        {
            _json.WriteEndArray();
            Finish(_json);
        }
    }

    public void Dispose() => _json?.Dispose();

    private static bool IsSet(ConfigEntry config) => config.Source != ConfigSource.Default;

    private static string Line(string topic, PartitionDescription partition)
    {
        StringBuilder line = new();
        line.Append("\tTopic: ").Append(topic);
        line.Append("\tPartition: ").Append(partition.Index);
        line.Append("\tLeader: ").Append(partition.Leader < 0 ? "none" : $"{partition.Leader}");
        line.Append("\tReplicas: ").AppendJoin(',', partition.Replicas);
        line.Append("\tIsr: ").AppendJoin(',', partition.InSyncReplicas);
        line.Append("\tElr: ").Append(Ids(partition.EligibleLeaders));
        line.Append("\tLastKnownElr: ").Append(Ids(partition.LastKnownEligibleLeaders));
        return line.ToString();
    }

    private static string Ids(IReadOnlyList<int>? ids) => ids is null ? "N/A" : string.Join(',', ids);

    private static void WriteTopic(
        Utf8JsonWriter json,
            TopicDescription topic, IReadOnlyList<ConfigEntry> configs, List<PartitionDescription> partitions)
    {
        json.WriteStartObject();
        json.WriteString("topic", topic.Name);
        json.WriteString("topicId", topic.Id.ToString());
        json.WriteBoolean("internal", topic.IsInternal);
        json.WriteNumber("partitionCount", topic.Partitions.Count);
        json.WriteStartObject("configs");
        foreach (ConfigEntry config in configs.Where(IsSet))
        {
            json.WriteString(config.Name, config.Value);
        }

        json.WriteEndObject();
        json.WriteStartArray("partitions");
        foreach (PartitionDescription partition in partitions)
        {
            json.WriteStartObject();
            json.WriteNumber("partition", partition.Index);
            json.WriteNumber("leader", partition.Leader);
            WriteIds(json, "replicas", partition.Replicas);
            WriteIds(json, "isr", partition.InSyncReplicas);
            WriteIds(json, "elr", partition.EligibleLeaders);
            WriteIds(json, "lastKnownElr", partition.LastKnownEligibleLeaders);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, string name, IReadOnlyList<int>? ids)
    {
        if (ids is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (int id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    private void Json(Action<Utf8JsonWriter> write)
    {
        Utf8JsonWriter json = new(_buffer);
        write(json);
        Finish(json);
    }

    private void Finish(Utf8JsonWriter json)
    {
        json.Dispose();
        output.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _buffer.ResetWrittenCount();
    }
}
