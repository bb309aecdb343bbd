#!/usr/bin/env python3
"""What the side-by-side comparison does not cover: an endurance run, group commit, and cold reads beside a producer.

    measure.py soak --minutes 30
    measure.py group-commit --rounds 5 apache-kafka-4.4.0 bench/targets/barnabas.ini
    measure.py cold-read --rounds 5 --gb 4 apache-kafka-4.4.0 bench/targets/barnabas.ini

Stands on the kit of compare.py (--kit, default ../shared/bench beside the checkout) and its load generator, kload. Prints a
table; every measurement goes to OUT/results.jsonl. Loopback only; data in a temporary folder that is deleted at the end.
"""
import argparse
import concurrent.futures
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
METRICS = "127.0.0.1:21394"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("soak", "group-commit", "cold-read"))
    parser.add_argument("targets", nargs="*", help="INI files or names of the kit's targets; the first is the base of the ratios")
    parser.add_argument("--kit", default=os.path.join(PROJECT, "..", "shared", "bench"))
    parser.add_argument("--minutes", type=float, default=30, help="soak: how long")
    parser.add_argument("--share", type=float, default=0.7, help="soak: rate as a share of the maximum found first")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of one measurement")
    parser.add_argument("--gb", type=float, default=4, help="cold-read: how much lies cold")
    parser.add_argument("--work", help="where data goes (default: a temporary folder)")
    arguments = parser.parse_intermixed_args()

    sys.path.insert(0, arguments.kit)
    from kit.target import Broker, Target
    from kit.tools import Tools

    work = arguments.work or tempfile.mkdtemp(prefix="barnabas-measure-")
    os.makedirs(work, exist_ok=True)
    tools = Tools(arguments.kit, os.path.join(work, "build"), "")
    tools.compile()

    def broker(name, **properties):
        ini = name if name.endswith(".ini") else os.path.join(arguments.kit, "targets", name + ".ini")
        target = Target(ini, {"project": PROJECT})
        target.properties.update({key.replace("_", "."): value for key, value in properties.items()})
        return Broker(target, os.path.join(work, target.name), tools)

    names = arguments.targets or ["apache-kafka-4.4.0", os.path.join(PROJECT, "bench", "targets", "barnabas.ini")]
    try:
        with open(os.path.join(work, "results.jsonl"), "a") as results:
            {"soak": soak, "group-commit": group_commit, "cold-read": cold_read}[arguments.what](arguments, names, broker, results)
    finally:
        if not arguments.work:
            shutil.rmtree(work, ignore_errors=True)


# ------------------------------------------------------------------------------------------------------------- soak

def soak(arguments, names, broker, results):
    """One broker at a share of its maximum, with retention that deletes all the time: do memory, files and latency stay?"""
    one = broker(names[-1], log_retention_bytes="268435456", log_segment_bytes="67108864", log_retention_check_interval_ms="5000",
                 barnabas_metrics_listener=METRICS)
    one.format()
    one.start("soak", 12)
    try:
        def produce(**options):
            return one.tools.kload("produce", one.target.address, topic="soak", partitions=12, record_bytes=1024, acks=1,
                                   batch_bytes=16384, **options)

        # The highest rate at which one connection is answered. The first half minute goes to memory, before the kernel
        # makes writers wait for the device.
        produce(in_flight=5, seconds=30)
        most = produce(in_flight=5, seconds=60)["requests_per_s"]
        rate = int(arguments.share * most)
        print(f"maximum {most:.0f} requests/s of 16 KiB, rate {rate}/s for {arguments.minutes:.0f} minutes", flush=True)
        samples, end = [], time.monotonic() + 60 * arguments.minutes
        while time.monotonic() < end:
            run = produce(in_flight=50, rate=rate, seconds=30)
            sample = {"at_s": 60 * arguments.minutes - (end - time.monotonic()), "rss_mb": one.tree.memory_mb(), "fds": open_files(one),
                      "threads": one.tree.threads(), "p50_us": run["p50_us"], "p99_us": run["p99_us"],
                      "requests_per_s": run["requests_per_s"], "log_mb": disk_mb(one), "longest_turn_us": longest_turn_us()}
            samples.append(sample)
            results.write(json.dumps({"what": "soak", **sample}) + "\n")
            print("  ".join(f"{key} {value:.0f}" for key, value in sample.items()), flush=True)
        # The first fifth is warm-up.
        kept = samples[len(samples) // 5:]
        third = max(1, len(kept) // 3)
        early, late = (statistics.median(s["p99_us"] for s in part) for part in (kept[:third], kept[-third:]))
        print(f"memory slope {slope(kept, 'rss_mb') * 60:.3f} MB/min, file descriptors {min(s['fds'] for s in kept)}..{max(s['fds'] for s in kept)}, "
              f"p99 of the first and last third {early:.0f} and {late:.0f} us ({late / early - 1:+.0%})")
    finally:
        one.discard()


def longest_turn_us():
    """The longest that a reactor was away from its sockets in the last one to two minutes."""
    with urllib.request.urlopen(f"http://{METRICS}/metrics", timeout=5) as page:
        found = [line.split() for line in page.read().decode().splitlines() if line.startswith("barnabas_reactor_longest_turn_microseconds")]
    return max((float(words[-1]) for words in found), default=0.0)


def open_files(broker):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in broker.tree.pids())


def disk_mb(broker):
    found = subprocess.run(["du", "-sm", os.path.join(broker.directory, "data")], capture_output=True, text=True).stdout.split()
    return float(found[0]) if found else 0.0


def slope(samples, key):
    """Per second, by least squares."""
    if len(samples) < 2:
        return 0.0
    return statistics.linear_regression([s["at_s"] for s in samples], [s[key] for s in samples]).slope


# ----------------------------------------------------------------------------------------------------- group commit

def group_commit(arguments, names, broker, results):
    """Every acknowledgement waits for the disk (flush.messages=1); 100 connections with one record in flight each."""
    rows = {}
    for name in alternating(arguments.rounds, names):
        one = broker(name, log_flush_interval_messages="1")
        one.format()
        one.start("flushed", 12)
        try:
            def run(seconds):
                return one.tools.kload("produce", one.target.address, topic="flushed", partitions=12, record_bytes=1024, records_per_batch=1,
                                       acks=1, in_flight=1, connections=100, seconds=seconds)
            run(arguments.seconds / 2)
            rows.setdefault(one.target.name, []).append(note(results, "group-commit", one, run(arguments.seconds)))
        finally:
            one.discard()
    table(rows, ("requests_per_s", "p50_us", "p99_us"))


# -------------------------------------------------------------------------------------------------------- cold read

def cold_read(arguments, names, broker, results):
    """A producer at 500 requests/s: alone, beside a consumer of data that is not in memory, beside a process that reads that data itself."""
    rows = {}
    for name in alternating(arguments.rounds, names):
        one = broker(name, log_segment_bytes="268435456")
        one.format()
        one.start("cold", 12)
        try:
            tools, address = one.tools, one.target.address
            tools.kload("create", address, topic="hot", partitions=12)
            tools.kload("produce", address, topic="cold", partitions=12, record_bytes=1024, batch_bytes=65536, acks=1, in_flight=5,
                        total_bytes=arguments.gb * 1e9, seconds=300, timeout=60)

            def produce():
                return tools.kload("produce", address, topic="hot", partitions=12, record_bytes=1024, batch_bytes=16384, rate=500,
                                   in_flight=50, seconds=arguments.seconds)

            def produce_beside_sleeper():
                with concurrent.futures.ThreadPoolExecutor(1) as pool:
                    sleeper = pool.submit(oversleep_p99_us, arguments.seconds)
                    return produce(), sleeper.result()
            forget(one.directory)
            produce()
            quiet = produce()
            forget(one.directory)
            reader = subprocess.Popen([os.path.join(tools.build, "kload"), "fetch", "--brokers", address, "--topic", "cold", "--partitions", "12",
                                       "--max-bytes", "1048576", "--seconds", str(arguments.seconds + 1)],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                beside, sleeper = produce_beside_sleeper()
                read = json.loads(reader.communicate(timeout=120)[0])
            finally:
                if reader.poll() is None:
                    reader.kill()
            # What the device alone does to a producer: somebody else reads the same files.
            forget(one.directory)
            stranger = subprocess.Popen(["cat", *log_files(one.directory, "cold-")], stdout=subprocess.DEVNULL)
            try:
                beside_stranger, sleeper_beside_stranger = produce_beside_sleeper()
            finally:
                stranger.kill()
                stranger.wait()
            rows.setdefault(one.target.name, []).append(note(results, "cold-read", one, {
                "quiet_p99_us": quiet["p99_us"], "beside_p99_us": beside["p99_us"], "quiet_p50_us": quiet["p50_us"],
                "beside_p50_us": beside["p50_us"], "p99_ratio": beside["p99_us"] / quiet["p99_us"], "read_gb": read["gb"],
                "sleeper_p99_us": sleeper, "beside_stranger_p99_us": beside_stranger["p99_us"],
                "sleeper_beside_stranger_p99_us": sleeper_beside_stranger}))
        finally:
            one.discard()
    table(rows, ("quiet_p50_us", "beside_p50_us", "quiet_p99_us", "beside_p99_us", "p99_ratio", "read_gb", "sleeper_p99_us", "beside_stranger_p99_us",
                 "sleeper_beside_stranger_p99_us"))


def oversleep_p99_us(seconds):
    """How late a thread wakes up that sleeps for 2 ms at a time and touches no file: what the machine itself does to all."""
    late, due, end = [], time.monotonic(), time.monotonic() + seconds
    while due < end:
        due += 0.002
        time.sleep(max(0.0, due - time.monotonic()))
        late.append(time.monotonic() - due)
    return statistics.quantiles(late, n=100)[98] * 1e6


def forget(directory):
    """Writes what is dirty and drops the files' pages from memory."""
    os.sync()
    for file in log_files(directory):
        with open(file, "rb") as f:
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def log_files(directory, topic=""):
    return [os.path.join(folder, file) for folder, _, files in os.walk(directory) for file in files
            if file.endswith(".log") and os.path.basename(folder).startswith(topic)]


# ------------------------------------------------------------------------------------------------------------ shared

def alternating(rounds, names):
    for number in range(rounds):
        yield from names if number % 2 == 0 else reversed(names)


def note(results, what, broker, result):
    results.write(json.dumps({"what": what, "target": broker.target.name, **result}) + "\n")
    results.flush()
    print(what, broker.target.name, {key: round(value, 2) for key, value in result.items() if isinstance(value, (int, float))}, file=sys.stderr, flush=True)
    return result


def table(rows, metrics):
    print("| metric | " + " | ".join(f"{name}: median [least..most] of {len(found)}" for name, found in rows.items()) + " |")
    print("|---" * (1 + len(rows)) + "|")
    for metric in metrics:
        cells = []
        for found in rows.values():
            values = [row[metric] for row in found]
            cells.append(f"{statistics.median(values):,.2f} [{min(values):,.2f}..{max(values):,.2f}]")
        print(f"| {metric} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
