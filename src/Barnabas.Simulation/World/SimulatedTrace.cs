using System.Buffers.Binary;
using System.Numerics;

namespace Barnabas.Simulation;

/// <summary>
/// The fingerprint of a run: every event, post, byte sent and disk operation goes into one 64-bit hash. Two runs with
/// one seed must end with the same hash; where they differ, something outside the seams had a say.
/// </summary>
public sealed class SimulatedTrace
{
    /// <summary>Called with each entry, when set. For finding the first difference of two runs.</summary>
    public Action<SimulatedTraceKind, long, long>? Listener { get; set; }

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public long Entries { get; private set; }

    public void Record(SimulatedTraceKind kind, long first, long second = 0)
    {
        Entries++;
        Mix(((ulong)kind << 56) ^ (ulong)first);
        Mix((ulong)second);
        Listener?.Invoke(kind, first, second);
    }

    public void Record(SimulatedTraceKind kind, long first, ReadOnlySpan<byte> bytes)
    {
        Record(kind, first, bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte rest in bytes)
        {
            Mix(rest);
        }
    }

    public void Record(SimulatedTraceKind kind, ReadOnlySpan<char> text)
    {
        Record(kind, text.Length);
        foreach (char letter in text)
        {
            Mix(letter);
        }
    }

    // FNV's multiplication, a word at a time, and a turn so that the upper bits come down again.
    private void Mix(ulong word) => Hash = BitOperations.RotateLeft((Hash ^ word) * 0x9E3779B97F4A7C15, 29);
}
