using System.Text;
using Barnabas.Client;
using Barnabas.Kernel;

namespace Barnabas.Cli.Tests;

public sealed class RecordPrinterTests
{
    private static readonly ConsumeResult Sample = new()
    {
        Partition = new TopicPartition("t", 2),
        Offset = new Offset(5),
        TimestampMs = 1700000000000,
        LeaderEpoch = new LeaderEpoch(3),
        Key = Encoding.UTF8.GetBytes("k"),
        Value = null,
        Headers = [new RecordHeader("h", Encoding.UTF8.GetBytes("x")), new RecordHeader("n", null)],
    };

    [Theory]
    [InlineData("", "null\n")]
    [InlineData("print.key=true", "k\tnull\n")]
    [InlineData("print.value=false;print.key=true", "k\n")]
    [InlineData(
        "print.timestamp=true;print.partition=true;print.offset=true;print.epoch=true;print.headers=true;"
        + "print.key=true",
        "CreateTime:1700000000000\tPartition:2\tOffset:5\tEpoch:3\th:x,n:null\tk\tnull\n")]
    [InlineData("print.key=true;key.separator==;null.literal=-;line.separator=;", "k=-")]
    public void Records_are_printed_as_Kafkas_formatter_does(string properties, string expected) =>
        Assert.Equal(expected, Print(OutputFormat.Text, properties));

    [Fact]
    public void Json_keeps_null_apart_from_empty_and_bytes_that_are_no_text()
    {
        Assert.Equal(
            """{"topic":"t","partition":2,"offset":5,"timestamp":1700000000000,"timestampType":"Create"""
            + """Time","key":"k","value":null,"headers":[{"key":"h","value":"x"},{"key":"n","value":null}]}"""
            + "\n",
            Print(OutputFormat.Json, ""));
        using MemoryStream output = new();
        RecordPrinter printer = new(output, OutputFormat.Json, new Dictionary<string, string>());
        printer.Print(Sample with { Value = new byte[] { 0xFF, 0xFE } });
        printer.Flush();
        string text = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("\"valueBase64\":\"//4=\"", text, StringComparison.Ordinal);
    }

    private static string Print(OutputFormat format, string properties)
    {
        using MemoryStream output = new();
        Dictionary<string, string> parsed = [];
        foreach (string pair in properties.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            parsed[pair[..equals]] = pair[(equals + 1)..];
        }

        RecordPrinter printer = new(output, format, parsed);
        printer.Print(Sample);
        printer.Flush();
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
