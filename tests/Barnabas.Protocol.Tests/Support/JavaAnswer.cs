namespace Barnabas.Protocol.Tests;

/// <summary>What Apache Kafka's classes made of an encoded message.</summary>
/// <param name="Encoded">What they encode after decoding, in hex.</param>
/// <param name="Trailing">Bytes they left unread.</param>
/// <param name="Json">The message as they show it; empty if not asked for.</param>
/// <param name="Refusal">Why they could not decode it, or null.</param>
internal sealed record JavaAnswer(string Encoded, int Trailing, string Json, string? Refusal)
{
    public static JavaAnswer Parse(string line)
    {
        if (line[0] == '!')
        {
            return new("", 0, "", line[1..]);
        }

        string[] words = line.Split(' ', 3);
        return new(words[0], int.Parse(words[1], null), words.Length > 2 ? words[2] : "", null);
    }
}
