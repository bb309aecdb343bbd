using System.Collections;
using System.Globalization;
using System.Reflection;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Questions to one node, and each field of its answers under a name.</summary>
internal sealed class Dialogue(int port, Masks masks) : IDisposable
{
    /// <summary>What names an element of a list; the order of such lists means nothing.</summary>
    private static readonly string[] Names =
    [
        "Name", "TopicName", "ResourceName", "ConfigName", "Key", "GroupId", "MemberId", "PartitionIndex", "Partition",
        "Index", "BrokerId", "NodeId", "Topic", "ApiKey",
    ];

    private RawConnection _connection = RawConnection.To(port);

    public SortedDictionary<string, string> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Asks, and keeps the answer under <paramref name="label"/>; an empty one if the node closed.</summary>
    public TResponse Ask<TResponse>(string label, IApiMessage request, short version)
        where TResponse : class, IApiMessage, new()
    {
        TResponse? response = Take<TResponse>(Wire.Frame(request, version), version);
        Assert.DoesNotContain(Answers.Keys, key => key.StartsWith(label + '.', StringComparison.Ordinal));
        if (response is null)
        {
            Answers[label] = "(closed)";
            return new TResponse();
        }

        Tell(label, response);
        return response;
    }

    /// <summary>Asks what only prepares the story.</summary>
    public TResponse Prepare<TResponse>(IApiMessage request, short version)
        where TResponse : class, IApiMessage, new() =>
        _connection.Ask<TResponse>(request, version);

    public void Dispose() => _connection.Dispose();

    private TResponse? Take<TResponse>(byte[] frame, short version)
        where TResponse : class, IApiMessage, new()
    {
        _connection.Send(frame);
        byte[]? reply = _connection.Receive();
        if (reply is not null)
        {
            return Wire.Decode<TResponse>(reply, version);
        }

        _connection.Dispose();
        _connection = RawConnection.To(port);
        return null;
    }

    private void Tell(string path, object? value)
    {
        switch (value)
        {
            case string text:
                Answers[path] = $"'{masks.Apply(text)}'";
                break;
            case Uuid id:
                Answers[path] = Masks.Apply(id);
                break;
            case ReadOnlyMemory<byte> bytes:
                Answers[path] = Convert.ToHexString(bytes.Span);
                break;
            case byte[] bytes:
                Answers[path] = Convert.ToHexString(bytes);
                break;
            case IMessage or IList:
                TellParts(path, value);
                break;
            case null:
                Answers[path] = "null";
                break;
            default:
                if (value.GetType().Namespace == "Barnabas.Protocol")
                {
                    TellParts(path, value);
                }
                else
                {
                    Answers[path] = masks.Apply(Convert.ToString(value, CultureInfo.InvariantCulture)!);
                }

                break;
        }
    }

    private void TellParts(string path, object value)
    {
        if (value is not IList list)
        {
            foreach (PropertyInfo part in Parts(value))
            {
                Tell($"{path}.{part.Name}", part.GetValue(value));
            }

            return;
        }

        Answers[path + ".Count"] = list.Count.ToString(CultureInfo.InvariantCulture);
        Dictionary<string, int> seen = [];
        for (int i = 0; i < list.Count; i++)
        {
            string name = NameOf(list[i]!);
            int times = seen[name] = seen.GetValueOrDefault(name) + 1;
            string element = times == 1 ? $"{path}[{name}]" : $"{path}[{name} again {times}]";
            Answers[element] = "there";
            Tell(element, list[i]);
        }
    }

    private static IEnumerable<PropertyInfo> Parts(object value) =>
        value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(
            static part => part.GetIndexParameters().Length == 0
                && part.Name is not ("LowestSupportedVersion" or "HighestSupportedVersion" or "UnknownTaggedFields")
                && !(part.Name == "ApiKey" && part.PropertyType == typeof(ApiKey)));

    private string NameOf(object element)
    {
        if (element is string or ValueType)
        {
            return masks.Apply(Convert.ToString(element, CultureInfo.InvariantCulture)!);
        }

        foreach (string name in Names)
        {
            object? value = element.GetType().GetProperty(name)?.GetValue(element);
            if (value is not (null or ""))
            {
                object? type = element.GetType().GetProperty("ResourceType")?.GetValue(element);
                return masks.Apply(string.Create(CultureInfo.InvariantCulture, $"{type}{value}"));
            }
        }

        return string.Empty;
    }
}
