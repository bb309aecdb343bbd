namespace Barnabas.Configuration;

/// <summary>A string that is not empty if it is there.</summary>
internal sealed class NonEmptyRule : ConfigRule
{
    public override string? Check(ConfigKey key, object? value) =>
        value is "" ? Invalid(key, value, "String must be non-empty") : null;

    public override string ToString() => "non-empty string";
}
