"""A data directory and the servers that take turns on it: this project's node and Apache Kafka."""

import atexit
import os
import random
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CLUSTER = "bWFpbi1qb2ItY2x1c3RlcA"
PARTITIONS = 12

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
# All members of a group arrive before its first assignment, so that a group reads everything without changing hands.
group.initial.rebalance.delay.ms={patience}
"""


# Every process that this one has started; none outlives it.
STARTED = []


class Failed(Exception):
    """Something that the job stands on did not work: a server that does not start, a client that ends early."""


def spawn(command, **more):
    process = subprocess.Popen(command, **more)
    STARTED.append(process)
    return process


@atexit.register
def end_all():
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait()


def barnabas():
    """The command of this project's binary: the published one, else the one of the Release build."""
    if path := os.environ.get("BARNABAS"):
        return path.split()
    binary = os.path.join(ROOT, "out", "barnabas")
    if os.path.exists(binary):
        return [binary]
    library = os.path.join(ROOT, "src", "Barnabas.Cli", "bin", "Release", "net10.0", "barnabas.dll")
    if os.path.exists(library):
        return ["dotnet", library]
    raise Failed("there is no binary: run ./build first")


def kafka(main_class, *arguments):
    """The command of a main class of Apache Kafka, or None: KAFKA_HOME, else shared/apache-kafka beside a folder above."""
    home = os.environ.get("KAFKA_HOME")
    folder = ROOT
    while not home and folder != "/":
        folder = os.path.dirname(folder)
        if os.path.isdir(os.path.join(folder, "shared", "apache-kafka")):
            home = os.path.join(folder, "shared", "apache-kafka")
    script = os.path.join(home or "/", "kafka-env.sh")
    return [script, main_class, *arguments] if os.path.exists(script) else None


def free_ports(count):
    """Ports below those that the system gives to outgoing connections: a server can take one again after a crash."""
    ports = []
    while len(ports) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                ports.append(port)
            except OSError:
                pass
    return ports


class Node:
    """One directory, one configuration; `barnabas` or `kafka` serves it."""

    def __init__(self, folder, patience_ms):
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.properties = os.path.join(folder, "server.properties")
        os.makedirs(folder)
        broker, controller = free_ports(2)
        self.address = f"127.0.0.1:{broker}"
        self.process = None
        self.served = []
        with open(self.properties, "w", encoding="utf-8") as file:
            file.write(PROPERTIES.format(broker=broker, controller=controller, data=self.data, patience=patience_ms))

    def format(self, who):
        arguments = ["format", "-t", CLUSTER, "-c", self.properties]
        tool = kafka("kafka.tools.StorageTool", *arguments) if who == "kafka" else [*barnabas(), "storage", *arguments]
        run(tool, self.log_path("format"), environment(who))

    def start(self, who):
        command = kafka("kafka.Kafka", self.properties) if who == "kafka" else \
            [*barnabas(), "server-start", self.properties]
        self.served.append(who)
        path = self.log_path(f"{len(self.served):02d}-{who}")
        began = time.monotonic()
        with open(path, "wb") as log:
            self.process = spawn(command, stdout=log, stderr=log, env=environment(who), cwd=self.folder)
        while time.monotonic() < began + 90:
            if self.process.poll() is not None:
                raise Failed(f"{who} ended by itself with {self.process.returncode}; {tail(path)}")
            if self.answers():
                return time.monotonic() - began
            time.sleep(0.1)
        raise Failed(f"{who} does not serve after 90 s; {tail(path)}")

    def answers(self):
        """Whether the node has told a client that it is there itself."""
        answer = subprocess.run(["kcat", "-L", "-J", "-b", self.address, "-m", "2"], capture_output=True, check=False)
        return answer.returncode == 0 and b'"id":1' in answer.stdout

    def stop(self):
        """The clean end."""
        self.process.terminate()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"{self.served[-1]} does not end within 60 s of SIGTERM") from None
        if code not in (0, 143, -signal.SIGTERM):
            raise Failed(f"{self.served[-1]} ended with {code} on SIGTERM")

    def kill(self):
        """The unclean end: kill -9."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def create_topic(self, topic):
        run([*barnabas(), "topics", "--bootstrap-server", self.address, "--create", "--topic", topic,
             "--partitions", str(PARTITIONS), "--replication-factor", "1"], self.log_path(f"create-{topic}"))

    def size(self, topic):
        """Bytes of the logs of a topic."""
        total = 0
        for folder in os.listdir(self.data):
            if folder.rpartition("-")[0] == topic:
                with os.scandir(os.path.join(self.data, folder)) as entries:
                    total += sum(entry.stat().st_size for entry in entries if entry.name.endswith(".log"))
        return total

    def log_path(self, name):
        return os.path.join(self.folder, f"{name}.log")


def environment(who):
    if who != "kafka":
        return os.environ
    return {**os.environ, "KAFKA_VERSION": "4.4.0", "KAFKA_HEAP_OPTS": "-Xmx512M"}


def run(command, log_path, env=None, seconds=120):
    """Runs a command to its end; another exit code than 0 is a failure."""
    with open(log_path, "wb") as log:
        try:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, timeout=seconds,
                                  cwd=os.path.dirname(log_path), check=False).returncode
        except subprocess.TimeoutExpired:
            raise Failed(f"{' '.join(command[:3])} does not end within {seconds} s; {tail(log_path)}") from None
    if code != 0:
        raise Failed(f"{' '.join(command[:3])} ended with {code}; {tail(log_path)}")


def tail(path, lines=12):
    with open(path, "rb") as file:
        last = file.read()[-6000:].decode("utf-8", "replace").splitlines()[-lines:]
    return f"{path} ends with:\n  " + "\n  ".join(last)
