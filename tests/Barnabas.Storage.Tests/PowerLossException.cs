namespace Barnabas.Storage.Tests;

/// <summary>The machine stops here: no code under test may catch this.</summary>
internal sealed class PowerLossException() : Exception("the power went");
