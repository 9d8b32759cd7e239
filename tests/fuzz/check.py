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

COMPILER = ["gcc", "-O1"]


class Result:
    """`kind`: "ok", "refused" (a numbered diagnostic), or what failed; `text` says more; `ties` are steps that ties allow."""

    def __init__(self, kind, text="", ties=0):
        self.kind, self.text, self.ties = kind, text, ties

    failed = property(lambda self: self.kind not in ("ok", "refused"))


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


def shapes(program):
    """Flags for inputs without elements: a dim of 0 in the model's text is an open one, as some exporters write it."""
    empty = [v for v in program.inputs if 0 in v.shape]
    return [f for v in empty for f in ("--shape", f"{v.name}=" + ",".join(map(str, v.shape)))]


def interpret(folder, program):
    """The Result of a failure, or the interpreter's outputs."""
    arguments = ["run", folder / "model.onnx", *shapes(program)]
    for k, _ in enumerate(program.inputs):
        arguments += ["--input", folder / f"test_data_set_0/input_{k}.pb"]
    for k, _ in enumerate(program.outputs):
        arguments += ["--output", folder / f"run_{k}.pb"]
    failure = burin(*arguments)
    if failure:
        return failure
    tensors = [onnx.load_tensor(folder / f"run_{k}.pb") for k in range(len(program.outputs))]
    return [numpy_helper.to_array(t) for t in tensors]


def judge(kind, program, outputs):
    """The Result of comparing `outputs` with what was expected."""
    total = 0
    for value, got in zip(program.outputs, outputs):
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
        results[i] = burin("compile", home / "model.onnx", "-o", home / "lib", "--name", name, *shapes(program))
        if results[i]:
            continue
        outputs = interpret(home, program)
        results[i] = outputs if isinstance(outputs, Result) else judge("interpreter", program, outputs)
        if results[i].kind == "ok":
            libraries[i] = batch.Library(name, home / "lib", [v.array for v in program.inputs],
                                         [v.array for v in program.outputs])
    return results, libraries


def check(programs):
    """One Result for each program."""
    with tempfile.TemporaryDirectory(prefix="burin-fuzz-") as folder:
        folder = pathlib.Path(folder)
        results, libraries = compile_all(programs, folder)
        indices = list(libraries)
        for group in build_groups([libraries[i] for i in indices], folder):
            group_libraries, words = group
            members = [i for i in indices if libraries[i] in group_libraries]
            if words is not None:
                for i in members:
                    results[i] = Result("C compiler", words[:2500])
                continue
            for i, outputs in zip(members, batch.run([libraries[i] for i in members], folder)):
                failed = isinstance(outputs, str)
                results[i] = Result("C run", outputs) if failed else judge("generated C", programs[i], outputs)
        return results


def build_groups(libraries, folder):
    """Yields (libraries, compiler's words or None) with the program built: all at once, or halves where that fails."""
    if not libraries:
        return
    words = batch.build(libraries, folder, COMPILER)
    if words is None or len(libraries) == 1:
        yield libraries, words
        return
    middle = len(libraries) // 2
    yield from build_groups(libraries[:middle], folder)
    yield from build_groups(libraries[middle:], folder)


def summary(results):
    return collections.Counter(r.kind for r in results)
