namespace Barnabas.Protocol.Tests;

/// <summary>Breaks encoded messages the way the wire and hostile clients do.</summary>
internal static class Damage
{
    // Bytes at which lengths, counts and varints change their meaning.
    private static readonly byte[] Sharp = [0, 1, 2, 0x7F, 0x80, 0xFF, 0xFE];

    public static byte[] Apply(byte[] bytes, Random random)
    {
        byte[] damaged = [.. bytes];
        for (int left = random.Next(1, 4); left > 0 && damaged.Length > 0; left--)
        {
            int at = random.Next(damaged.Length);
            switch (random.Next(5))
            {
                case 0:
                    damaged = damaged[..at];
                    break;
                case 1:
                    damaged = [.. damaged[..at], .. damaged[(at + 1)..]];
                    break;
                case 2:
                    damaged = [.. damaged[..at], Sharp[random.Next(Sharp.Length)], .. damaged[at..]];
                    break;
                case 3:
                    damaged[at] = Sharp[random.Next(Sharp.Length)];
                    break;
                default:
                    damaged[at] = (byte)random.Next(256);
                    break;
            }
        }

        return damaged;
    }
}
