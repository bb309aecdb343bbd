namespace Barnabas.Configuration;

/// <summary>Entries <c>host:port</c>.</summary>
internal sealed class EndpointsRule : ConfigRule
{
    public override string? Check(ConfigKey key, object? value)
    {
        foreach (string item in value as IReadOnlyList<string> ?? [])
        {
            if (!HostAndPort.TryParse(item, out _))
            {
                return Invalid(key, value, $"'{item}' should be in the form {{host}}:{{port}}");
            }
        }

        return null;
    }

    public override string ToString() => "non-empty list";
}
