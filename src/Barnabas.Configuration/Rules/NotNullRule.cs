namespace Barnabas.Configuration;

/// <summary>A string that is there; it may be empty.</summary>
internal sealed class NotNullRule : ConfigRule
{
    public override string? Check(ConfigKey key, object? value) =>
        value is null ? Invalid(key, value, "entry must be non null") : null;

    public override string ToString() => "non-null string";
}
