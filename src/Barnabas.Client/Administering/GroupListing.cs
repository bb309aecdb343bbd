namespace Barnabas.Client;

/// <summary>A group as a coordinator lists it.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="ProtocolType">What its members talk, such as <c>consumer</c>; empty if it has none.</param>
/// <param name="State">Such as <c>Stable</c>; empty from old brokers.</param>
/// <param name="Type">Such as <c>classic</c>; empty from old brokers.</param>
public sealed record GroupListing(string GroupId, string ProtocolType, string State, string Type);
