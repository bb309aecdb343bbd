#!/usr/bin/python3
"""A member of a group, in Python: prints partition, offset, key and value of each record until it is told to end.

    consume.py LIBRARY BROKER GROUP TOPIC

LIBRARY is kafka (kafka-python, an implementation of its own) or confluent (librdkafka). Both take the range assignor,
as their partners in the group do.
"""

import signal
import sys


class Ended(Exception):
    """The signal to end arrived."""


def end(_signal, _frame):
    raise Ended


def by_kafka_python(broker, group, topic, write):
    from kafka import KafkaConsumer
    from kafka.coordinator.assignors.range import RangePartitionAssignor

    consumer = KafkaConsumer(topic, bootstrap_servers=broker, group_id=group, auto_offset_reset="earliest",
                             partition_assignment_strategy=[RangePartitionAssignor], auto_commit_interval_ms=500)
    try:
        while True:
            for batch in consumer.poll(timeout_ms=200, max_records=5000).values():
                write((r.partition, r.offset, r.key, r.value) for r in batch)
    except Ended:
        consumer.close()


def by_librdkafka(broker, group, topic, write):
    from confluent_kafka import Consumer

    consumer = Consumer({"bootstrap.servers": broker, "group.id": group, "auto.offset.reset": "earliest",
                         "partition.assignment.strategy": "range", "auto.commit.interval.ms": 500})
    consumer.subscribe([topic])
    try:
        while True:
            batch = consumer.consume(5000, 0.2)
            write((r.partition(), r.offset(), r.key(), r.value()) for r in batch if r.error() is None)
    except Ended:
        consumer.close()


def write(records):
    lines = [b"%d\t%d\t%s\t%s\n" % record for record in records]
    # One call per batch: a signal between two of them never leaves half a line behind.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    sys.stdout.buffer.write(b"".join(lines))
    sys.stdout.buffer.flush()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    library, *where = sys.argv[1:]
    {"kafka": by_kafka_python, "confluent": by_librdkafka}[library](*where, write)
