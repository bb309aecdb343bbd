namespace Barnabas.Kernel;

/// <summary>Why the file system refused or failed, as far as callers act on it differently.</summary>
public enum DiskError
{
    /// <summary>EIO and everything unnamed: the directory can no longer be trusted.</summary>
    Failed,

    /// <summary>ENOSPC, EDQUOT, EFBIG: reads go on, writes may succeed later.</summary>
    NoSpace,

    /// <summary>ENOENT.</summary>
    NotFound,

    /// <summary>EMFILE, ENFILE: too many open files.</summary>
    TooManyOpen,

    /// <summary>EROFS, EACCES, EPERM.</summary>
    NotPermitted,
}
