"""The input: lines of `key<TAB>value`, made of what a Debian machine has to read.

The value begins with the number of its line, so that a loss, a second copy and a wrong order can each be told. The key
is the longest word of the text; words come again, so each key has many values whose order can be judged.
"""

import gzip
import hashlib
import os
import re

SOURCES = ["/usr/share/dict", "/var/lib/dpkg/status", "/var/lib/dpkg/info", "/usr/share/doc", "/usr/include",
           "/usr/share/perl", "/usr/lib/python3", "/usr/lib/python3.11", "/usr/lib/python3.13", "/usr/lib/dotnet",
           "/usr/share/dotnet"]
SUFFIXES = {"", ".txt", ".gz", ".list", ".md", ".html", ".copyright", ".h", ".hpp", ".pod", ".pm", ".py", ".xml",
            ".rst"}

# 1,000,000 lines are then more than 100 MB.
TEXT_AT_LEAST = 92
TEXT_AT_MOST = 1200

WORD = re.compile(r"[^\W\d_]{3,32}")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def files():
    """Every text the machine offers, in an order that depends on names alone."""
    for source in SOURCES:
        if os.path.isfile(source):
            yield source
        for folder, folders, names in os.walk(source):
            folders.sort()
            for name in sorted(names):
                if os.path.splitext(name)[1] in SUFFIXES:
                    yield os.path.join(folder, name)


def content(path):
    if os.path.islink(path) or not os.path.isfile(path):
        return
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            head = file.read(4096)
            if b"\0" in head:
                return
            file.seek(0)
            for line in file:
                yield line.decode("utf-8", "replace")
    except (OSError, EOFError):
        return


def texts():
    """Stretches of text of at least 92 bytes. When the machine has been read through, it is read again."""
    while True:
        found = False
        for path in files():
            parts, size = [], 0
            for line in content(path):
                line = UNPRINTABLE.sub(" ", line).strip()
                if not line:
                    continue
                parts.append(line)
                size += len(line) + 1
                if size > TEXT_AT_LEAST:
                    found = True
                    yield " ".join(parts)[:TEXT_AT_MOST]
                    parts, size = [], 0
        if not found:
            raise SystemExit("this machine has no text to build the input from")


def build(path, lines):
    """Writes the file unless it is there."""
    if os.path.exists(path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    unfinished = f"{path}.{os.getpid()}"
    with open(unfinished, "w", encoding="utf-8", newline="\n") as out:
        for number, text in zip(range(lines), texts()):
            key = max(WORD.findall(text), key=len, default="none").lower()
            out.write(f"{key}\t{number:08d} {text}\n")
    os.rename(unfinished, path)


def read(path):
    """The lines without their ends."""
    with open(path, "rb") as file:
        return file.read().split(b"\n")[:-1]


def fingerprint(lines):
    """SHA-256 of the sorted lines."""
    digest = hashlib.sha256()
    for line in sorted(lines):
        digest.update(line)
        digest.update(b"\n")
    return digest.hexdigest()
