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

    [Theory]
    [InlineData("Short", "8000", "-32768")]
    [InlineData("Integer", "7FFFFFFF", "2147483647")]
    [InlineData("Long", "FFFFFFFFFFFFFFFF", "-1")]
    [InlineData("Float", "3F800000", "1.0")]
    [InlineData("Float", "7F7FFFFF", "3.4028235E38")]
    [InlineData("Double", "3F50624DD2F1A9FC", "0.001")]
    [InlineData("Double", "3F1A36E2EB1C432D", "1.0E-4")]
    [InlineData("Double", "416312D000000000", "1.0E7")]
    [InlineData("Double", "C1678C29DCCCCCCD", "-1.23456789E7")]
    [InlineData("Double", "8000000000000000", "-0.0")]
    [InlineData("Double", "FFF0000000000000", "-Infinity")]
    [InlineData("Boolean", "01", "true")]
    [InlineData("String", "61", "a")]
    [InlineData("UUID", "30303030303030302D303030302D303030302D303030302D303030303030303030303041",
        "00000000-0000-0000-0000-00000000000a")]
    public void Values_are_read_as_Kafkas_deserializers_do(string type, string bytes, string expected)
    {
        string properties = $"value.deserializer=org.apache.kafka.common.serialization.{type}Deserializer";
        Assert.Equal(expected + "\n", Print(
            OutputFormat.Text, properties, Sample with { Value = Convert.FromHexString(bytes) }));
        Assert.Equal("null\n", Print(OutputFormat.Text, properties));
    }

    [Fact]
    public void A_record_that_cannot_be_printed_is_an_error_or_left_out_whole()
    {
        const string Properties = "print.key=true;value.deserializer=IntegerDeserializer";
        CommandFailure failure = Assert.Throws<CommandFailure>(
            () => Print(OutputFormat.Text, Properties, Sample with { Value = new byte[3] }));
        Assert.Equal("t-2 at offset 5: Size of data received by IntegerDeserializer is not 4", failure.Message);
        List<string> skipped = [];
        Assert.Equal("", Print(OutputFormat.Text, Properties, Sample with { Value = new byte[3] }, skipped.Add));
        Assert.Equal([failure.Message], skipped);
    }

    private static string Print(
        OutputFormat format, string properties, ConsumeResult? record = null, Action<string>? skipped = null)
    {
        using MemoryStream output = new();
        Dictionary<string, string> parsed = [];
        foreach (string pair in properties.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            parsed[pair[..equals]] = pair[(equals + 1)..];
        }

        RecordPrinter printer = new(output, format, parsed, skipped);
        printer.Print(record ?? Sample);
        printer.Flush();
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
