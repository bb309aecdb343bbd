namespace Barnabas.Cli;

/// <summary>What a dump shows.</summary>
internal sealed record DumpSettings(
    bool PrintsContents,
    bool PrintsRecords,
    bool SanityOnly,
    bool VerifyOnly,
    bool SkipsRecordMetadata,
    int MaxMessageSize,
    int MaxBytes,
    IRecordParser Parser);
