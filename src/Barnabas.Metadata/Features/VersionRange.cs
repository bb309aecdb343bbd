using System.Globalization;

namespace Barnabas.Metadata;

/// <summary>The levels of a feature that a node supports, both ends inclusive. 0..0 means "not at all".</summary>
public readonly record struct VersionRange(short Min, short Max)
{
    public bool Contains(short level) => level >= Min && level <= Max;

    public override string ToString() =>
        Min == Max
            ? Min.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Min}-{Max}");
}
