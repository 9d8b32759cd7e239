"""Constant tables in one C file, in several, or as bytes: the same library, whose parts belong together."""
import pathlib
import sys

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
from strict import C_ONLY, STRICT

DIGITS = harness.ROOT / "examples/digits/int8/model.onnx"
FLOAT = onnx.TensorProto.FLOAT


def wide_layers(path, widths=(64, 700, 500, 400, 8)):
    """Products with tables of 180 kB, 1.4 MB, 800 kB and 13 kB."""
    rng = np.random.default_rng(3)
    nodes, weights = [], []
    for i, shape in enumerate(zip(widths, widths[1:])):
        weights.append(onnx.numpy_helper.from_array(rng.normal(0, 0.05, shape).astype(np.float32), f"w{i}"))
        nodes.append(oh.make_node("MatMul", [f"t{i}", f"w{i}"], [f"t{i + 1}"]))
    graph = oh.make_graph(nodes, "net", [oh.make_tensor_value_info("t0", FLOAT, [1, widths[0]])],
                          [oh.make_tensor_value_info(f"t{len(nodes)}", FLOAT, [1, widths[-1]])], weights)
    onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
    return path


def models(folder):
    yield "digits", DIGITS
    yield "wide", wide_layers(folder / "wide.onnx")


def built(library, build):
    """What the library's own test says."""
    harness.run(["cmake", "-S", library, "-B", build])
    harness.run(["cmake", "--build", build])
    return harness.run([build / "net_test"], code=None).stdout.strip()


@harness.group
def build_and_pass_their_own_test():
    for form in ("files", "bin"):
        with harness.temporary_folder() as folder:
            for name, path in models(folder):
                library = folder / name
                harness.burin("compile", path, "-o", library, "--name", "net", "--weights", form)
                said = built(library, folder / f"{name}_build")
                yield f"{form}/{name}", None if said == "PASS net" else said[-800:]


@harness.group
def verify():
    for target in ("c99", "cortex-m4", "rv32imc"):
        for form in ("files", "bin"):
            try:
                out = harness.burin("verify", DIGITS, "--target", target, "--weights", form).stdout
                problem = None if "verify PASS" in out else out[-800:]
            except harness.Skip as reason:
                problem = reason
            yield f"{target}/{form}", problem


@harness.group
def strict_warnings():
    for compiler, flags in (("gcc", ["-std=c99", *C_ONLY]), ("clang-22", ["-std=c99", *C_ONLY]),
                            ("g++", ["-std=c++17", "-x", "c++"])):
        with harness.temporary_folder() as folder:
            harness.burin("compile", DIGITS, "-o", folder / "lib", "--name", "net", "--weights", "bin")
            result = harness.run([compiler, *flags, *STRICT, "-O2", "-c", folder / "lib/net.c", "-o", folder / "x.o"], code=None)
            yield compiler, None if result.returncode == 0 else result.stderr[:1500]


@harness.group
def parts():
    with harness.temporary_folder() as folder:
        path = wide_layers(folder / "wide.onnx")
        for form in ("c", "files", "bin"):
            harness.burin("compile", path, "-o", folder / form, "--name", "net", "--weights", form)
        one = (folder / "c/net_weights.c").read_text()
        files = sorted((folder / "files").glob("net_weights*.c"))
        tables = [f.read_text().count("\nconst ") for f in files]
        yield "several files", None if len(files) == 4 and all(tables) and sum(tables) == one.count("\nconst ") else str(tables)
        weights = b"".join(onnx.numpy_helper.to_array(w).tobytes() for w in onnx.load(path).graph.initializer)
        # Tables may be transposed for the kernels; the bytes are the model's in some order.
        given = (folder / "bin/net_weights.bin").read_bytes()
        yield "bytes", None if sorted(np.frombuffer(given, np.uint32)) == sorted(np.frombuffer(weights, np.uint32)) else "differ"


@harness.group
def bytes_of_another_run():
    with harness.temporary_folder() as folder:
        library = folder / "lib"
        harness.burin("compile", DIGITS, "-o", library, "--name", "net", "--weights", "bin")
        table = library / "net_weights.bin"
        table.write_bytes(table.read_bytes()[:-4])
        harness.run(["cmake", "-S", library, "-B", folder / "build"])
        result = harness.run(["cmake", "--build", folder / "build"], code=None)
        said = result.stdout + result.stderr
        yield "too short", None if result.returncode != 0 and "another run of burin" in said else said[-800:]


if __name__ == "__main__":
    harness.main()
