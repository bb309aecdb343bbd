using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>Turns the bytes of a record into text.</summary>
internal interface IRecordParser
{
    /// <summary>Null leaves the part out.</summary>
    (string? Key, string? Value) Parse(Record record);
}
