#!/usr/bin/env python3
"""Compares the spike's transports: CPU of the server per GB and per request, in alternating rounds.

    dotnet build -c Release bench/TransportSpike
    python3 bench/TransportSpike/measure.py --kload PATH [--floor PATH] [--rounds 5] --out FILE.tsv

`kload` is the load generator of the side-by-side kit, `floor` its minimal server in C. In a round every target runs
every scenario once, one after the other; the order of the targets flips each round. CPU is user + system time of the
server process from /proc; wall-clock figures are kept, but on a busy machine they show the neighbours.
"""
import argparse, json, os, shutil, signal, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SPIKE = os.path.join(HERE, "bin/Release/net10.0/TransportSpike")
SCENARIOS = [
    ("produce-16k-12p", "gb", ["produce", "--batch-bytes", "16384", "--record-bytes", "1024", "--in-flight", "5", "--acks", "1"]),
    ("produce-1rec-sync", "requests", ["produce", "--records-per-batch", "1", "--record-bytes", "1024", "--in-flight", "1", "--acks", "1"]),
    ("produce-1rec-pipelined", "requests", ["produce", "--records-per-batch", "1", "--record-bytes", "1024", "--in-flight", "5", "--acks", "1"]),
    ("fetch-64k", "gb", ["fetch", "--max-bytes", "65536"]),
    ("fetch-1m", "gb", ["fetch", "--max-bytes", "1048576"]),
    ("open-500rps", "requests", ["produce", "--batch-bytes", "16384", "--record-bytes", "1024", "--rate", "500", "--in-flight", "50", "--acks", "1"]),
]


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, name, command, port, environment):
        self.name, self.port = name, port
        self.directory = tempfile.mkdtemp(prefix="transport-spike-")
        arguments = [part.replace("PORT", str(port)).replace("DIRECTORY", self.directory) for part in command]
        self.process = subprocess.Popen(arguments, env={**os.environ, **environment})

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory)


def load(kload, server, topic, arguments):
    command = [kload, *arguments, "--brokers", f"127.0.0.1:{server.port}", "--topic", topic, "--partitions", "12"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{server.name}: {' '.join(command)}: {done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(kload, server, scenario, gigabytes, seconds, number):
    name, unit, arguments = scenario
    topic = f"{name}-{number}"
    load(kload, server, topic, ["create"])
    limit = ["--seconds", str(seconds)]
    if unit == "gb":
        limit = ["--total-bytes", str(int(gigabytes * 1e9))]
    if arguments[0] == "fetch":
        load(kload, server, topic, ["produce", "--batch-bytes", "16384", "--record-bytes", "1024", "--in-flight", "5",
                                    "--total-bytes", "4e8"])
    before = cpu_seconds(server.process.pid)
    result = load(kload, server, topic, arguments + limit)
    used = cpu_seconds(server.process.pid) - before
    load(kload, server, topic, ["delete"])
    assert result["errors"] == 0, result
    amount = result["gb"] if unit == "gb" else result["requests"] / 1e6
    return used / amount, result.get("p50_us", 0), result.get("p99_us", 0), result.get("mb_per_s", 0)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kload", required=True)
    options.add_argument("--floor")
    options.add_argument("--spike", default=SPIKE)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--gigabytes", type=float, default=0.8)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--port", type=int, default=19600)
    options.add_argument("--out", required=True)
    options = options.parse_args()
    targets = [
        ("epoll", [options.spike, "epoll", "PORT", "DIRECTORY"], {}),
        ("sockets", [options.spike, "sockets", "PORT", "DIRECTORY"], {}),
        ("sockets-inline", [options.spike, "sockets", "PORT", "DIRECTORY"],
         {"DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS": "1"}),
    ]
    if options.floor:
        targets.append(("floor", [options.floor, "PORT", "DIRECTORY"], {}))
    servers = [Server(name, command, options.port + i, environment)
               for i, (name, command, environment) in enumerate(targets)]
    rows = []
    try:
        time.sleep(2)
        for server in servers:  # warm-up: tiers up compiled code, fills pools
            for i, scenario in enumerate(SCENARIOS):
                measure(options.kload, server, scenario, 0.3, 1, f"warm{i}")
        for number in range(options.rounds):
            for scenario in SCENARIOS:
                for server in servers if number % 2 == 0 else reversed(servers):
                    cost, p50, p99, rate = measure(
                        options.kload, server, scenario, options.gigabytes, options.seconds, number)
                    rows.append((number, scenario[0], scenario[1], server.name, cost, p50, p99, rate, os.getloadavg()[0]))
                    print(*rows[-1], sep="\t", flush=True)
    finally:
        for server in servers:
            server.stop()
    with open(options.out, "w") as out:
        print("round", "scenario", "per", "target", "cpu_s", "p50_us", "p99_us", "mb_per_s", "load_average", sep="\t", file=out)
        for row in rows:
            print(*(f"{value:.4g}" if isinstance(value, float) else value for value in row), sep="\t", file=out)
    for name, unit, _ in SCENARIOS:
        print(f"\n{name} (CPU {'s/GB' if unit == 'gb' else 'us/request'}: median [least..most], ratio to epoll)")
        costs = {target: [row[4] for row in rows if row[1] == name and row[3] == target] for target, _, _ in targets}
        for target, values in costs.items():
            ratio = statistics.median(value / base for value, base in zip(values, costs["epoll"]))
            print(f"  {target:15} {statistics.median(values):8.3f} [{min(values):.3f}..{max(values):.3f}]  x {ratio:.2f}")


if __name__ == "__main__":
    main()
