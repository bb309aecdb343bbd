namespace Barnabas.Protocol.Generator;

/// <summary>
/// The part of a message that the tables over all messages need; compared by value to keep rebuilds small.
/// </summary>
internal sealed record MessageHeading(
    string Kind,
    string Name,
    int ApiKey,
    string Log,
    string Listeners,
    VersionRange Versions,
    VersionRange FlexibleVersions,
    bool LatestVersionUnstable,
    bool ClusterAction,
    bool Forwardable,
    bool Retired)
{
    public static MessageHeading Of(MessageSchema message) => new(
        message.Kind,
        message.Name,
        message.ApiKey,
        message.Log,
        string.Join(" ", message.Listeners),
        message.Versions,
        message.FlexibleVersions,
        message.LatestVersionUnstable,
        message.ClusterAction,
        message.Forwardable,
        message.Retired);
}
