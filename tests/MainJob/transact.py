#!/usr/bin/python3
"""transact.py ADDRESS COUNT: commits, aborts and commits so many records of topic `text`, then leaves a transaction open in
topic `open`, with a plain record behind it, and ends without a word."""

import os
import sys

from confluent_kafka import Producer

address, count = sys.argv[1], int(sys.argv[2])
producer = Producer({"bootstrap.servers": address, "transactional.id": "main-job"})
producer.init_transactions(90)
for turn, end in enumerate((producer.commit_transaction, producer.abort_transaction, producer.commit_transaction)):
    producer.begin_transaction()
    for number in range(count):
        # In batches: a transaction that has one batch in a partition is the easy case.
        if number % 1000 == 999:
            producer.flush(60)
        producer.produce("text", f"{turn} {number}", f"key {number}")
    if producer.flush(60):
        sys.exit("records were not delivered")
    end(60)
producer.begin_transaction()
producer.produce("open", "never ended", partition=0)
plain = Producer({"bootstrap.servers": address})
if producer.flush(60) == 0:
    plain.produce("open", "behind it", partition=0)
os._exit(1 if producer.flush(60) or plain.flush(60) else 0)
