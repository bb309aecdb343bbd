namespace Barnabas.Configuration;

/// <summary>A value and the line it stands on, counted from 1; null if it was not read from a file.</summary>
public readonly record struct PropertyEntry(string Value, int? Line);
