using System.Collections;
using System.Reflection;
using Barnabas.Kernel;
using Barnabas.Protocol.Generator;

namespace Barnabas.Protocol.Tests;

/// <summary>
/// Fills a message with random values that its version can carry: every field that the version has, null where it may
/// be, lists of a few elements. Fields that the version lacks keep their defaults.
/// </summary>
internal sealed class MessageFiller(Random random)
{
    public void Fill(IMessage message, short version) =>
        Fill(message, Schemas.Of(message), Schemas.Of(message).Body, version);

    public static T Make<T>(int seed, short version)
        where T : IMessage, new()
    {
        T message = new();
        new MessageFiller(new Random(seed)).Fill(message, version);
        return message;
    }

    private void Fill(object target, MessageSchema message, StructSchema schema, short version)
    {
        foreach (FieldSchema field in schema.Fields)
        {
            PropertyInfo property = target.GetType().GetProperty(field.Name)!;
            // A tagged field is left out as often as it is set.
            if (field.Versions.Contains(version) && (field.Tag < 0 || random.Next(2) == 0))
            {
                property.SetValue(target, Value(property.PropertyType, message, field, version));
            }
        }
    }

    private object? Value(Type type, MessageSchema message, FieldSchema field, short version)
    {
        if (field.NullableVersions.Contains(version) && random.Next(3) == 0)
        {
            return null;
        }

        if (!field.Type.IsArray)
        {
            return Single(type, message, field, version);
        }

        IList list = (IList)Activator.CreateInstance(type)!;
        for (int left = random.Next(4); left > 0; left--)
        {
            list.Add(Single(type.GetGenericArguments()[0], message, field, version));
        }

        return list;
    }

    private object Single(Type type, MessageSchema message, FieldSchema field, short version)
    {
        if (!field.Type.IsStruct)
        {
            return Primitive(field.Type.Name);
        }

        object nested = Activator.CreateInstance(type)!;
        Fill(nested, message, message.FindStruct(field.Type.Name)!, version);
        return nested;
    }

    private object Primitive(string name) => name switch
    {
        "bool" => random.Next(2) == 0,
        "int8" => (sbyte)Number(),
        "int16" => (short)Number(),
        "uint16" => (ushort)Number(),
        "int32" => (int)Number(),
        "uint32" => (uint)Number(),
        "int64" => Number(),
        "float64" => random.Next(-1000, 1000) * random.NextDouble(),
        "uuid" => new Uuid(Number(), Number()),
        "string" => Text(),
        "bytes" => Bytes(),
        "records" => (ReadOnlyMemory<byte>)Bytes(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>Numbers at which encodings change as often as any.</summary>
    private long Number() => random.Next(4) switch
    {
        0 => random.Next(-2, 3),
        1 => 1L << random.Next(63),
        2 => (1L << random.Next(63)) - 1,
        _ => random.NextInt64(long.MinValue, long.MaxValue),
    };

    private string Text() => random.Next(4) switch
    {
        0 => "",
        1 => "żółć-日本-"[..random.Next(9)] + "🦊",
        2 => new string('x', random.Next(300)),
        _ => "topic-" + random.Next(1000),
    };

    private byte[] Bytes()
    {
        byte[] bytes = new byte[random.Next(2) == 0 ? random.Next(4) : random.Next(300)];
        random.NextBytes(bytes);
        return bytes;
    }
}
