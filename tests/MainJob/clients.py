"""The foreign clients: kcat produces; Java, kcat, Python and kafkajs read as members of groups."""

import os
import shutil
import subprocess
import threading
import time

from node import HERE, Failed, kafka, run, spawn, tail

# A group that reads nothing new for so long is stuck.
STUCK_SECONDS = 90

CONFLUENT = "import confluent_kafka"


def python_library(codec):
    """kafka-python where it has the codec, for it is an implementation of its own; else the one on librdkafka."""
    probe = f"import kafka.codec as c; assert '{codec}' == 'none' or c.has_{codec}()"
    for library, check in (("kafka", probe), ("confluent", CONFLUENT)):
        if runs_python(check):
            return library
    return None


def runs_python(code):
    """Whether the system's Python can do this; asked of libraries that may not be installed."""
    return subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, check=False).returncode == 0


def install_kafkajs(cache):
    """Puts kafkajs and its codecs beside the input; None if it is there, else why it is missing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "there is no Node.js"
    for name in ("package.json", "consume.js"):
        shutil.copy(os.path.join(HERE, name), cache)
    if os.path.isdir(os.path.join(cache, "node_modules", "kafkajs")):
        return None
    try:
        run(["npm", "install", "--prefix", cache, "--ignore-scripts", "--no-audit", "--no-fund"],
            os.path.join(cache, "npm.log"))
    except Failed as failure:
        return f"npm cannot install it: {failure}"
    return None


class Clients:
    """What this machine has of them."""

    def __init__(self, cache):
        self.cache = cache
        self.missing = {}
        if not shutil.which("java"):
            self.missing["java"] = "there is no Java"
        elif kafka("") is None:
            self.missing["java"] = "Apache Kafka is neither in ../shared nor in KAFKA_HOME"
        if (why := install_kafkajs(cache)) is not None:
            self.missing["kafkajs"] = why
        if python_library("none") is None:
            self.missing["python"] = "neither python3-kafka nor python3-confluent-kafka is installed"

    def mixed(self, node, topic, codec, name):
        """A group of a Java console consumer, kcat and a Python client."""
        group = Group(node, f"{topic}-{name}")
        if "java" not in self.missing:
            group.member("java", kafka(
                "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", node.address, "--topic", topic,
                "--group", group.name, "--command-property", "auto.offset.reset=earliest",
                "--command-property", "partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor",
                "--formatter-property", "print.key=true", "--formatter-property", "print.partition=true",
                "--formatter-property", "print.offset=true"), {**os.environ, "KAFKA_LOG_LEVEL": "INFO"})
            # It is the slowest to start. The others come when it is there, within the group's initial delay.
            group.members[0].wait_to_say(b"joining group")
        group.member("kcat", [
            "kcat", "-q", "-u", "-b", node.address, "-X", "auto.offset.reset=earliest",
            "-X", "partition.assignment.strategy=range", "-f", r"%p\t%o\t%k\t%s\n", "-G", group.name, topic])
        if library := python_library(codec):
            group.member(f"python ({library})", [
                "/usr/bin/python3", os.path.join(HERE, "consume.py"), library, node.address, group.name, topic])
        return group

    def kafkajs(self, node, topic, name):
        """A group of two kafkajs clients."""
        group = Group(node, f"{topic}-{name}")
        for number in (1, 2):
            group.member(f"kafkajs {number}", [
                "node", os.path.join(self.cache, "consume.js"), node.address, group.name, topic])
        return group


class Member:
    def __init__(self, name, command, path, env):
        self.name, self.path, self.lines, self.position = name, path, 0, 0
        with open(path, "wb") as out, open(path + ".err", "wb") as err:
            self.process = spawn(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
                                 cwd=os.path.dirname(path))

    def wait_to_say(self, words):
        began = time.monotonic()
        while time.monotonic() < began + 60 and self.process.poll() is None:
            with open(self.path + ".err", "rb") as err:
                if words in err.read():
                    return
            time.sleep(0.1)
        raise Failed(f"{self.name} does not get so far as {words!r}; {tail(self.path + '.err')}")

    def count(self):
        """Lines printed so far."""
        with open(self.path, "rb") as file:
            file.seek(self.position)
            while chunk := file.read(1 << 20):
                self.position += len(chunk)
                self.lines += chunk.count(b"\n")
        return self.lines


class Group:
    """Members that have been started and read until they are told to end."""

    reads = 0

    def __init__(self, node, name):
        self.node, self.name, self.members = node, name, []

    def member(self, name, command, env=None):
        Group.reads += 1
        path = os.path.join(self.node.folder, f"{self.name}-{Group.reads:03d}-{name.split()[0]}.out")
        self.members.append(Member(name, command, path, env))

    def read(self, count):
        """Waits until the members have printed so many lines, and a moment more for lines too many; ends them."""
        try:
            self.wait_for(count)
            time.sleep(1)
        finally:
            for member in self.members:
                if member.process.poll() is None:
                    member.process.terminate()
            for member in self.members:
                self.wait_end(member)
        return [member.path for member in self.members]

    def wait_for(self, count):
        best, progress = 0, time.monotonic()
        while (total := sum(member.count() for member in self.members)) < count:
            if total > best:
                best, progress = total, time.monotonic()
            if time.monotonic() > progress + STUCK_SECONDS:
                raise Failed(f"group {self.name} is stuck at {total} of {count} lines: {self.shares()}")
            for member in self.members:
                if member.process.poll() is not None:
                    raise Failed(f"{member.name} ended with {member.process.returncode}; {tail(member.path + '.err')}")
            time.sleep(0.2)

    @staticmethod
    def wait_end(member):
        try:
            member.process.wait(30)
        except subprocess.TimeoutExpired:
            member.process.kill()
            member.process.wait()
            raise Failed(f"{member.name} does not end within 30 s of SIGTERM; {tail(member.path + '.err')}") from None

    def shares(self):
        return ", ".join(f"{member.name} {member.count()}" for member in self.members)


def produce(node, topic, codec, path):
    """kcat sends a whole file, keys and values; idempotent, for only so a retry keeps the order."""
    run(["kcat", "-P", "-b", node.address, "-t", topic, "-K", r"\t", "-z", codec, "-X", "enable.idempotence=true",
         "-l", path],
        node.log_path(f"produce-{topic}-{os.path.basename(path)}"), seconds=600)


def read_plainly(node, topic, isolation="read_committed"):
    """kcat reads a topic from its beginning to its end, without a group."""
    path = node.log_path(f"plain-{topic}-{isolation}-{len(node.served)}")
    run(["kcat", "-C", "-q", "-e", "-b", node.address, "-o", "beginning", "-f", r"%p\t%o\t%k\t%s\n", "-t", topic,
         "-X", f"isolation.level={isolation}"], path, seconds=600)
    return path


def values(path):
    """The values that `read_plainly` found, sorted."""
    with open(path, encoding="utf-8") as file:
        return sorted(line.rstrip("\n").split("\t")[3] for line in file)


class SteadyProducer:
    """An idempotent kcat with acks=all that is fed over some seconds, so that the node can die in the middle of it."""

    def __init__(self, node, topic, codec, lines, seconds):
        self.lines, self.seconds, self.fed = lines, seconds, 0
        self.log = node.log_path(f"produce-{topic}")
        with open(self.log, "wb") as log:
            self.process = spawn(
                # -E: a node that is down for a moment is waited for.
                ["kcat", "-P", "-E", "-b", node.address, "-t", topic, "-K", r"\t", "-z", codec,
                 "-X", "enable.idempotence=true", "-X", "acks=all"], stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.feeder = threading.Thread(target=self.feed)
        self.feeder.start()

    def feed(self):
        steps = int(self.seconds * 20)
        size = -(-len(self.lines) // steps)
        try:
            while self.fed < len(self.lines):
                self.process.stdin.write(b"".join(line + b"\n" for line in self.lines[self.fed:self.fed + size]))
                self.process.stdin.flush()
                self.fed += size
                time.sleep(0.05)
            self.process.stdin.close()
        except OSError:
            # The producer has ended; its exit code tells how.
            pass

    def wait_fed(self, share):
        while self.fed < share * len(self.lines):
            if self.process.poll() is not None:
                raise Failed(f"the producer ended with {self.process.returncode}; {tail(self.log)}")
            time.sleep(0.005)

    def finish(self, seconds=300):
        self.feeder.join()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            raise Failed(f"the producer does not end within {seconds} s; {tail(self.log)}") from None
        if code != 0:
            raise Failed(f"the producer ended with {code}; {tail(self.log)}")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.feeder.join()
