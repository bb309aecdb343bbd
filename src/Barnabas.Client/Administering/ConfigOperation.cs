namespace Barnabas.Client;

/// <summary>The operations of IncrementalAlterConfigs, by their numbers on the wire.</summary>
public enum ConfigOperation : sbyte
{
    /// <summary>Gives it this value.</summary>
    Set = 0,

    /// <summary>Back to what it is without this setting.</summary>
    Delete = 1,

    /// <summary>Adds to a list.</summary>
    Append = 2,

    /// <summary>Takes out of a list.</summary>
    Subtract = 3,
}
