namespace Barnabas.Host;

/// <summary>One number of a metric with its labels; of a distribution, the count beside what was counted.</summary>
/// <param name="Labels">Tell it from the other samples of its metric.</param>
/// <param name="Value">The number.</param>
/// <param name="Distribution">All that was counted since the start; null of a mere number.</param>
/// <param name="Recent">What of it was counted lately, for quantiles.</param>
public readonly record struct Sample(
    IReadOnlyList<KeyValuePair<string, string>> Labels,
    double Value,
    HistogramSnapshot? Distribution = null,
    HistogramSnapshot? Recent = null)
{
    public static Sample Of(double value, params (string Key, string Value)[] labels) =>
        new([.. labels.Select(static label => KeyValuePair.Create(label.Key, label.Value))], value);

    public static Sample Of(Histogram histogram, params (string Key, string Value)[] labels)
    {
        HistogramSnapshot snapshot = histogram.Snapshot();
        return Of(snapshot.Count, labels) with { Distribution = snapshot };
    }
}
