namespace Barnabas.Metadata;

/// <summary>Which names topics may have.</summary>
public static class TopicName
{
    /// <summary>Longer names would not fit into a directory's name with their partition.</summary>
    public const int LengthMax = 249;

    /// <summary>The topic of the quorum itself; exists without being created.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>Null if the name is legal, else what is wrong with it.</summary>
    public static string? Problem(string name) => name switch
    {
        "" => "Topic name is invalid: the empty string is not allowed",
        "." => "Topic name is invalid: '.' is not allowed",
        ".." => "Topic name is invalid: '..' is not allowed",
        { Length: > LengthMax } =>
            $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {LengthMax}",
        _ when !HasLegalCharacters(name) =>
            $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, " +
            "'.', '_' and '-'",
        _ => null,
    };

    /// <summary>'.' and '_' become one character in names of metrics, so two topics may not differ in it
    /// alone.</summary>
    public static bool HasCollisionCharacters(string name) => name.AsSpan().IndexOfAny('.', '_') >= 0;

    /// <summary>Two names that are equal in this form collide.</summary>
    public static string Unify(string name) => name.Replace('.', '_');

    private static bool HasLegalCharacters(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
