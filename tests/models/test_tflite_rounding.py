"""--rounding=tflite against a twin of TFLite's kernels in Python's integers: the same bits, in the interpreter and in the C."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import harness
import numpy as np
import onnx
import ort_cases
import tflite
from onnx import TensorProto, helper, numpy_helper

INT8 = TensorProto.INT8


def f32(v):
    return float(np.float32(v))


class Graph:
    """Operators between DequantizeLinear and QuantizeLinear, whose inputs and output are int8."""

    def __init__(self):
        self.nodes, self.constants, self.inputs = [], {}, {}

    def real(self, name, values, scale, zero, axis=None, is_input=False, dtype=np.int8):
        (self.inputs if is_input else self.constants)[name] = values
        self.constants[f"{name}_scale"] = np.float32(scale)
        self.constants[f"{name}_zero"] = np.zeros(np.shape(scale), dtype) + np.array(zero, dtype)
        self.nodes.append(helper.make_node("DequantizeLinear", [name, f"{name}_scale", f"{name}_zero"], [f"{name}_real"],
                                           **({} if axis is None else {"axis": axis})))
        return f"{name}_real"

    def result(self, op, inputs, scale, zero, **attributes):
        self.constants["y_scale"], self.constants["y_zero"] = np.float32(scale), np.int8(zero)
        self.nodes += [helper.make_node(op, inputs, ["real"], **attributes),
                       helper.make_node("QuantizeLinear", ["real", "y_scale", "y_zero"], ["y"])]

    def check(self, expected):
        """None if `verify` finds these integers in the library and in the interpreter."""
        proto = ort_cases.model(self.nodes, self.inputs, {"y": INT8}, self.constants)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            onnx.save(proto, folder / "net.onnx")
            for k, array in enumerate(self.inputs.values()):
                (folder / f"input_{k}.pb").write_bytes(numpy_helper.from_array(array).SerializeToString())
            (folder / "output_0.pb").write_bytes(numpy_helper.from_array(expected).SerializeToString())
            result = harness.run([harness.BURIN, "verify", "--interpreter", "--rounding", "tflite", folder / "net.onnx",
                                  "--data", folder, "--tolerance", "rtol=0,atol=0,steps=0"], code=None)
        return None if result.returncode == 0 else (result.stdout + result.stderr)[-1500:]


def bytes_of(random, *shape):
    return random.integers(-128, 128, shape).astype(np.int8)


@harness.group
def products():
    random = np.random.default_rng(1)
    for groups, kernel, scales in ((1, 3, 6), (6, 3, 6), (1, 1, 1)):
        sx, sy, zx, zy = f32(0.0235), f32(0.0471), -5, 7
        sw = np.float32(random.uniform(0.001, 0.03, scales))
        x, w = bytes_of(random, 1, 6, 7, 7), bytes_of(random, 6, 6 // groups, kernel, kernel)
        bias = random.integers(-2000, 2000, 6).astype(np.int32)
        graph = Graph()
        inputs = [graph.real("x", x, sx, zx, is_input=True),
                  graph.real("w", w, sw if scales > 1 else sw[0], 0, axis=0 if scales > 1 else None),
                  graph.real("b", bias, np.float32(sx) * sw if scales > 1 else np.float32(sx) * sw[0], 0,
                             axis=0 if scales > 1 else None, dtype=np.int32)]
        graph.result("Conv", inputs, sy, zy, group=groups)
        out = 8 - kernel
        acc = np.zeros((1, out, out, 6), np.int64)
        for o in range(6):
            first = o // (6 // groups) * (6 // groups) if groups > 1 else 0
            for i in range(out):
                for j in range(out):
                    part = x[0, first:first + 6 // groups, i:i + kernel, j:j + kernel].astype(np.int64) - zx
                    acc[0, i, j, o] = np.sum(part * w[o]) + bias[o]
        expected = tflite.product(acc, sx, sw.astype(float), sy, zy, np.int8).transpose(0, 3, 1, 2)
        yield f"Conv {groups} groups, kernel {kernel}, {scales} scales", graph.check(np.ascontiguousarray(expected))
    graph, x, w = Graph(), bytes_of(random, 4, 40), bytes_of(random, 40, 9)
    sx, sw, sy = f32(0.0313), f32(0.0127), f32(0.333)
    graph.result("MatMul", [graph.real("x", x, sx, 11, is_input=True), graph.real("w", w, sw, 0)], sy, -3)
    acc = (x.astype(np.int64) - 11) @ w.astype(np.int64)
    yield "MatMul", graph.check(tflite.product(acc, sx, sw, sy, -3, np.int8, as_float=True))


@harness.group
def sums_and_products():
    random = np.random.default_rng(2)
    for round_ in range(4):
        sa, sb, sy = (f32(v) for v in random.uniform(0.01, 0.1, 3))
        za, zb, zy = (int(v) for v in random.integers(-40, 40, 3))
        a, b = bytes_of(random, 2, 500), bytes_of(random, 2, 500)
        for op, values in (("Add", lambda: tflite.add(a, sa, za, b, sb, zb, sy, zy)),
                           ("Sub", lambda: tflite.add(a, sa, za, b, sb, zb, sy, zy, sign=-1)),
                           ("Mul", lambda: tflite.mul(a, sa, za, b, sb, zb, sy, zy))):
            graph = Graph()
            graph.result(op, [graph.real("a", a, sa, za, is_input=True), graph.real("b", b, sb, zb, is_input=True)], sy, zy)
            yield f"{op} {round_}", graph.check(values())


@harness.group
def averages():
    random = np.random.default_rng(3)
    x, s, z = bytes_of(random, 1, 5, 6, 6), f32(0.04), 9
    graph = Graph()
    graph.result("AveragePool", [graph.real("x", x, s, z, is_input=True)], s, z, kernel_shape=[2, 2], strides=[2, 2])
    total = x.astype(np.int64).reshape(1, 5, 3, 2, 3, 2).sum(axis=(3, 5))
    yield "AveragePool", graph.check(tflite.average(total, 4).astype(np.int8))
    for sy, zy in ((s, z), (f32(0.031), -4)):
        graph = Graph()
        graph.result("GlobalAveragePool", [graph.real("x", x, s, z, is_input=True)], sy, zy)
        total = (x.astype(np.int64) - z).sum(axis=(2, 3), keepdims=True)
        yield f"mean to scale {sy:.3f}", graph.check(tflite.mean(total, 36, s, sy, zy, np.int8))


@harness.group
def functions():
    random = np.random.default_rng(4)
    for s in (f32(0.0213), f32(0.11), f32(0.6)):
        x = bytes_of(random, 40, 12)
        graph = Graph()
        graph.result("Softmax", [graph.real("x", x, s, 4, is_input=True)], 1 / 256, -128, axis=1)
        yield f"Softmax of scale {s:.3f}", graph.check(tflite.softmax(x, s))
        x = np.arange(-128, 128, dtype=np.int8).reshape(2, 128)
        graph = Graph()
        graph.result("Sigmoid", [graph.real("x", x, s, 4, is_input=True)], 1 / 256, -128)
        yield f"Sigmoid of scale {s:.3f}", graph.check(tflite.logistic(x, s, 4))


if __name__ == "__main__":
    harness.main()
