using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Barnabas.Protocol.Tests;

/// <summary>A message as text, so that two can be compared and a difference be read.</summary>
internal static class MessageText
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    public static string Of(object? value)
    {
        StringBuilder text = new();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string s:
                text.Append('"').Append(s).Append('"');
                break;
            case byte[] bytes:
                text.Append(Convert.ToHexString(bytes));
                break;
            case ReadOnlyMemory<byte> memory:
                text.Append(Convert.ToHexString(memory.Span));
                break;
            case double number:
                text.Append(BitConverter.DoubleToInt64Bits(number));
                break;
            case IFormattable number:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case IEnumerable list:
                AppendList(text, list);
                break;
            default:
                AppendObject(text, value);
                break;
        }
    }

    private static void AppendList(StringBuilder text, IEnumerable list)
    {
        text.Append('[');
        foreach (object item in list)
        {
            Append(text, item);
            text.Append(", ");
        }

        text.Append(']');
    }

    private static void AppendObject(StringBuilder text, object value)
    {
        if (value is bool or Kernel.Uuid)
        {
            text.Append(value);
            return;
        }

        text.Append('{');
        PropertyInfo[] properties = Properties.GetOrAdd(
            value.GetType(),
            static type => [.. type.GetProperties().Where(property => property.CanWrite)]);
        foreach (PropertyInfo property in properties)
        {
            text.Append(property.Name).Append(": ");
            Append(text, property.GetValue(value));
            text.Append(", ");
        }

        text.Append('}');
    }
}
