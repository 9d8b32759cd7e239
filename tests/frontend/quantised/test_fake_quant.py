"""Quantisation-aware training as PyTorch, tf2onnx and learned-interval quantisers export it: all of it must become integers,
equal to ONNX Runtime's floats between the quantisers."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness
import numpy as np
import onnx
import ort_cases
from onnx import TensorProto, helper

FLOAT, INT8, UINT8 = TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8


def f32(v):
    return np.asarray(v, np.float32)


class Graph:
    """Nodes under construction; every method returns the name of what it makes."""

    def __init__(self, seed, *shape):
        self.random = np.random.default_rng(seed)
        self.x = f32(self.random.normal(size=shape))
        self.nodes, self.constants = [], {}

    def constant(self, value):
        self.constants[f"c{len(self.constants)}"] = np.asarray(value)
        return f"c{len(self.constants) - 1}"

    def node(self, op, *inputs, **attributes):
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        self.nodes.append(helper.make_node(op, names, [f"t{len(self.nodes)}"], **attributes))
        return self.nodes[-1].output[0]

    def qdq(self, x, scale, zero, limits=None):
        """Between the two, PyTorch clips integers of a reduced range."""
        scale = f32(scale)
        q = self.node("QuantizeLinear", x, scale, zero)
        if limits:
            q = self.node("Clip", q, *(np.asarray(v, zero.dtype) for v in limits))
        return self.node("DequantizeLinear", q, scale, zero)

    def weights(self, *shape, spread=0.3):
        """int8 with a scale per output."""
        w = self.random.normal(size=shape) * spread
        scale = f32(np.abs(w).reshape(shape[0], -1).max(axis=1) / 127)
        q = np.clip(np.rint(w / scale.reshape(-1, *[1] * (len(shape) - 1))), -127, 127).astype(np.int8)
        return self.node("DequantizeLinear", q, scale, np.zeros(shape[0], np.int8), axis=0), scale

    def model(self):
        self.nodes[-1].output[0] = "y"
        return ort_cases.model(self.nodes, {"x": self.x}, {"y": FLOAT}, self.constants)

    def check(self):
        """None, or what differs from ONNX Runtime, or which layer computes with floats."""
        proto = self.model()
        problem = ort_cases.check(proto, {"x": self.x}, tolerance="rtol=0,atol=0")
        if problem:
            return problem
        with tempfile.TemporaryDirectory() as folder:
            onnx.save(proto, f"{folder}/net.onnx")
            harness.burin("compile", f"{folder}/net.onnx", "-o", f"{folder}/out", "--io", "x=quantized", "--io", "y=quantized")
            report = json.loads(pathlib.Path(folder, "out/report.json").read_text())
        floats = [(l["name"], l["float_because"]) for l in report["layers"] if l["arithmetic"] == "float"]
        return None if report["integer_only"] and not floats else f"floats: {floats}"


@harness.group
def pytorch_exports():
    for name, zero, limits in (("uint8 of 7 bits", np.uint8(0), (0, 127)), ("int8 of 4 bits", np.int8(0), (-8, 7)),
                               ("uint8", np.uint8(117), None), ("int8 narrow", np.int8(0), (-127, 127))):
        g = Graph(1, 1, 3, 9, 9)
        x = g.qdq("x", 0.031, zero, limits)
        w, scale = g.weights(6, 3, 3, 3)
        x = g.node("Relu", g.node("Conv", x, w, f32(g.random.normal(size=6)), pads=[1] * 4))
        x = g.qdq(x, 0.029, zero, limits)
        w, scale = g.weights(6, 1, 3, 3)
        x = g.node("Clip", g.node("Conv", x, w, group=6), f32(0), f32(6))
        x = g.qdq(x, 0.023, zero, limits)
        x = g.node("Flatten", g.qdq(g.node("GlobalAveragePool", x), 0.017, zero, limits))
        w, scale = g.weights(5, 6)
        g.qdq(g.node("Gemm", x, w, f32(g.random.normal(size=5)), transB=1), 0.041, zero, limits)
        yield name, g.check()


@harness.group
def decomposed_exports():
    """quantize_per_tensor and dequantize_per_tensor as arithmetic, with casts or without."""
    def pair(g, x, scale, zero, lo, hi, dtype):
        q = g.node("Add", g.node("Round", g.node("Div", x, f32(scale))), f32(zero)) if zero else g.node(
            "Round", g.node("Div", x, f32(scale)))
        q = g.node("Clip", q, f32(lo), f32(hi))
        if dtype:
            q = g.node("Cast", g.node("Cast", q, to=dtype), to=FLOAT)
        if zero:
            q = g.node("Sub", q, f32(zero))
        return g.node("Mul", q, f32(scale))

    for name, zero, lo, hi, dtype in (("int8 casts", 3, -128, 127, INT8), ("uint8 casts", 128, 0, 255, UINT8),
                                      ("no casts", 0, -8, 7, None), ("no casts, unsigned", 7, 0, 15, None)):
        g = Graph(2, 1, 4, 8, 8)
        x = pair(g, "x", 0.0371, zero, lo, hi, dtype)
        # Weights on a grid, which the exporter has turned to floats.
        scale = f32(g.random.uniform(0.01, 0.03, (5, 1, 1, 1)))
        w = f32(g.random.integers(-7, 8, (5, 4, 3, 3))) * scale
        x = g.node("Relu", g.node("Conv", x, w, f32(g.random.normal(size=5) * 0.1)))
        pair(g, x, 0.0533, zero, lo, hi, dtype)
        yield name, g.check()


@harness.group
def learned_intervals():
    """Each layer has learnt where its weights and inputs are pruned to 0 and where they are clipped; between, a line."""
    for name, bits in (("4 bits", 4), ("3 bits", 3), ("8 bits", 8)):
        g = Graph(3, 1, 3, 10, 10)
        x = g.qdq(g.node("Clip", "x", f32(-1.9), f32(1.7)), 0.017, np.int8(0))
        for k, (outs, ins) in enumerate(((6, 3), (6, 6))):
            levels = 2 ** (bits - 1) - 1
            w, prune, clip = g.random.normal(size=(outs, ins, 3, 3)) * 0.4, 0.05, 0.7
            # sign(w) * clip((|w| - prune) / (clip - prune), 0, 1), in levels: nodes on constants.
            w = g.constant(f32(w))
            sign, size = g.node("Sign", w), g.node("Abs", w)
            size = g.node("Clip", g.node("Div", g.node("Sub", size, f32(prune)), f32(clip - prune)), f32(0), f32(1))
            scale = f32(1 / levels)
            w = g.qdq(g.node("Mul", sign, size), scale, np.int8(0))
            x = g.node("Conv", x, w, f32(g.random.normal(size=outs) * 0.2), pads=[1] * 4)
            # Activations: the interval as a line and a clip, then as many levels as there are.
            x = g.node("Relu", x) if k else x
            x = g.node("Mul", x, f32(0.31 + k * 0.1))
            x = g.node("Clip", g.node("Sub", x, f32(0.02)), f32(0), f32(1))
            x = g.qdq(x, 1 / (2 ** bits - 1), np.uint8(0), (0, 2 ** bits - 1))
        yield name, g.check()


@harness.group
def weights_pruned_by_a_threshold():
    """where(|w| < t, 0, w) on constants folds away, and so does the same with a mask as a factor."""
    for form in ("where", "mask"):
        g = Graph(4, 1, 4, 6, 6)
        w = g.constant(f32(g.random.normal(size=(6, 4, 3, 3)) * 0.4))
        small = g.node("Less", g.node("Abs", w), f32(0.15))
        if form == "where":
            w = g.node("Where", small, f32(0), w)
        else:
            w = g.node("Mul", w, g.node("Cast", g.node("Not", small), to=FLOAT))
        w = g.qdq(g.node("Clip", w, f32(-0.8), f32(0.8)), 0.8 / 7, np.int8(0), (-7, 7))
        x = g.node("Conv", g.qdq("x", 0.02, np.int8(0)), w)
        g.qdq(x, 0.05, np.int8(0))
        yield form, g.check()


@harness.group
def tf2onnx_exports():
    """Everything between quantisers, channels last behind a transpose, biases as floats, relu6 as Clip, a residual."""
    g = Graph(5, 1, 8, 8, 3)
    x = g.node("Transpose", g.qdq("x", 0.0235, np.int8(-1)), perm=[0, 3, 1, 2])
    w, _ = g.weights(8, 3, 3, 3)
    x = g.node("Clip", g.node("Conv", x, w, f32(g.random.normal(size=8) * 0.2), pads=[0, 0, 1, 1], strides=[2, 2]), f32(0), f32(6))
    x = g.qdq(x, 6 / 255, np.int8(-128))
    w, scale = g.weights(8, 8, 1, 1)
    bias = g.node("DequantizeLinear", g.random.integers(-900, 900, 8).astype(np.int32), f32(6 / 255) * scale, np.zeros(8, np.int32),
                  axis=0)
    z = g.qdq(g.node("Conv", x, w, bias), 0.0412, np.int8(5))
    x = g.qdq(g.node("Add", x, z), 0.0533, np.int8(-9))
    x = g.qdq(g.node("ReduceMean", x, np.array([2, 3]), keepdims=0), 0.0177, np.int8(-20))
    w, _ = g.weights(10, 8)
    x = g.qdq(g.node("Add", g.node("MatMul", x, g.node("Transpose", w, perm=[1, 0])), f32(g.random.normal(size=10) * 0.3)), 0.02, np.int8(3))
    g.qdq(g.node("Softmax", x, axis=-1), 1 / 256, np.int8(-128))
    yield "mobile block", g.check()


@harness.group
def biases_between_steps():
    """Few bits, large steps: a float bias falls between the accumulator's steps, and its place decides results."""
    for bits in (2, 3, 4):
        levels = 2 ** (bits - 1) - 1
        g = Graph(6, 4, 24)
        x = g.qdq("x", 0.9, np.int8(0), (-levels, levels))
        scale = 0.4
        w = g.random.integers(-levels, levels + 1, (16, 24)).astype(np.int8)
        w = g.node("DequantizeLinear", w, f32(scale), np.int8(0))
        g.qdq(g.node("Gemm", x, w, f32(g.random.normal(size=16)), transB=1), 0.5, np.int8(0), (-8, 7))
        yield f"{bits} bits", g.check()


if __name__ == "__main__":
    harness.main()
