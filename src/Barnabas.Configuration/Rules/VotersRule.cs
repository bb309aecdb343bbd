namespace Barnabas.Configuration;

/// <summary>Entries <c>id@host:port</c> of the static voter set.</summary>
internal sealed class VotersRule : ConfigRule
{
    public override string? Check(ConfigKey key, object? value)
    {
        foreach (string item in value as IReadOnlyList<string> ?? [])
        {
            if (!QuorumVoter.TryParse(item, out _))
            {
                return Invalid(key, value, $"'{item}' should be in the form {{id}}@{{host}}:{{port}}");
            }
        }

        return null;
    }

    public override string ToString() => "non-empty list";
}
