"""Quantised weights of few bits in the library: packed tables, the same outputs as with a byte a weight on every machine, and
as ONNX Runtime has them."""
import json
import pathlib
import re
import shutil
import sys

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
import ort_cases
import quantised

# All constants of the library with weights of 4 bits, at most, as a part of those with weights of 8 bits. None: no limit.
LIMITS = {"mlperf_kws_dscnn_f32": 0.62, "mlperf_ic_resnet8_f32": 0.56, "mlperf_ad_ae_f32": 0.56, "mlperf_vww_mbv1_f32": None}
EMULATORS = {"cortex-m4": "qemu-system-arm", "cortex-m55": "qemu-system-arm", "rv32imc": "qemu-system-riscv32",
             "aarch64": "qemu-aarch64"}
SMALL, LARGE = np.float32(2.0**-6), np.float32(2.0**-3)  # powers of two: float sums are exact, also ONNX Runtime's


def sample_of(name):
    folder = harness.data("models", name, "test_data_set_0")
    return numpy_helper.to_array(TensorProto.FromString((folder / "input_0.pb").read_bytes()))


def saved_model(folder, proto, inputs, outputs):
    folder.mkdir()
    onnx.save(proto, folder / "model.onnx")
    for kind, arrays in (("input", inputs), ("output", outputs)):
        for k, array in enumerate(arrays):
            (folder / f"{kind}_{k}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())
    return folder


def constants(folder, model):
    """Bytes of all constants, and of the weights, of the library of a model."""
    harness.burin("compile", model, "-o", folder / "lib", "--name", "net")
    text = (folder / "lib" / "net_weights.c").read_text()
    named = re.findall(r"read by \w+: ([\d ]+) B[^/]*\*/\nconst \w+ net_\w+_weights\[", text)
    total = json.loads((folder / "lib" / "report.json").read_text())["flash"]["constants"]
    return total, sum(int(size.replace(" ", "")) for size in named)


def outputs_on(folder, data, target, atol, *flags):
    out = folder / ("saved_" + target)
    harness.run([harness.BURIN, "verify", data / "model.onnx", "--data", data, "--target", target, "--save", out,
                 "--tolerance", f"rtol=0,atol={atol}", *flags])
    return [p.read_bytes() for p in sorted(out.glob("output_*.pb"))]


@harness.group
def constants_of_networks():
    for name, limit in LIMITS.items():
        model, sample = onnx.load(harness.data("models", name, "model.onnx")), sample_of(name)
        with harness.temporary_folder() as folder:
            sizes = {}
            for bits in (8, 4):
                onnx.save(quantised.quantised(model, bits, sample), folder / f"w{bits}.onnx")
                sizes[bits] = constants(folder, folder / f"w{bits}.onnx")
        (all8, weights8), (all4, weights4) = sizes[8], sizes[4]
        print(f"{name}: constants {all4} of {all8} B ({all4 / all8:.3f}), weights {weights4} of {weights8} B "
              f"({weights4 / weights8:.3f})")
        good = weights4 <= 0.51 * weights8 and (limit is None or all4 <= limit * all8)
        yield name, None if good else f"constants {all4} of {all8}, weights {weights4} of {weights8}"


@harness.group
def networks_on_every_machine():
    """Weights of 4 bits, packed, against the same weights a byte each."""
    for name in LIMITS:
        model, sample = onnx.load(harness.data("models", name, "model.onnx")), sample_of(name)
        packed = quantised.quantised(model, 4, sample)
        expected = ort_cases.reference(packed, {packed.graph.input[0].name: sample})
        steps = 3 * float(np.ptp(expected[0])) / 255  # float references round ties otherwise
        with harness.temporary_folder() as folder:
            data = saved_model(folder / "packed", packed, [sample], expected)
            bytewise = saved_model(folder / "bytes", quantised.as_bytes(packed), [sample], expected)
            host = outputs_on(folder / "bytes", bytewise, "c99", steps)
            for target in ("c99", *EMULATORS):
                if target in EMULATORS and not shutil.which(EMULATORS[target]):
                    yield f"{name}/{target}", harness.Skip(f"{EMULATORS[target]} is not installed")
                    continue
                same = outputs_on(folder / "packed", data, target, steps) == host
                yield f"{name}/{target}", None if same else "other outputs than with a byte a weight"


@harness.group
def rounding_of_tflite():
    """The kernels that round as TFLite does unpack, too."""
    for name in ("mlperf_kws_dscnn_f32", "mlperf_ad_ae_f32"):
        model, sample = onnx.load(harness.data("models", name, "model.onnx")), sample_of(name)
        packed = quantised.quantised(model, 4, sample)
        expected = ort_cases.reference(packed, {packed.graph.input[0].name: sample})
        atol = float(np.ptp(expected[0])) / 10  # TFLite rounds otherwise; what counts is that both agree
        with harness.temporary_folder() as folder:
            data = saved_model(folder / "packed", packed, [sample], expected)
            bytewise = saved_model(folder / "bytes", quantised.as_bytes(packed), [sample], expected)
            outputs = [outputs_on(d, d, "c99", atol, "--rounding", "tflite") for d in (data, bytewise)]
        yield name, None if outputs[0] == outputs[1] else "other outputs than with a byte a weight"


# --- single operators, of odd sizes ----------------------------------------------------------------------------------

KINDS = {"int4": (ml_dtypes.int4, -8, 7), "uint4": (ml_dtypes.uint4, 0, 15), "int8": (np.int8, -128, 127),
         "uint8": (np.uint8, 0, 255)}


class Graph:
    """A quantised operator between Q and DQ, or, with float activations, its weights alone behind DQ."""

    def __init__(self, rng, kind, activations):
        self.rng, self.kind, self.activations = rng, kind, activations
        self.constants, self.nodes = {}, []

    def activation(self, name, result, scale, zero):
        if self.activations is None:
            self.nodes.append(helper.make_node("Identity", [name], [result]))
            return
        self.constants |= {result + "_scale": scale, result + "_zero": self.activations(zero)}
        operands = [result + "_scale", result + "_zero"]
        self.nodes.append(helper.make_node("QuantizeLinear", [name, *operands], [result + "_q"]))
        self.nodes.append(helper.make_node("DequantizeLinear", [result + "_q", *operands], [result]))

    def weights(self, shape, axis, asymmetric, block=0):
        dtype, low, high = KINDS[self.kind]
        self.constants["w"] = self.rng.integers(low, high, shape, endpoint=True).astype(dtype)
        scales, attributes = (), {}
        if block > 0:
            scales = tuple(-(-n // block) if i == axis else n for i, n in enumerate(shape))
            attributes = {"axis": axis, "block_size": block}
        elif axis is not None:
            scales, attributes = (shape[axis],), {"axis": axis}
        self.constants["w_scale"] = np.exp2(self.rng.integers(-7, -4, scales)).astype(np.float32)
        operands = ["w", "w_scale"]
        if asymmetric or low == 0:
            middle = (low + high + 1) // 2
            zeros = self.rng.integers(low, high, scales, endpoint=True) if asymmetric else np.full(scales, middle)
            self.constants["w_zero"] = zeros.astype(dtype)
            operands.append("w_zero")
        self.nodes.append(helper.make_node("DequantizeLinear", operands, ["wf"], **attributes))

    def check(self, op, shape, bias, **attributes):
        self.activation("x", "xf", SMALL, 3)
        operands = ["xf", "wf"]
        if bias:
            scales = self.constants["w_scale"]
            self.constants |= {"b": self.rng.integers(-900, 900, bias).astype(np.int32),
                               "b_scale": np.broadcast_to(SMALL * scales, (bias,)).astype(np.float32)}
            self.nodes.append(helper.make_node("DequantizeLinear", ["b", "b_scale"], ["bf"], axis=0))
            operands.append("bf")
        self.nodes.append(helper.make_node(op, operands, ["r"], **attributes))
        self.activation("r", "y", LARGE, -5 if self.activations is np.int8 else 120)
        x = self.rng.integers(-100, 100, shape).astype(np.float32) * SMALL
        proto = ort_cases.model(self.nodes, {"x": x}, {"y": TensorProto.FLOAT}, self.constants)
        return ort_cases.check(proto, {"x": x}, tolerance="rtol=1e-5,atol=1e-5")


def operators(rng, graph, i):
    """One random operator of each sort; `i` counts the sizes through."""
    asymmetric, per_axis = i % 3 == 0, i % 4 != 0
    axis = lambda a: a if per_axis else None
    c, o, k = 1 + i % 7, 1 + i % 6, 1 + i % 3

    def conv(groups, inputs, outputs):
        g = graph()
        g.weights((outputs, inputs // groups, k, k), axis(0), asymmetric)
        pads = [int(p) for p in rng.integers(0, k, 4)]
        return g.check("Conv", (1 + i % 2, inputs, 6, 7), outputs if i % 2 else 0, group=groups, pads=pads,
                       strides=[1 + i % 2, 1], dilations=[1, 1 + i % 2])

    yield "conv", conv(1, c, o)
    yield "grouped conv", conv(2, 2 * c, 2 * o)
    yield "depthwise", conv(c, c, c)
    g = graph()
    g.weights((c * 5 - 4, o), axis(1), asymmetric)
    yield "matmul", g.check("MatMul", (3, c * 5 - 4), 0)
    g = graph()
    g.weights((o, c * 9), axis(0), asymmetric)
    yield "gemm", g.check("Gemm", (2, c * 9), o, transB=1)


@harness.group
def operators_of_odd_sizes():
    rng = np.random.default_rng(7)
    for kind in ("int4", "uint4", "int8", "uint8"):
        for activations in (np.int8, np.uint8, None):
            if activations is not None and kind.endswith("8"):
                continue  # bytes on bytes are not packed
            for i in range(12):
                for name, problem in operators(rng, lambda: Graph(rng, kind, activations), i):
                    word = "float" if activations is None else activations.__name__
                    yield f"{word} x {kind} {name} {i}", problem


def gathered(graph, indices, axis):
    """Gather of the dequantised table, checked, and the bytes of the library's constants."""
    graph.nodes.append(helper.make_node("Gather", ["wf", "i"], ["y"], axis=axis))
    inputs = {"i": np.array(indices, np.int64)}
    proto = ort_cases.model(graph.nodes, inputs, {"y": TensorProto.FLOAT}, graph.constants)
    problem = ort_cases.check(proto, inputs)
    with harness.temporary_folder() as folder:
        onnx.save(proto, folder / "net.onnx")
        return problem, constants(folder, folder / "net.onnx")[0]


@harness.group
def gathered_tables():
    """Embeddings: the table isn't stored as floats."""
    rng = np.random.default_rng(9)
    rows, columns = 40, 33
    for kind, (dtype, low, high) in KINDS.items():
        bits = 8 if high - low > 15 else 4
        for name, axis, block in (("one scale", None, 0),):
            for asymmetric in (False, True):
                graph = Graph(rng, kind, None)
                graph.weights((rows, columns), axis, asymmetric, block)
                problem, size = gathered(graph, [[3, -1, 0], [39, 17, -40]], 0)
                scales = rows * {None: 0, 0: 1, 1: 3}[axis]
                limit = rows * -(-columns * bits // 8) + scales * 5 + 16
                if problem is None and size > limit:
                    problem = f"{size} B of constants, at most {limit}"
                yield f"{kind} {name}{' asymmetric' if asymmetric else ''}", problem


@harness.group
def products_in_blocks():
    rng = np.random.default_rng(8)
    for kind in KINDS:
        for i in range(8):
            depth, outputs, block = 5 + 9 * i, 1 + i % 5, 8 * (1 + i % 3)
            g = Graph(rng, kind, None)
            g.weights((depth, outputs), 0, i % 2 == 0, block)
            yield f"{kind} matmul {i}", g.check("MatMul", (2, 3, depth), 0)
            g = Graph(rng, kind, None)
            g.weights((outputs, depth), 1, i % 2 == 0, block)
            yield f"{kind} gemm {i}", g.check("Gemm", (4, depth), 0, transB=1)


if __name__ == "__main__":
    harness.main()
