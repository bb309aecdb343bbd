namespace Barnabas.Protocol;

/// <summary>
/// What is true of a message class as such. <see cref="FirstFlexibleVersion"/> is <see cref="short.MaxValue"/> when no
/// version has compact lengths and tagged fields (KIP-482).
/// </summary>
public readonly record struct MessageFacts(
    string Name,
    short LowestVersion,
    short HighestVersion,
    short FirstFlexibleVersion)
{
    public bool Supports(short version) => version >= LowestVersion && version <= HighestVersion;

    public bool IsFlexible(short version) => version >= FirstFlexibleVersion;
}
