"""Forms of operators that ONNX's own cases leave out, against the `onnx` package's reference implementation."""
import pathlib
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

RANDOM = np.random.default_rng(11)


def real(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def ints(*values):
    return np.array(values, np.int64)


def scalar(value):
    return np.array(value, np.int64)


def transforms():
    """(name, node, inputs, names of the constant ones, opset)."""
    for name, shape, axis, length, flags, dtype in (
            ("real", (2, 10, 1), 1, None, {}, "float32"),
            ("onesided", (2, 12, 1), 1, None, {"onesided": 1}, "float32"),
            ("onesided_odd", (3, 7, 1), -2, None, {"onesided": 1}, "float64"),
            ("complex_outer_axis", (5, 4, 6, 2), 0, None, {}, "float32"),
            ("padded", (2, 5, 2), 1, 16, {}, "float32"),
            ("cut", (2, 20, 1), 1, 9, {"onesided": 1}, "float16"),
            ("inverse", (2, 12, 2), 1, None, {"inverse": 1}, "float32"),
            ("inverse_outer_axis", (6, 3, 2), 0, 4, {"inverse": 1}, "float64"),
            ("to_real", (2, 7, 2), 1, None, {"inverse": 1, "onesided": 1}, "float32"),
            ("to_real_odd", (2, 7, 2), 1, 11, {"inverse": 1, "onesided": 1}, "float32"),
            ("to_real_padded", (2, 3, 2), 1, 12, {"inverse": 1, "onesided": 1}, "float32"),
            ("speech", (1, 400, 1), 1, None, {"onesided": 1}, "float32"),
            ("prime", (1, 127, 1), 1, None, {}, "float32"),
            ("one", (2, 1, 2), 1, None, {}, "float32")):
        inputs = {"x": real(*shape, dtype=dtype)}
        if length:
            inputs["length"] = scalar(length)
        names = ["x", "length" if length else ""]
        yield f"dft17_{name}", helper.make_node("DFT", [n for n in names if n], ["y"], axis=axis % len(shape), **flags), inputs, 17
        inputs = {**inputs, "axis": scalar(axis)}
        yield f"dft20_{name}", helper.make_node("DFT", [*names, "axis"], ["y"], **flags), inputs, 20
    step, length = scalar(7), scalar(12)
    yield "stft_window", helper.make_node("STFT", ["x", "s", "w"], ["y"]), {"x": real(2, 50, 1), "s": step, "w": real(12)}, 22
    yield ("stft_twosided", helper.make_node("STFT", ["x", "s", "w", "n"], ["y"], onesided=0),
           {"x": real(2, 50, 1), "s": step, "w": real(12), "n": length}, 22)
    yield ("stft_complex", helper.make_node("STFT", ["x", "s", "", "n"], ["y"], onesided=0),
           {"x": real(1, 40, 2), "s": step, "n": length}, 22)


def selections():
    for i, dtype in enumerate(("uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64", "float16", "float64")):
        x = RANDOM.integers(0, 9, size=(3, 6, 4)).astype(dtype)
        yield (f"top_k_{dtype}", helper.make_node("TopK", ["x", "k"], ["v", "i"], axis=i % 3, largest=i % 2),
               {"x": x, "k": ints(3)}, 24)
    yield "top_k_none", helper.make_node("TopK", ["x", "k"], ["v", "i"]), {"x": real(2, 3), "k": ints(0)}, 11
    for axis in (0, -1):
        yield (f"cumsum_axis_{axis}", helper.make_node("CumSum", ["x", "run"], ["y"], reverse=1),
               {"x": real(2, 3, 4), "run": scalar(axis)}, 14)
    for mode in ("linear", "circular"):
        yield (f"tensor_scatter_{mode}", helper.make_node("TensorScatter", ["c", "u", "run"], ["y"], mode=mode, axis=-1),
               {"c": real(2, 3, 5), "u": real(2, 3, 2), "run": ints(1, 3 + (mode == "circular"))}, 24)


def save(folder, node, inputs, opset):
    """Writes model and data. Inputs of rank 2 or more, windows ("w") and "run" are given at run time, the others are constants."""
    is_free = {k: v.ndim > 1 or k == "run" or k == "w" for k, v in inputs.items()}
    empty = [helper.make_empty_tensor_value_info(o) for o in node.output]
    free = [helper.make_tensor_value_info(k, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for k, v in inputs.items() if is_free[k]]
    graph = helper.make_graph([node], "g", free, empty, [numpy_helper.from_array(v, k) for k, v in inputs.items() if not is_free[k]])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    feeds = {k: v for k, v in inputs.items() if is_free[k]}
    outputs = [np.asarray(y) for y in ReferenceEvaluator(model).run(None, feeds)]
    for info, y in zip(model.graph.output, outputs):
        info.CopyFrom(helper.make_tensor_value_info(info.name, helper.np_dtype_to_tensor_dtype(y.dtype), y.shape))
    onnx.save(model, folder / "model.onnx")
    for kind, values in (("input", feeds.values()), ("output", outputs)):
        for k, value in enumerate(values):
            (folder / f"{kind}_{k}.pb").write_bytes(numpy_helper.from_array(value).SerializeToString())


@harness.group
def forms():
    for name, node, inputs, opset in (*transforms(), *selections()):
        with harness.temporary_folder() as folder:
            save(folder, node, inputs, opset)
            result = harness.run([harness.BURIN, "verify", folder / "model.onnx", "--data", folder, "--interpreter", "--name", "net",
                                  "--tolerance", "rtol=1e-3,atol=1e-4"], code=None)
        yield name, None if result.returncode == 0 else (result.stdout + result.stderr)[-400:]


@harness.case
def a_k_that_a_run_decides_is_named():
    with harness.temporary_folder() as folder:
        save(folder, helper.make_node("TopK", ["x", "run"], ["v", "i"]), {"x": real(2, 5), "run": ints(2)}, 11)
        stderr = harness.burin("compile", folder / "model.onnx", "-o", folder / "lib", code=1).stderr
    harness.check("BRN1203" in stderr and "how many elements" in stderr, stderr)


if __name__ == "__main__":
    harness.main()
