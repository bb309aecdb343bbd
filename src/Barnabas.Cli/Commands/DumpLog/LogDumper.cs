using System.Globalization;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>
/// Prints the batches and records of a log file or a snapshot of the metadata log, line by line as Kafka's tool does.
/// </summary>
internal sealed class LogDumper(DumpSettings settings, DumpFindings findings, TextWriter output)
{
    private readonly CompressionCodecs _codecs = NativeCodecs.Create();
    private readonly RecordScratch _scratch = new();
    private long _lastOffset = -1;

    public void Dump(string file)
    {
        PrintHeading(file);
        using LogFileReader reader = new(file, settings.MaxBytes);
        long position = 0;
        while (reader.TryRead(position, out ReadOnlySpan<byte> bytes))
        {
            RecordBatch batch = new(bytes);
            PrintBatch(batch, position);
            if (settings.PrintsRecords)
            {
                PrintRecords(batch, file);
            }

            position += bytes.Length;
        }

        if (position < reader.Length && settings.MaxBytes == int.MaxValue)
        {
            output.WriteLine(
                $"Found {reader.Length - position} invalid bytes at the end of {Path.GetFileName(file)}");
        }
    }

    private void PrintHeading(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        if (Path.GetExtension(file) == ".log")
        {
            output.WriteLine($"Log starting offset: {FileNames.BaseOffset(file)}");
        }
        else if (Path.GetFileName(file) == "bootstrap.checkpoint")
        {
            output.WriteLine("KRaft bootstrap snapshot");
        }
        else if (name.Split('-') is [string offset, string epoch]
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            && int.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out int of))
        {
            output.WriteLine($"Snapshot end offset: {end}, epoch: {of}");
        }
        else
        {
            throw new CommandFailure($"{file} is not named like a snapshot");
        }
    }

    private void PrintBatch(RecordBatch batch, long position)
    {
        if (batch.IsLegacy)
        {
            output.Write($"offset: {batch.LastOffset.Value}");
        }
        else
        {
            string horizon = batch.DeleteHorizonMs is { } ms
                ? $"OptionalLong[{ms}]"
                : "OptionalLong.empty";
            output.Write(
                $"baseOffset: {batch.BaseOffset.Value} lastOffset: {batch.LastOffset.Value} count: {batch.RecordCount}"
                + $" baseSequence: {batch.BaseSequence} lastSequence: {batch.LastSequence}"
                + $" producerId: {batch.Producer.ProducerId} producerEpoch: {batch.Producer.Epoch}"
                + $" partitionLeaderEpoch: {batch.PartitionLeaderEpoch.Value}"
                + $" isTransactional: {Flag(batch.IsTransactional)} isControl: {Flag(batch.IsControl)}"
                + $" deleteHorizonMs: {horizon}");
        }

        output.WriteLine(
            $" position: {position} {TimestampName(batch)}: {batch.MaxTimestamp} size: {batch.Size}"
            + $" magic: {batch.Magic} compresscodec: {CodecName(batch.Compression)} crc: {batch.Crc}"
            + $" isvalid: {Flag(batch.IsCrcValid())}");
    }

    private void PrintRecords(RecordBatch batch, string file)
    {
        RecordReader reader = _scratch.Read(batch, _codecs, DecompressionLimit.Default);
        int index = 0;
        while (reader.MoveNext())
        {
            Record record = reader.Current;
            if (record.Offset.Value != _lastOffset + 1)
            {
                findings.Gap(file, _lastOffset, record.Offset.Value);
            }

            _lastOffset = record.Offset.Value;
            if (!settings.SkipsRecordMetadata)
            {
                PrintRecordMetadata(batch, record, index);
            }

            if (settings.PrintsContents && !batch.IsControl)
            {
                PrintContents(record, settings.SkipsRecordMetadata ? "| " : " ");
            }

            output.WriteLine();
            index++;
        }

        if (reader.Fault != RecordFault.None)
        {
            output.WriteLine($"| the batch cannot be read further: {reader.Fault}");
        }
    }

    private void PrintRecordMetadata(RecordBatch batch, Record record, int index)
    {
        output.Write(
            $"| offset: {record.Offset.Value} {TimestampName(batch)}: {record.Timestamp}"
            + $" keySize: {record.Key.Length} valueSize: {record.Value.Length}");
        if (!batch.IsLegacy)
        {
            int sequence = batch.BaseSequence < 0
                ? RecordBatch.NoSequence
                : RecordBatch.AddToSequence(batch.BaseSequence, (int)(record.Offset - batch.BaseOffset));
            List<string> headers = [];
            foreach (RecordHeaderReader header in record.Headers)
            {
                headers.Add(Encoding.UTF8.GetString(header.Key));
            }

            output.Write($" sequence: {sequence} headerKeys: [{string.Join(',', headers)}]");
        }
        else
        {
            // The checksum of a message that stands alone; for one in a compressed set that of the set.
            output.Write($" isValid: {Flag(batch.IsCrcValid())} crc: {batch.Crc}");
        }

        if (batch.IsControl)
        {
            output.Write(ControlRecordText.Of(record));
        }

        _ = index;
    }

    private void PrintContents(Record record, string prefix)
    {
        (string? key, string? value) = settings.Parser.Parse(record);
        if (key is not null)
        {
            output.Write($"{prefix}key: {key}");
            prefix = " ";
        }

        if (value is not null)
        {
            output.Write($"{prefix}payload: {value}");
        }
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string TimestampName(RecordBatch batch) => batch.Magic == 0
        ? "NoTimestampType"
        : batch.TimestampType == TimestampType.LogAppendTime ? "LogAppendTime" : "CreateTime";

    private static string CodecName(CompressionType type) => type switch
    {
        CompressionType.None => "none",
        CompressionType.Gzip => "gzip",
        CompressionType.Snappy => "snappy",
        CompressionType.Lz4 => "lz4",
        CompressionType.Zstd => "zstd",
        _ => $"unknown({(int)type})",
    };
}
