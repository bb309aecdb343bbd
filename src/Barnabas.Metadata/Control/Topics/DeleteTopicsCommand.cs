using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>Deletes topics by name or, since version 6, by id. The logs go when brokers have replayed the
/// record.</summary>
public sealed class DeleteTopicsCommand(DeleteTopicsRequest request) : ControllerCommand
{
    public DeleteTopicsResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.Responses.Clear();
        foreach ((string? name, Uuid id) in Asked())
        {
            Response.Responses.Add(Result(name, id, error, message));
        }
    }

    internal override void Decide(ControllerStep step)
    {
        List<(string? Name, Uuid Id)> asked = [.. Asked()];
        Dictionary<(string?, Uuid), int> times = [];
        foreach ((string? Name, Uuid Id) topic in asked)
        {
            times[topic] = times.GetValueOrDefault(topic) + 1;
        }

        var deleted = new SortedSet<Uuid>();
        foreach ((string? name, Uuid id) in asked)
        {
            if (!times.Remove((name, id), out int count))
            {
                continue;
            }

            Response.Responses.Add(Delete(step, name, id, count > 1, deleted));
        }
    }

    private static DeleteTopicsResponse.DeletableTopicResult Result(
        string? name,
        Uuid id,
        ErrorCode error,
        string? message = null) =>
        new() { Name = name, TopicId = id, ErrorCode = (short)error, ErrorMessage = message };

    private static DeleteTopicsResponse.DeletableTopicResult Delete(
        ControllerStep step,
        string? name,
        Uuid id,
        bool isDuplicate,
        SortedSet<Uuid> deleted)
    {
        if (isDuplicate)
        {
            string what = name is null ? "id" : "name";
            return Result(name, id, ErrorCode.InvalidRequest, $"Duplicate topic {what}.");
        }

        if (name is null == id.IsZero)
        {
            string problem = name is null
                ? "Neither topic name nor id were specified."
                : "You may not specify both topic name and topic id.";
            return Result(name, id, ErrorCode.InvalidRequest, problem);
        }

        TopicImage? topic;
        if (name is null ? !step.Image.Topics.TryGet(id, out topic) : !step.Image.Topics.TryGet(name, out topic))
        {
            return name is null
                ? Result(null, id, ErrorCode.UnknownTopicId, "This server does not host this topic ID.")
                : Result(name, id, ErrorCode.UnknownTopicOrPartition,
                    "This server does not host this topic-partition.");
        }

        if (!deleted.Add(topic.Id))
        {
            // Asked for once by name and once by id.
            return Result(topic.Name, topic.Id, ErrorCode.InvalidRequest, "The same topic was specified twice.");
        }

        step.Add(new RemoveTopicRecord { TopicId = topic.Id }, 0);
        return Result(topic.Name, topic.Id, ErrorCode.None);
    }

    private IEnumerable<(string? Name, Uuid Id)> Asked()
    {
        foreach (string name in request.TopicNames)
        {
            yield return (name, default);
        }

        foreach (DeleteTopicsRequest.DeleteTopicState topic in request.Topics)
        {
            yield return (topic.Name, topic.TopicId);
        }
    }
}
