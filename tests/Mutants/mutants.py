"""Faults to plant into the product, each breaking one promise. `find` occurs exactly once in the file."""
from dataclasses import dataclass

STORAGE = "src/Barnabas.Storage/"
BROKER = "src/Barnabas.Broker/"
COORDINATION = "src/Barnabas.Coordination/"


@dataclass(frozen=True)
class Mutant:
    name: str
    breaks: str
    file: str
    find: str
    replace: str


MUTANTS = [
    Mutant("ack-before-flush", "with flush.messages=1 an acknowledged record outlives a loss of power",
           BROKER + "Handlers/Data/ProduceJob.cs",
           "&& (!item.AwaitsFlush || partition.IsFlushed(end)))", ")"),
    Mutant("flush-without-sync", "what is below the recovery point is on the device",
           STORAGE + "Log/LogFlusher.cs",
           "segment.SyncRecords();", ";"),
    Mutant("names-not-synced", "a synced segment is found again under its name",
           STORAGE + "Log/LogFlusher.cs",
           "        if (!_namesChanged)\n", "        if (!_namesChanged || _namesChanged)\n"),
    Mutant("unchecked-tail", "recovery keeps no batch that does not match its checksum",
           STORAGE + "Recovery/SegmentScan.cs",
           'batch.IsCrcValid() ? null :', 'batch.IsCrcValid() || batch.Crc != 1 ? null :'),
    Mutant("cut-not-synced", "what recovery has cut off does not come back",
           STORAGE + "Recovery/LogRecovery.cs",
           "            FinalSync.Run(file);\n", ""),
    Mutant("removal-not-synced", "segments that recovery has removed do not come back",
           STORAGE + "Recovery/LogRecovery.cs",
           "            // For the same reason as a cut is synced.\n            disk.SyncDirectory(opening.Directory);\n", ""),
    Mutant("gaps-kept", "recovery keeps no segment that does not follow the one before",
           STORAGE + "Recovery/LogRecovery.cs",
           "return baseOffset == _endOffset || (", "return baseOffset >= _endOffset || ("),
    Mutant("witness-not-asked", "a noted position is believed only if the file still holds the batch it was taken from",
           STORAGE + "Recovery/LogRecovery.cs",
           "            && scanner.Current.Crc == validated.LastBatchCrc\n", ""),
    Mutant("epochs-outlive-the-log", "the epochs of a recovered log end where it ends",
           STORAGE + "Recovery/LogRecovery.cs",
           "        _epochs.TruncateFromEnd(_endOffset);\n        _epochs.TruncateFromStart", "        _epochs.TruncateFromStart"),
    Mutant("producers-forgotten", "a restart does not forget the sequences of idempotent producers",
           STORAGE + "Recovery/LogRecovery.cs",
           "        ProducerReplay.Run(segments, producers, from, _endOffset);\n", ""),
    Mutant("duplicates-appended", "a batch that is sent again is not appended again",
           STORAGE + "Log/PartitionLog.cs",
           "if (check.IsDuplicate)", "if (check.IsDuplicate && origin != AppendOrigin.Client)"),
    Mutant("gaps-in-sequences", "a batch whose predecessor is missing is refused",
           STORAGE + "Producers/ProducerState.cs",
           "return firstSequence == expected\n", "return firstSequence >= 0 || firstSequence == expected\n"),
    Mutant("second-taken-for-first", "after a full disk the second batch of a producer does not pass for its first",
           STORAGE + "Log/PartitionLog.cs",
           "            _contents.Producers.OnRefused(new RecordBatch(bytes));\n", ""),
    Mutant("epochs-wiped", "an older leadership wipes out no epoch of the log (I-02)",
           STORAGE + "Log/PartitionLog.cs",
           "if (epoch > LeaderEpochs.Latest)", "if (epoch != LeaderEpochs.Latest)"),
    Mutant("checkpoint-not-atomic", "a checkpoint is the old or the new one after a loss of power",
           STORAGE + "Checkpoints/AtomicFile.cs",
           "WriteTemporary(disk, directory, name, content, sync: true);",
           "WriteTemporary(disk, directory, name, content, sync: false);"),
    Mutant("marker-outlives-the-start", "after a kill nobody takes the last shutdown for a clean one",
           STORAGE + "Directories/LogDirectories.cs",
           "            services.Disk.DeleteFile($\"{path}/{CleanShutdownMarker.Name}\");\n", ""),
    Mutant("metadata-not-flushed", "metadata is on the device before anybody hears of it",
           BROKER + "Quorum/MetadataLog.cs",
           "ErrorCode flushed = _log.Flush();", "ErrorCode flushed = ErrorCode.None;"),
    Mutant("wrong-index-entry", "a fetch begins at the batch that holds its offset",
           STORAGE + "Indexes/OffsetIndex.cs",
           "return low == 0 ? 0 : entries[low - 1].Position;\n    }\n\n    /// <summary>The last known batch boundary",
           "return low == 0 ? 0 : entries[Math.Min(low, entries.Length - 1)].Position;\n    }\n\n    /// <summary>The last known batch boundary"),
    Mutant("commit-not-written", "an acknowledged offset outlives a restart",
           COORDINATION + "Runtime/CoordinatorPartition.cs",
           "        CoordinatorAppend append = _settings.Log.Append(Index, Epoch, batch.Span);\n",
           "        CoordinatorAppend append = (Now.UnixMilliseconds & 7) == 0\n"
           "            ? new CoordinatorAppend(ErrorCode.None, new Offset(_lastWritten), new Offset(_lastWritten))\n"
           "            : _settings.Log.Append(Index, Epoch, batch.Span);\n"),
    Mutant("replay-stops-early", "a coordinator begins with all that its log holds",
           COORDINATION + "Runtime/CoordinatorPartition.cs",
           "            damage = _settings.Replay.Replay(_shard!, batch);\n",
           "            damage = batch.BaseOffset.Value % 5 == 4 ? null : _settings.Replay.Replay(_shard!, batch);\n"),
    Mutant("old-generation-commits", "only the current generation commits (I-40)",
           COORDINATION + "Offsets/OffsetCommits.cs",
           "if (generation != group.Generation)", "if (generation > group.Generation)"),
    Mutant("replies-not-held", "replies leave in the order of their requests",
           BROKER + "Connections/Connection.cs",
           "=> ReferenceEquals(_oldest, request);", "=> request is not null;"),
]
