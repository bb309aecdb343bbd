namespace Barnabas.Metadata;

/// <summary>A SCRAM credential is one per mechanism (1 SHA-256, 2 SHA-512) and user.</summary>
public readonly record struct ScramCredentialKey(sbyte Mechanism, string User) : IComparable<ScramCredentialKey>
{
    public int CompareTo(ScramCredentialKey other)
    {
        int byMechanism = Mechanism.CompareTo(other.Mechanism);
        return byMechanism != 0 ? byMechanism : string.CompareOrdinal(User, other.User);
    }
}
