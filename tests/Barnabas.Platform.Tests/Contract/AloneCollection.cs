namespace Barnabas.Platform.Tests;

/// <summary>Tests that look at the whole process and therefore run while no other does.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;
