namespace Barnabas.Client;

/// <summary>A classic group as its coordinator describes it.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">Such as <c>Stable</c>; <c>Dead</c> if there is none of this id.</param>
/// <param name="ProtocolType">What its members talk.</param>
/// <param name="Protocol">The assignor they agreed on.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupDescription(
    string GroupId, string State, string ProtocolType, string Protocol, IReadOnlyList<GroupMemberDescription> Members);
