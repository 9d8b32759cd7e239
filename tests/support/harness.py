"""What every Python test file shares. A file tests/**/test_NAME.py looks like this:

    import pathlib, sys
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
    import harness

    @harness.case
    def one_thing_holds():
        harness.equal(2 + 2, 4, "sum")

    @harness.case(full=True)              # only with --full
    def a_long_thing_holds(): ...

    @harness.group                        # many cases found or measured together
    def every_model():
        for model in models:
            yield model.name, None        # None: passed; a text: failed; harness.Skip(why): skipped

    if __name__ == "__main__":
        harness.main()

`parents[1]` is tests/ for a file in a folder of tests/; for a file in tests/ itself that is `parent`. The file runs
alone (`build/venv/bin/python tests/x/test_NAME.py [--full] [--filter TEXT]`) or with all others by scripts/test. It
prints `PASS name`, `FAIL name: reason` or `SKIP name: reason` per case; its last line is a JSON object with the counts
`passed`, `failed`, `skipped`. The exit code is 1 if a case failed.

Paths come from the environment, for builds and data elsewhere:
    BURIN             the program (default build/bin/burin)
    BURIN_TEST_DATA   the shared test data (default ../shared/data beside the checkout; may be absent)
"""

import argparse
import inspect
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
BURIN = pathlib.Path(os.environ.get("BURIN", ROOT / "build/bin/burin"))
DATA = pathlib.Path(os.environ.get("BURIN_TEST_DATA", ROOT.parent / "shared/data"))
FULL = "--full" in sys.argv[1:]

_cases = []  # (name, function, only with --full)


class Failure(Exception):
    """A condition of a test doesn't hold."""


class Skip(Exception):
    """The case can't be run here; the reason is the message."""


def case(function=None, *, full=False):
    """Registers a function as one case named after it; it fails by raising."""
    if function is None:
        return lambda f: case(f, full=full)
    _cases.append((function.__name__, function, full))
    return function


def group(function=None, *, full=False):
    """Registers a generator of `(name, problem)`, one per case. No case at all is a failure of the group."""
    if function is None:
        return lambda f: group(f, full=full)
    assert inspect.isgeneratorfunction(function), f"{function.__name__} must yield (name, problem)"
    return case(function, full=full)


def check(condition, message):
    if not condition:
        raise Failure(message)


def equal(actual, expected, what):
    if actual != expected:
        raise Failure(f"{what} is {actual!r}, expected {expected!r}")


def skip(reason):
    raise Skip(reason)


def data(*parts):
    """A path inside the shared test data; the case is skipped where that is absent."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        raise Skip(f"{path.name} is not in the test data (BURIN_TEST_DATA)")
    return path


def run(command, *, code=0, timeout=600, **options):
    """Runs a program and returns its CompletedProcess with text output; any other exit code than `code` is a failure.

    `code=None` takes any exit code. A program that a signal killed, or that ran out of time, always fails the case.
    """
    command = [str(part) for part in command]
    try:
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout, **options)
    except subprocess.TimeoutExpired:
        raise Failure(f"`{' '.join(command)}` took more than {timeout} s") from None
    except OSError as error:
        raise Failure(f"`{command[0]}` could not be run: {error.strerror}") from None
    if result.returncode < 0 or (code is not None and result.returncode != code):
        ending = "\n".join((result.stdout + result.stderr).splitlines()[-20:])
        raise Failure(f"`{' '.join(command)}` ended with {result.returncode}, expected {code}\n{ending}")
    return result


def burin(*arguments, **options):
    """Runs the compiler, as `run` does."""
    return run([BURIN, *arguments], **options)


def verified(path, folder, *flags):
    """The library's outputs as bytes; verification has compared them with the reference, in poisoned memory."""
    burin("verify", path, "--save", folder, *flags)
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def compiled(path, folder, *flags):
    """The report of the library `net` that is compiled to the folder; its plan has been checked."""
    burin("compile", path, "-o", folder, "--name", "net", *flags)
    burin("check-plan", folder)
    return json.loads((folder / "report.json").read_text())


def temporary_folder():
    """`with temporary_folder() as path:` gives a pathlib.Path that is removed afterwards."""
    class Folder(tempfile.TemporaryDirectory):
        def __enter__(self):
            return pathlib.Path(super().__enter__())

    return Folder(prefix="burin-test-")


def _outcomes(name, function):
    """Yields (case name, problem) of one registered function; never raises."""
    try:
        if not inspect.isgeneratorfunction(function):
            function()
            yield name, None
            return
        empty = True
        for part, problem in function():
            empty = False
            yield f"{name}/{part}", problem
        if empty:
            yield name, "the group has no case"
    except Skip as reason:
        yield name, reason
    except Failure as failure:
        yield name, str(failure)
    except Exception:  # a mistake in the test itself: one failed case, not the end of the file
        yield name, traceback.format_exc()


def main():
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--full", action="store_true", help="also run the cases that take long")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only cases and groups whose name contains TEXT")
    options = parser.parse_args()
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for name, function, full in _cases:
        if options.filter not in name or (full and not options.full):
            continue
        for outcome, problem in _outcomes(name, function):
            if problem is None:
                count["passed"] += 1
                print(f"PASS {outcome}", flush=True)
            elif isinstance(problem, Skip):
                count["skipped"] += 1
                print(f"SKIP {outcome}: {problem}", flush=True)
            else:
                count["failed"] += 1
                print(f"FAIL {outcome}: {problem}", flush=True)
    print(json.dumps(count))
    sys.exit(count["failed"] > 0)
