using System.Globalization;
using System.Text;

namespace Barnabas.Host;

/// <summary>
/// A metric under Kafka's own name, and how Prometheus sees it. The mapping is the one that the widespread rules for
/// the JMX exporter use, so that dashboards made for Kafka work: the name in lower case, <c>PerSec</c> dropped and
/// <c>_total</c> added for what only grows, further properties as labels.
/// </summary>
public sealed record MetricName
{
    private MetricName(string bean, string family, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        Bean = bean;
        Family = family;
        Labels = labels;
    }

    /// <summary>For example <c>kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=orders</c>.</summary>
    public string Bean { get; }

    /// <summary>For example <c>kafka_server_brokertopicmetrics_bytesin_total</c>.</summary>
    public string Family { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>Reads <c>domain:type=…,name=…,label=value,…</c>.</summary>
    public static MetricName Parse(string bean, MetricKind kind)
    {
        int colon = bean.IndexOf(':', StringComparison.Ordinal);
        Invariant.That(colon > 0);
        StringBuilder family = new(bean[..colon]);
        List<KeyValuePair<string, string>> labels = [];
        foreach (string property in bean[(colon + 1)..].Split(','))
        {
            int equals = property.IndexOf('=', StringComparison.Ordinal);
            Invariant.That(equals > 0);
            string key = property[..equals];
            string value = property[(equals + 1)..];
            if (key is "type" or "name")
            {
                family.Append('_').Append(key == "name" && kind == MetricKind.Count ? WithoutSuffix(value) : value);
            }
            else
            {
                labels.Add(new KeyValuePair<string, string>(Sanitise(key), value));
            }
        }

        if (kind == MetricKind.Count)
        {
            family.Append("_total");
        }

        return new MetricName(bean, Sanitise(family.ToString()), labels);
    }

    private static string WithoutSuffix(string name)
    {
        foreach (string suffix in (string[])["PerSec", "-total"])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return name[..^suffix.Length];
            }
        }

        return name;
    }

    private static string Sanitise(string name)
    {
        StringBuilder clean = new(name.Length);
        foreach (char sign in name)
        {
            clean.Append(char.IsAsciiLetterOrDigit(sign) ? char.ToLower(sign, CultureInfo.InvariantCulture) : '_');
        }

        return clean.ToString();
    }
}
