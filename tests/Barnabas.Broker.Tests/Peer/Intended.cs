namespace Barnabas.Broker.Tests;

/// <summary>A difference from Apache Kafka that is meant to be.</summary>
/// <param name="Where">A pattern for the place in the answers.</param>
/// <param name="Reason">Why this node differs.</param>
internal sealed record Intended(string Where, string Reason);
