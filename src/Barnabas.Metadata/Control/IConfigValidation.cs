namespace Barnabas.Metadata;

/// <summary>What the controller must know of configuration keys. From the controller's mailbox only.</summary>
public interface IConfigValidation
{
    /// <summary>
    /// Judges the whole dynamic configuration a resource would have after a change. Null if it is fine, else the
    /// message
    /// that goes with INVALID_CONFIG.
    /// </summary>
    string? Validate(ConfigResource resource, IReadOnlyDictionary<string, string> proposed);

    /// <summary>True if values of the key are lists, which can be appended to and subtracted from.</summary>
    bool IsList(ConfigResourceType type, string key);

    /// <summary>
    /// The value a key has without any dynamic configuration: from the node's file, else Kafka's default. Null if it
    /// has
    /// none.
    /// </summary>
    string? StaticValue(ConfigResourceType type, string key);
}
