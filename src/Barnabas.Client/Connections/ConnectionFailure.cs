namespace Barnabas.Client;

/// <summary>A broker that could not be connected to.</summary>
/// <param name="Address">Where.</param>
/// <param name="Error">Why.</param>
public readonly record struct ConnectionFailure(BrokerAddress Address, KafkaException Error);
