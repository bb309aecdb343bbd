namespace Barnabas.Kernel;

/// <summary>What opening a file may do to it.</summary>
public enum FileOpening
{
    /// <summary>Reading only; the file must exist.</summary>
    Read,

    /// <summary>Reading and writing; the file must exist.</summary>
    ReadWrite,

    /// <summary>Reading and writing; made if it does not exist, kept as it is if it does.</summary>
    CreateOrKeep,

    /// <summary>Reading and writing; made if it does not exist, emptied if it does.</summary>
    CreateOrTruncate,
}
