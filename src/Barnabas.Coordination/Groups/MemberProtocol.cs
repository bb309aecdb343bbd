namespace Barnabas.Coordination;

/// <summary>
/// A protocol (for consumers: an assignor) that a member supports, with the metadata it sent for it. The bytes were
/// copied once when the request was decoded and are shared from then on; nobody changes them.
/// </summary>
internal readonly record struct MemberProtocol(string Name, byte[] Metadata)
{
    public static bool Same(IReadOnlyList<MemberProtocol> left, IReadOnlyList<MemberProtocol> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (left[i].Name != right[i].Name || !left[i].Metadata.AsSpan().SequenceEqual(right[i].Metadata))
            {
                return false;
            }
        }

        return true;
    }
}
