using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>A voter of a quorum with fixed membership.</summary>
public readonly record struct QuorumVoter(int NodeId, HostAndPort Endpoint)
{
    public static bool TryParse(string text, out QuorumVoter voter)
    {
        voter = default;
        string[] sides = text.Split('@');
        if (sides.Length != 2
            || !int.TryParse(sides[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int nodeId)
            || !HostAndPort.TryParse(sides[1], out HostAndPort endpoint))
        {
            return false;
        }

        voter = new QuorumVoter(nodeId, endpoint);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{NodeId}@{Endpoint}");
}
