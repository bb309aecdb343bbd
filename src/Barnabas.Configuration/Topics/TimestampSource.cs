namespace Barnabas.Configuration;

/// <summary>Which time the records of a topic carry. The numbers are those of the attribute bit of a batch.</summary>
public enum TimestampSource : byte
{
    CreateTime = 0,
    LogAppendTime = 1,
}
