#!/usr/bin/env python3
"""Runs every test of a finished build and counts the cases one by one.

    build/venv/bin/python scripts/run_tests.py [--full] [--build DIR] [--only TEXT]

Three kinds of tests, each a *unit* that is one process; units run side by side:
  * programs known to CTest: a Catch2 program counts its test cases, any other program is one case;
  * tests/lit, run by LLVM's lit: each file is a case;
  * tests/**/test_*.py: each prints its cases as tests/support/harness.py says.
With --full the Python tests get --full, and Catch2 programs also run the hidden cases tagged [.full].

A unit that crashes, runs out of time or ends without a word is a failed case, whatever it printed before. The last line
is `N passed, M failed`; the exit code is 1 if M isn't 0, or if nothing ran.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
LIT = "/usr/lib/llvm-22/bin/lit"
SECONDS = 1200  # a unit that takes longer hangs
SECONDS_FULL = 7200


@dataclasses.dataclass
class Case:
    name: str
    outcome: str  # "passed", "failed" or "skipped"
    reason: str = ""


@dataclasses.dataclass
class Unit:
    """One process: its command, and the function that makes cases of (exit code, output, text of `report`)."""
    name: str
    command: list
    parse: object
    folder: pathlib.Path = ROOT
    environment: dict = dataclasses.field(default_factory=dict)
    report: pathlib.Path | None = None  # the file that the command writes its results to, if not to its output


def execute(unit, seconds):
    """Exit code (None: out of time) and output, standard error among it: an assertion explains itself there."""
    # A session of its own, so that the whole family of a hanging unit can be ended.
    with subprocess.Popen([str(part) for part in unit.command], cwd=unit.folder, env=os.environ | unit.environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
            code = process.returncode
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            output, _ = process.communicate()
            code = None
    return code, output.decode(errors="replace")


def run_unit(unit, seconds):
    """The unit's cases. Adds a failed one if the process ended badly and no case says why."""
    try:
        code, output = execute(unit, seconds)
    except OSError as error:
        return [Case(unit.name, "failed", f"could not be run: {error.strerror}")]
    report = unit.report.read_text(errors="replace") if unit.report and unit.report.exists() else ""
    cases = unit.parse(code, output, report)
    if code != 0 and not any(case.outcome == "failed" for case in cases):
        how = f"took more than {seconds} s" if code is None else f"ended with {code}"
        cases.append(Case(unit.name, "failed", how + "\n" + "\n".join(output.splitlines()[-30:])))
    if not cases:
        cases.append(Case(unit.name, "failed", "ran no case"))
    return cases


# --- programs known to CTest


def parse_single(code, output, _):
    return [Case("exit code", "passed")] if code == 0 else []


def parse_catch2(code, output, report):
    """Cases of Catch2's XML. A program that dies leaves it unfinished: the case it was in has failed."""
    cases, current, complaints = [], None, []
    parser = xml.etree.ElementTree.XMLPullParser(["start", "end"])
    try:
        parser.feed(report)
        events = list(parser.read_events())
    except xml.etree.ElementTree.ParseError:
        events = list(parser.read_events())
    for event, element in events:
        if element.tag == "TestCase" and event == "start":
            current, complaints = element.get("name"), []
        elif event == "end" and element.tag in ("Expression", "Failure", "Exception", "FatalErrorCondition"):
            texts = [part.strip() for part in element.itertext() if part.strip()]
            complaints.append(f"{element.get('filename')}:{element.get('line')}: {element.tag}: " + " => ".join(texts))
        elif event == "end" and element.tag == "OverallResult":
            failed = element.get("success") != "true"
            cases.append(Case(current, "failed" if failed else "passed", "\n".join(complaints)))
            current = None
    if current is not None:
        cases.append(Case(current, "failed", "\n".join(complaints + [f"the program ended here with {code}", output])))
    return cases


def is_catch2(program):
    """Whether the program has Catch2's command line; running a stranger to find out might have effects."""
    return program.is_file() and b"--list-reporters" in program.read_bytes()


def ctest_units(build, full, reports):
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, check=True)
    for number, test in enumerate(json.loads(listing.stdout)["tests"]):
        name, command = test["name"], test.get("command", [])
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        if not command or not is_catch2(pathlib.Path(command[0])):
            only = ["-R", f"^{re.escape(name)}$", "--no-tests=error", "--output-on-failure"]
            yield Unit(name, ["ctest", "--test-dir", build, *only], parse_single)
            continue
        report = reports / f"catch2-{number}.xml"
        # Hidden cases run only when a tag of theirs is named.
        selection = ["~[.],[full]"] if full and len(command) == 1 else []
        yield Unit(name, [*command, *selection, "--reporter", "xml", "--out", report], parse_catch2, report=report,
                   folder=pathlib.Path(properties.get("WORKING_DIRECTORY", build)),
                   environment=dict(entry.split("=", 1) for entry in properties.get("ENVIRONMENT", [])))


# --- lit


def parse_lit(code, output, report):
    cases = []
    try:
        root = xml.etree.ElementTree.fromstring(report)
    except xml.etree.ElementTree.ParseError:
        return cases
    for element in root.iter("testcase"):
        name = f"{element.get('classname')}/{element.get('name')}"
        failure, skipped = element.find("failure"), element.find("skipped")
        if failure is not None:
            cases.append(Case(name, "failed", (failure.text or "").strip()))
        elif skipped is not None:
            cases.append(Case(name, "skipped", skipped.get("message", "")))
        else:
            cases.append(Case(name, "passed"))
    return cases


def lit_units(build, reports):
    folder = ROOT / "tests/lit"
    if any(file.suffix in (".mlir", ".test") for file in folder.rglob("*")):
        report = reports / "lit.xml"
        yield Unit("lit", [LIT, "--quiet", "--xunit-xml-output", report, folder], parse_lit, report=report,
                   environment={"BURIN_BUILD": str(build)})


# --- Python


def parse_python(code, output, _):
    """Cases of the lines of harness.py; what follows a FAIL line up to the next one is its reason."""
    cases = []
    lines = output.splitlines()
    for line in lines:
        match = re.match(r"(PASS|FAIL|SKIP) (.+?)(?:: (.*))?$", line)
        if match:
            word, name, reason = match.groups()
            cases.append(Case(name, {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}[word], reason or ""))
        elif cases and line != lines[-1]:
            cases[-1].reason += "\n" + line
    try:
        counts = json.loads(lines[-1])
        complete = sum(counts.values()) == len(cases)
    except (IndexError, ValueError, AttributeError):
        complete = False
    if not complete:
        cases.append(Case("summary", "failed", "the last line isn't the counts of the cases above\n" + output[-3000:]))
    return cases


def python_units(full):
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        command = [sys.executable, file] + ["--full"] * full
        yield Unit(str(file.relative_to(ROOT)), command, parse_python)


# --- all together


def print_unit(unit, cases, seconds):
    count = {outcome: sum(case.outcome == outcome for case in cases) for outcome in ("passed", "failed", "skipped")}
    numbers = ", ".join(f"{n} {outcome}" for outcome, n in count.items() if n)
    print(f"{unit.name}: {numbers} ({seconds:.1f} s)", flush=True)
    for case in cases:
        if case.outcome == "failed":
            print(f"  FAILED {case.name}: {case.reason}".replace("\n", "\n    "), flush=True)
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="also what takes long")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="the build folder (default build)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only units whose name contains TEXT")
    options = parser.parse_args()
    build = options.build.resolve()
    os.environ.setdefault("BURIN", str(build / "bin/burin"))

    total = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory(prefix="burin-tests-") as reports:
        reports = pathlib.Path(reports)
        units = [*ctest_units(build, options.full, reports), *lit_units(build, reports), *python_units(options.full)]

        def timed(unit):
            start = time.monotonic()
            return unit, run_unit(unit, SECONDS_FULL if options.full else SECONDS), time.monotonic() - start

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            running = [pool.submit(timed, unit) for unit in units if options.only in unit.name]
            for finished in concurrent.futures.as_completed(running):
                for outcome, n in print_unit(*finished.result()).items():
                    total[outcome] += n
    if total["skipped"]:
        print(f"{total['skipped']} skipped: what they need is absent")
    print(f"{total['passed']} passed, {total['failed']} failed")
    return int(total["failed"] > 0 or total["passed"] == 0)


if __name__ == "__main__":
    sys.exit(main())
