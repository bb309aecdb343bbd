using System.Numerics;
using System.Text;

namespace Barnabas.Coordination;

/// <summary>
/// A string of a request as text, in memory that is used again. Bytes that are no UTF-8 become replacement characters,
/// as in Apache Kafka.
/// </summary>
internal sealed class ReusedText
{
    private const int CharsMin = 64;

    /// <summary>Longer than any id that a client makes by itself.</summary>
    private const int CharsKeptMax = 1024;

    private char[] _chars = [];
    private int _length;

    public ReadOnlySpan<char> Text => _chars.AsSpan(0, _length);

    public void Set(ReadOnlySpan<byte> utf8)
    {
        // No byte becomes more than one UTF-16 unit.
        if (utf8.Length > _chars.Length)
        {
            _chars = new char[Math.Max(CharsMin, BitOperations.RoundUpToPowerOf2((uint)utf8.Length))];
        }

        _length = Encoding.UTF8.GetChars(utf8, _chars);
    }

    /// <summary>Lets go of memory that an unusual request took.</summary>
    public void Trim()
    {
        _length = 0;
        if (_chars.Length > CharsKeptMax)
        {
            _chars = [];
        }
    }
}
