using System.Runtime.CompilerServices;

namespace Barnabas.Metadata;

/// <summary>Formats the message of <see cref="Fault"/> only if the check fails.</summary>
[InterpolatedStringHandler]
internal ref struct FaultText
{
    private DefaultInterpolatedStringHandler _text;

    public FaultText(int literalLength, int formattedCount, bool wrong, out bool isWanted)
    {
        isWanted = wrong;
        _text = wrong ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
