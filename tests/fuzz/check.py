"""Programs through the compiler, the interpreter and the generated C."""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

import batch
import onnx
from compare import differs
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

# Most programs are built in a hurry; the other compiler, which optimises, sees the rest.
COMPILERS = [["clang-22", "-O0"]] * 4 + [["gcc", "-O1"]]


class Result:
    """`kind`: "ok", "refused" (a numbered diagnostic), or what failed; `text` says more; `ties` are steps that ties allow."""

    def __init__(self, kind, text="", ties=0):
        self.kind, self.text, self.ties = kind, text, ties

    failed = property(lambda self: self.kind not in ("ok", "refused", "without sizes"))


def burin(*arguments):
    """None, or the Result of a run that didn't succeed."""
    try:
        r = subprocess.run([str(a) for a in (harness.BURIN, *arguments)], capture_output=True, text=True, errors="replace", timeout=60)
    except subprocess.TimeoutExpired:
        return Result("hang", "more than 60 s")
    if r.returncode == 0:
        return None
    words = (r.stderr + r.stdout)[:1500]
    if r.returncode == 1 and re.search(r"error BRN1[0-8]", words):
        return Result("refused", words)
    return Result("crash", f"ended with {r.returncode}\n{words}")


def interpret(folder, program):
    """The Result of the interpreter's outputs: every run by itself, its state an input like others."""
    total = 0
    for n, run in enumerate(program.runs):
        arguments = ["run", folder / "model.onnx", *(f for f in program.flags() if f.startswith("--shape"))]
        arguments += ["--state=none"] if program.states else []
        arguments += [f"--input={folder}/test_data_set_{n}/input_{k}.pb" for k, _ in enumerate(run.inputs)]
        arguments += [f"--output={folder}/run_{k}.pb" for k, _ in enumerate(run.outputs)]
        failure = burin(*arguments)
        if failure:
            return failure
        tensors = [onnx.load_tensor(folder / f"run_{k}.pb") for k, _ in enumerate(run.outputs)]
        result = judge("interpreter", run.outputs, [numpy_helper.to_array(t) for t in tensors])
        total += result.ties
        if result.failed:
            return result
    return Result("ok", ties=total)


def judge(kind, expected, outputs):
    """The Result of comparing `outputs` with the Values that were `expected`."""
    total = 0
    for value, got in zip(expected, outputs, strict=True):
        problem, ties = differs(value, got)
        total += ties
        if problem:
            return Result(kind, problem)
    return Result("ok", ties=total)


def compile_all(programs, folder):
    """(results, libraries): a Result for each program that needs no C, and the libraries of the others by index."""
    results, libraries = [None] * len(programs), {}
    for i, program in enumerate(programs):
        name, home = f"g{i}", folder / f"g{i}"
        program.save(home)
        results[i] = burin("compile", home / "model.onnx", "-o", home / "lib", "--name", name, *program.flags())
        if results[i] is None:
            results[i] = interpret(home, program)
            if results[i].kind == "ok":
                libraries[i] = library_of(program, name, home / "lib")
        elif results[i].kind == "refused" and program.sizes:
            results[i].kind = "without sizes"  # not every program has a plan for all sizes
    return results, libraries


def library_of(program, name, folder):
    """What the library is given and gives in each run: states are neither inputs nor outputs."""
    ins, outs = ({pair[k] for pair in program.states} for k in (0, 1))
    runs = [batch.Run([v.array for v in run.inputs if v.name not in ins], [v for v in run.outputs if v.name not in outs])
            for run in program.runs]
    return batch.Library(name, folder, runs, program.sizes, bool(program.states))


def check(programs, turn=0):
    """One Result for each program; `turn` chooses the C compiler."""
    with tempfile.TemporaryDirectory(prefix="burin-fuzz-") as folder:
        folder = pathlib.Path(folder)
        results, libraries = compile_all(programs, folder)
        indices = list(libraries)
        for group in build_groups([libraries[i] for i in indices], folder, COMPILERS[turn % len(COMPILERS)]):
            group_libraries, words = group
            members = [i for i in indices if libraries[i] in group_libraries]
            if words is not None:
                for i in members:
                    results[i] = Result("C compiler", words[:2500])
                continue
            for i, outputs in zip(members, batch.run([libraries[i] for i in members], folder)):
                failed = isinstance(outputs, str)
                expected = [v for run in libraries[i].runs for v in run.outputs]
                results[i] = Result("C run", outputs) if failed else judge("generated C", expected, outputs)
        return results


def build_groups(libraries, folder, compiler):
    """Yields (libraries, compiler's words or None) with the program built: all at once, or halves where that fails."""
    if not libraries:
        return
    words = batch.build(libraries, folder, compiler)
    if words is None or len(libraries) == 1:
        yield libraries, words
        return
    middle = len(libraries) // 2
    yield from build_groups(libraries[:middle], folder, compiler)
    yield from build_groups(libraries[middle:], folder, compiler)


def summary(results):
    return collections.Counter(r.kind for r in results)
