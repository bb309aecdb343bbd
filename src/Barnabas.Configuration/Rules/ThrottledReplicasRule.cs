namespace Barnabas.Configuration;

/// <summary>Pairs of partition and broker, or a star for all of them (KIP-73).</summary>
internal sealed class ThrottledReplicasRule : ConfigRule
{
    public override string? Check(ConfigKey key, object? value)
    {
        if (value is not IReadOnlyList<string> list || list is ["*"])
        {
            return null;
        }

        foreach (string item in list)
        {
            if (item.Length > 0 && !IsPair(item))
            {
                return Invalid(
                    key,
                    value,
                    $"{key.Name} must be the literal '*' or a list of replicas in the following format: {this}");
            }
        }

        return null;
    }

    public override string ToString() => "[partitionId]:[brokerId],[partitionId]:[brokerId],...";

    private static bool IsPair(string item)
    {
        string[] sides = item.Split(':');
        return sides is [{ Length: > 0 } partition, { Length: > 0 } broker]
            && partition.All(char.IsAsciiDigit)
            && broker.All(char.IsAsciiDigit);
    }
}
