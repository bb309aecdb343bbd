namespace Barnabas.Records;

/// <summary>What a record of a control batch marks: the second number of its key.</summary>
public enum ControlRecordType : short
{
    /// <summary>A type of a later release; readers pass over it.</summary>
    Unknown = -1,

    /// <summary>The transaction of the batch's producer is rolled back (KIP-98).</summary>
    Abort = 0,

    /// <summary>The transaction of the batch's producer is committed (KIP-98).</summary>
    Commit = 1,

    /// <summary>A quorum leader begins its epoch (KIP-595).</summary>
    LeaderChange = 2,

    /// <summary>A metadata snapshot begins (KIP-630).</summary>
    SnapshotHeader = 3,

    /// <summary>A metadata snapshot is complete (KIP-630).</summary>
    SnapshotFooter = 4,

    /// <summary>The quorum's feature level (KIP-853).</summary>
    KRaftVersion = 5,

    /// <summary>The quorum's voters (KIP-853).</summary>
    KRaftVoters = 6,
}
