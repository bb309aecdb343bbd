using System.Globalization;
using System.Text.RegularExpressions;
using Barnabas.Kernel;

namespace Barnabas.Broker.Tests;

/// <summary>Replaces what must differ between two nodes on one machine: ports, folders, ids made at random.</summary>
internal sealed partial class Masks(string data, params int[] ports)
{
    public string Apply(string value)
    {
        value = value.Replace(data, "<data>", StringComparison.Ordinal);
        foreach (int port in ports)
        {
            value = Regex.Replace(value, $@"\b{port.ToString(CultureInfo.InvariantCulture)}\b", "<port>");
        }

        // The port of voters is the one of the controller, or one that stands for it.
        value = value.Replace("127.0.0.1:19393", "127.0.0.1:<port>", StringComparison.Ordinal)
            .Replace("127.0.0.1:0", "127.0.0.1:<port>", StringComparison.Ordinal);
        return RandomId().Replace(value, "<uuid>");
    }

    public static string Apply(Uuid id) => id.IsZero ? "zero" : "<uuid>";

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex RandomId();
}
