namespace Barnabas.Configuration;

/// <summary>
/// The type of a configuration value. The numbers are those of DescribeConfigs (KIP-569); 0 is "unknown".
/// </summary>
public enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,

    /// <summary>The name of a Java class. Barnabas loads none; such a value is kept as text.</summary>
    Class = 8,

    /// <summary>Never printed, logged or sent to a client.</summary>
    Password = 9,
}
