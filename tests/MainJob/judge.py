"""What a group has read, judged against what was sent; and what lies on the disk."""

import os
import struct

from text import fingerprint

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
# Bytes of a batch before its records.
HEADER = 61


class Wrong(Exception):
    """The job was not done right. The message says what is missing, double or out of order."""


def records(path):
    """Partition, offset and line of each record that a member has printed."""
    with open(path, "rb") as file:
        for line in file.read().split(b"\n"):
            if line:
                # Kafka's console consumer writes `Partition:3` and `Offset:7`.
                partition, offset, rest = line.split(b"\t", 2)
                yield int(partition.rpartition(b":")[2]), int(offset.rpartition(b":")[2]), rest


def judge(outputs, sent, first_offset=None):
    """Raises unless the members together have read the lines `sent`, each once, in order per key.

    The same record may be delivered again when a group changes hands (its contract is "at least once"): it then has the
    same partition and offset, counts once here, and is counted in the result. A record stored twice has two offsets.
    """
    by_place, again = {}, 0
    for path in outputs:
        for partition, offset, line in records(path):
            place = (partition, offset)
            if by_place.setdefault(place, line) is not line:
                again += 1
                if by_place[place] != line:
                    raise Wrong(f"two records at {place}: {by_place[place][:60]!r} and {line[:60]!r}")
    read = list(by_place.values())
    if fingerprint(read) != fingerprint(sent):
        raise Wrong(difference(read, sent))
    last_of_key, home, next_offset = {}, {}, {}
    for (partition, offset), line in sorted(by_place.items()):
        key, value = line.split(b"\t", 1)
        number = int(value[:8])
        if home.setdefault(key, partition) != partition:
            raise Wrong(f"key {key!r} lies in partitions {home[key]} and {partition}")
        if last_of_key.get(key, -1) >= number:
            raise Wrong(f"key {key!r}: line {number} follows line {last_of_key[key]}")
        last_of_key[key] = number
        if offset != next_offset.get(partition, offset if first_offset is None else first_offset):
            due = next_offset.get(partition, first_offset)
            raise Wrong(f"partition {partition}: offset {offset} where {due} was due")
        next_offset[partition] = offset + 1
    return {"lines": len(read), "keys": len(home), "partitions": len(next_offset), "again": again}


def difference(read, sent):
    missing, extra = set(sent) - set(read), set(read) - set(sent)
    twice = len(read) - len(set(read))
    text = f"sent {len(sent)}, read {len(read)}: {len(missing)} missing, {twice} twice, {len(extra)} never sent"
    for name, lines in (("missing", missing), ("never sent", extra)):
        for line in sorted(lines, key=lambda line: line.split(b"\t", 1)[-1])[:3]:
            text += f"\n  {name}: {line[:100]!r}"
    return text


def codecs_on_disk(directory, topic):
    """The codecs of the batches of a topic, read from their headers.

    A batch of one record may be uncompressed whatever the codec: producers send it so if compression makes it longer.
    """
    found = set()
    for folder in os.listdir(directory):
        if folder.rpartition("-")[0] != topic:
            continue
        for name in os.listdir(os.path.join(directory, folder)):
            if name.endswith(".log"):
                found |= codecs_of_segment(os.path.join(directory, folder, name))
    return found


def codecs_of_segment(path):
    found = set()
    with open(path, "rb") as file:
        while len(head := file.read(HEADER)) == HEADER:
            (length,), (attributes,), (count,) = (struct.unpack_from(form, head, at)
                                                  for form, at in ((">i", 8), (">h", 21), (">i", 57)))
            if count > 1 or attributes & 7:
                found.add(CODECS[attributes & 7])
            file.seek(length + 12 - HEADER, os.SEEK_CUR)
    return found
