namespace Barnabas.Records;

/// <summary>What the first bytes of a batch say about it.</summary>
public enum BatchFrame : byte
{
    /// <summary>The whole batch is there.</summary>
    Whole,

    /// <summary>The buffer ends before the batch does, or before its length and magic can be read.</summary>
    Partial,

    /// <summary>The length is below what its magic needs. Nothing behind it can be found.</summary>
    BadLength,

    /// <summary>The magic is none of 0, 1, 2. Nothing behind it can be trusted.</summary>
    BadMagic,
}
