using System.Globalization;
using System.Text;

namespace Barnabas.Host;

/// <summary>Metrics in the text format of Prometheus, version 0.0.4.</summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Quantiles = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999];

    public static string Write(IReadOnlyList<Metric> metrics)
    {
        StringBuilder text = new();
        // All samples of a family must stand together, under one heading.
        foreach (IGrouping<string, Metric> family in metrics
            .GroupBy(metric => metric.Name.Family, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            WriteHeading(text, family.First());
            foreach (Metric metric in family)
            {
                WriteSamples(text, metric);
            }
        }

        return text.ToString();
    }

    private static void WriteHeading(StringBuilder text, Metric metric)
    {
        string bean = metric.Name.Bean;
        text.Append("# HELP ").Append(metric.Name.Family).Append(' ')
            .Append(Escape(bean, quotes: false)).Append(" in ").Append(metric.Unit).Append('\n')
            .Append("# TYPE ").Append(metric.Name.Family).Append(' ')
            .Append(metric.Kind switch
            {
                MetricKind.Count => "counter",
                MetricKind.Value => "gauge",
                _ => "summary",
            })
            .Append('\n');
    }

    private static void WriteSamples(StringBuilder text, Metric metric)
    {
        string family = metric.Name.Family;
        foreach (Sample sample in metric.Samples)
        {
            if (sample.Distribution is not { } distribution)
            {
                WriteSample(text, family, sample, null, sample.Value);
                continue;
            }

            foreach (double quantile in Quantiles)
            {
                string label = quantile.ToString(CultureInfo.InvariantCulture);
                WriteSample(text, family, sample, label, sample.Recent!.Quantile(quantile) * metric.Scale);
            }

            WriteSample(text, family + "_sum", sample, null, distribution.Sum * metric.Scale);
            WriteSample(text, family + "_count", sample, null, distribution.Count);
        }
    }

    private static void WriteSample(StringBuilder text, string name, Sample sample, string? quantile, double value)
    {
        text.Append(name);
        string separator = "{";
        foreach ((string key, string label) in sample.Labels)
        {
            text.Append(separator).Append(key).Append("=\"").Append(Escape(label, quotes: true)).Append('"');
            separator = ",";
        }

        if (quantile is not null)
        {
            text.Append(separator).Append("quantile=\"").Append(quantile).Append('"');
            separator = ",";
        }

        if (separator == ",")
        {
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(
            "\n",
            "\\n",
            StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
