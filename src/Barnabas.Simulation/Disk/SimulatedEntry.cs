namespace Barnabas.Simulation;

/// <summary>What a name of a simulated disk leads to.</summary>
internal abstract class SimulatedEntry;
