namespace Barnabas.Host;

/// <summary>One number of a metric with its labels; of a distribution, the count beside what was counted.</summary>
public readonly record struct Sample(
    IReadOnlyList<KeyValuePair<string, string>> Labels, double Value, HistogramSnapshot? Distribution = null)
{
    public static Sample Of(double value, params (string Key, string Value)[] labels) =>
        new([.. labels.Select(static label => KeyValuePair.Create(label.Key, label.Value))], value);

    public static Sample Of(Histogram histogram, params (string Key, string Value)[] labels)
    {
        HistogramSnapshot snapshot = histogram.Snapshot();
        return Of(snapshot.Count, labels) with { Distribution = snapshot };
    }
}
