using System.Text;

namespace Barnabas.Replication;

/// <summary>
/// Compares topic names so that a table keyed by string can be asked with the bytes of a request, without making a
/// string. Topic names are ASCII; anything else never equals one.
/// </summary>
public sealed class Utf8NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    private Utf8NameComparer()
    {
    }

    public static Utf8NameComparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string obj)
    {
        uint hash = 2166136261;
        foreach (char character in obj)
        {
            hash = (hash ^ character) * 16777619;
        }

        return (int)hash;
    }

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        uint hash = 2166136261;
        foreach (byte character in alternate)
        {
            hash = (hash ^ character) * 16777619;
        }

        return (int)hash;
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
}
