using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// <c>--add-scram</c>: <c>SCRAM-SHA-256=[name=alice,password=secret]</c>, or with <c>iterations</c>, <c>salt</c> and
/// <c>saltedpassword</c> in base64 (RFC 5802).
/// </summary>
internal static class ScramArgument
{
    private const int IterationsMin = 4096;
    private const int IterationsMax = 16_384;
    private const int SaltBytes = 24;

    public static MessageAndVersion ToRecord(string argument, IEntropy entropy)
    {
        (sbyte mechanism, HashAlgorithmName hash, string components) = ParseMechanism(argument.Trim());
        SortedDictionary<string, string> values = ParseComponents(components);
        string name = Take(values, "name") ?? throw Refuse("You must supply 'name' to add-scram");
        byte[]? givenSalt = TakeBase64(values, "salt");
        int iterations = TakeIterations(values, argument);
        string? password = Take(values, "password");
        byte[]? saltedPassword = TakeBase64(values, "saltedpassword");
        if (values.Count > 0)
        {
            throw Refuse($"Unknown SCRAM configurations: {string.Join(", ", values.Keys)}");
        }

        if (password is null && saltedPassword is null)
        {
            throw Refuse("You must supply one of 'password' or 'saltedpassword' to add-scram");
        }

        if (password is null && givenSalt is null)
        {
            throw Refuse("You must supply 'salt' with 'saltedpassword' to add-scram");
        }

        byte[] salt = givenSalt ?? DrawSalt(entropy);
        int size = mechanism == 1 ? SHA256.HashSizeInBytes : SHA512.HashSizeInBytes;
        byte[] salted = password is null
            ? saltedPassword!
            : Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, size);
        byte[] clientKey = Hmac(mechanism, salted, "Client Key"u8);
        return new MessageAndVersion(
            new UserScramCredentialRecord
            {
                Name = name,
                Mechanism = mechanism,
                Salt = salt,
                StoredKey = mechanism == 1 ? SHA256.HashData(clientKey) : SHA512.HashData(clientKey),
                ServerKey = Hmac(mechanism, salted, "Server Key"u8),
                Iterations = iterations,
            },
            0);
    }

    private static StorageFormatException Refuse(string message) => new(message);

    private static (sbyte Mechanism, HashAlgorithmName Hash, string Components) ParseMechanism(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw Refuse($"Failed to find equals sign in SCRAM argument '{argument}'");
        }

        string name = argument[..equals];
        string components = argument[(equals + 1)..];
        if (!components.StartsWith('['))
        {
            throw Refuse("Expected configuration string to start with [");
        }

        if (!components.EndsWith(']'))
        {
            throw Refuse("Expected configuration string to end with ]");
        }

        return name switch
        {
            "SCRAM-SHA-256" => (1, HashAlgorithmName.SHA256, components[1..^1]),
            "SCRAM-SHA-512" => (2, HashAlgorithmName.SHA512, components[1..^1]),
            _ => throw Refuse($"The add-scram mechanism {name} is not supported."),
        };
    }

    private static SortedDictionary<string, string> ParseComponents(string components)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string component in components.Split(','))
        {
            int equals = component.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw Refuse($"No equals sign found in SCRAM component: {component}");
            }

            string value = component[(equals + 1)..];
            bool isQuoted = value.Length >= 2 && value.StartsWith('"') && value.EndsWith('"');
            values[component[..equals]] = isQuoted ? value[1..^1] : value;
        }

        return values;
    }

    private static string? Take(SortedDictionary<string, string> values, string key) =>
        values.Remove(key, out string? value) ? value : null;

    private static byte[]? TakeBase64(SortedDictionary<string, string> values, string key)
    {
        if (Take(values, key) is not { } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length)
            ? bytes[..length]
            : throw Refuse($"Failed to decode given {key}: {text}");
    }

    private static int TakeIterations(SortedDictionary<string, string> values, string argument)
    {
        if (Take(values, "iterations") is not { } text)
        {
            return IterationsMin;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int iterations))
        {
            throw Refuse($"Failed to parse iterations count: {text}");
        }

        string mechanism = argument[..argument.IndexOf('=', StringComparison.Ordinal)];
        if (iterations < IterationsMin)
        {
            throw Refuse($"The 'iterations' value must be >= {IterationsMin} for add-scram using {mechanism}");
        }

        return iterations <= IterationsMax
            ? iterations
            : throw Refuse($"The 'iterations' value must be <= {IterationsMax} for add-scram using {mechanism}");
    }

    private static byte[] DrawSalt(IEntropy entropy)
    {
        var salt = new byte[SaltBytes];
        entropy.Fill(salt);
        return salt;
    }

    private static byte[] Hmac(sbyte mechanism, byte[] key, ReadOnlySpan<byte> text) =>
        mechanism == 1 ? HMACSHA256.HashData(key, text) : HMACSHA512.HashData(key, text);
}
