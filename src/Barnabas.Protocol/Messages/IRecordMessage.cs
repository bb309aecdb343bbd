namespace Barnabas.Protocol;

/// <summary>A message that lives in a log: a metadata record, or the key or value of a coordinator's record.</summary>
public interface IRecordMessage : IMessage
{
    /// <summary>The number that stands before the record and tells its class; unique within one log.</summary>
    short RecordType { get; }
}
