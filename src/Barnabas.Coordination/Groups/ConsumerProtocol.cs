using System.Buffers.Binary;
using System.Text;

namespace Barnabas.Coordination;

/// <summary>
/// The little that a coordinator understands of what consumers tell each other: the topics of a subscription, in the
/// layout of version 0, with which every later version begins.
/// </summary>
internal static class ConsumerProtocol
{
    /// <summary>The protocol type of consumers; Connect workers, for instance, have another.</summary>
    public const string Type = "consumer";

    /// <summary>
    /// The topics all members together subscribe to. Null if the group is none of consumers, or if a member's metadata
    /// is not a subscription (a client may put anything there); then nothing is taken for unsubscribed.
    /// </summary>
    public static IReadOnlySet<string>? SubscribedTopics(ClassicGroup group)
    {
        if (!group.IsConsumerGroup)
        {
            return null;
        }

        var topics = new HashSet<string>(StringComparer.Ordinal);
        if (group.Members.Count == 0)
        {
            return topics;
        }

        if (group.ProtocolName is null)
        {
            return null;
        }

        foreach (ClassicMember member in group.Members)
        {
            if (!TryReadTopics(member.Metadata(group.ProtocolName), topics))
            {
                return null;
            }
        }

        return topics;
    }

    private static bool TryReadTopics(ReadOnlySpan<byte> subscription, HashSet<string> topics)
    {
        // int16 version, then an array of strings.
        if (subscription.Length < 6 || BinaryPrimitives.ReadInt16BigEndian(subscription) < 0)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(subscription[2..]);
        ReadOnlySpan<byte> rest = subscription[6..];
        for (int i = 0; i < count; i++)
        {
            if (rest.Length < 2)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadInt16BigEndian(rest);
            if (length < 0 || length > rest.Length - 2)
            {
                return false;
            }

            topics.Add(Encoding.UTF8.GetString(rest.Slice(2, length)));
            rest = rest[(2 + length)..];
        }

        return count >= 0;
    }
}
