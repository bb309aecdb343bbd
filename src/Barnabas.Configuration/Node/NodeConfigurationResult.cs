namespace Barnabas.Configuration;

/// <summary>
/// The outcome of reading a node's configuration: either a configuration, or all that is wrong with the file at once.
/// </summary>
/// <param name="Configuration">Null if there are <paramref name="Problems"/>.</param>
/// <param name="Problems">What keeps the node from starting, in the order of the lines.</param>
/// <param name="Notes">What the operator should know: unknown, repeated and outdated keys.</param>
public sealed record NodeConfigurationResult(
    NodeConfiguration? Configuration,
    IReadOnlyList<ConfigProblem> Problems,
    IReadOnlyList<ConfigProblem> Notes);
