namespace Barnabas.Protocol;

/// <summary>The table of api keys; its rows come from the message schemas.</summary>
public static partial class ApiKeys
{
    /// <summary>All known keys in the order of their numbers.</summary>
    public static IEnumerable<ApiKeyFacts> All
    {
        get
        {
            foreach (ApiKeyFacts? facts in ByNumber)
            {
                if (facts is not null)
                {
                    yield return facts;
                }
            }
        }
    }

    /// <summary>The facts about a number from the wire, or null when nobody defined it.</summary>
    public static ApiKeyFacts? Find(short number) =>
        (ushort)number < ByNumber.Length ? ByNumber[number] : null;

    public static ApiKeyFacts Get(ApiKey key) =>
        Find((short)key) ?? throw new ArgumentOutOfRangeException(nameof(key), key, "No such api key.");
}
