#!/usr/bin/env python3
"""What the tests of Apache Kafka said.

table.py record RESULTS   put the results into pass-table.tsv, in place of what it has of the same classes
table.py check RESULTS    fail if a test failed that known-failures.tsv does not excuse, or if an excused one passed
"""

import csv
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "pass-table.tsv")
KNOWN = os.path.join(HERE, "known-failures.tsv")
FAILURES = ("FAILED", "HUNG")
COLUMNS = ["class", "method", "invocation", "result", "reason"]


def read_rows(path):
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_known():
    """(class, method) -> reason. A method * stands for all of the class."""
    rows = [row for row in read_rows(KNOWN) if row and not row[0].startswith("#")]
    return {(row[0], row[1]): row[2] for row in rows}


def read_results(folder):
    """One (class, method, invocation, result, message) per test, in the order of the run."""
    results = []
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*", "tests.tsv"))):
        class_of_folder = os.path.basename(os.path.dirname(path))
        running = {}
        ended = {}
        for row in read_rows(path):
            kind, class_name, method, invocation, result, _, message = (row + [""] * 7)[:7]
            if class_name.startswith("["):
                class_name = class_of_folder
            key = (class_name, method, invocation)
            if kind == "start":
                running[key] = True
            elif kind == "test" or result in ("FAILED", "ABORTED", "SKIPPED"):
                running.pop(key, None)
                ended[key] = (result, message)
        ended.update({key: ("HUNG", "the class was stopped") for key in running})
        results += [key + outcome for key, outcome in ended.items()]
        if not ended:
            results.append((class_of_folder, "", "", "FAILED", "no test of the class ran"))
    return results


def reason_for(known, class_name, method):
    return known.get((class_name, method)) or known.get((class_name, "*")) or ""


def record(results, known):
    classes = {result[0] for result in results}
    rows = []
    if os.path.exists(TABLE):
        rows = [row for row in read_rows(TABLE)[1:] if row[0] not in classes]
    for class_name, method, invocation, result, message in results:
        excused = reason_for(known, class_name, method) if result in FAILURES else ""
        reason = "" if result == "PASSED" else excused or message[:160]
        rows.append([class_name, method, invocation, result, reason.strip()])
    with open(TABLE, "w", encoding="utf-8") as file:
        for row in [COLUMNS] + sorted(rows):
            file.write("\t".join(row) + "\n")


def check(results, known):
    passed = failed = skipped = 0
    for class_name, method, invocation, result, message in results:
        excused = reason_for(known, class_name, method)
        if result == "PASSED" and not excused:
            passed += 1
        elif result == "PASSED":
            failed += 1
            print(f"known-failures.tsv excuses a test that passes: {class_name}.{method}")
        elif result in FAILURES and not excused:
            failed += 1
            print(f"{result} {class_name}.{method} [{invocation}] {message[:200]}")
        else:
            skipped += 1
    if not results:
        failed += 1
        print("no test ran")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("record", "check"):
        sys.exit(__doc__)
    results = read_results(sys.argv[2])
    known = read_known()
    if sys.argv[1] == "record":
        record(results, known)
        return 0
    return check(results, known)


if __name__ == "__main__":
    sys.exit(main())
