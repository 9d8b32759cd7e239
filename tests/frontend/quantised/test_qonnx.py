"""Models of quantisation-aware training in QONNX's operators, as Brevitas and its kin export them: every operator against its
definition, and networks that must become integers throughout, equal to the last bit."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness
import numpy as np
import onnx
import ort_cases
import qonnx_twin as twin
from onnx import TensorProto, helper

FLOAT = TensorProto.FLOAT
DOMAINS = ("onnx.brevitas", "qonnx.custom_op.general", "finn.custom_op.general")
EXACT = "rtol=0,atol=0"


def f32(values):
    return np.asarray(values, np.float32)


class Network:
    """A graph under construction, and beside it what each tensor holds for one input, in float64."""

    def __init__(self, x, domain=DOMAINS[0]):
        self.domain, self.nodes, self.constants = domain, [], {}
        self.x, self.values = f32(x), {"x": f32(x).astype(np.float64)}

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants[name] = value = np.asarray(value)
        self.values[name] = value.astype(np.float64)
        return name

    def node(self, op, inputs, value, domain="", **attributes):
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], domain=domain, **attributes))
        self.values[name] = value
        return name

    def quant(self, x, scale, bits, zero=0.0, op="Quant", **attributes):
        inputs = [x, *(self.constant(f32(v)) for v in (scale, zero, bits))]
        value = twin.quant(self.values[x], *(self.values[i] for i in inputs[1:3]), bits, **attributes)
        return self.node(op, inputs, value, self.domain, **attributes)

    def weights(self, w, bits, axis=0, **attributes):
        """Constant weights with a scale per output."""
        w = f32(w)
        others = tuple(i for i in range(w.ndim) if i != axis)
        scale = f32(np.abs(w).max(axis=others, keepdims=True) / (2 ** (bits - 1) - 1 if bits > 1 else 1))
        return self.quant(self.constant(w), scale, bits, **attributes)

    def conv(self, x, w, bias=None, pad=0, stride=1, groups=1):
        inputs = [x, w] + ([bias] if bias else [])
        value = twin.conv(*(self.values[i] for i in inputs), pad=pad, stride=stride, groups=groups)
        return self.node("Conv", inputs, value, pads=[pad] * 4, strides=[stride] * 2, group=groups)

    def relu(self, x):
        return self.node("Relu", [x], np.maximum(self.values[x], 0))

    def add(self, a, b):
        return self.node("Add", [a, b], self.values[a] + self.values[b])

    def batch_norm(self, x, scale, shift, mean, variance):
        inputs = [x, *(self.constant(f32(v)) for v in (scale, shift, mean, variance))]
        value, *vectors = (self.values[i] for i in inputs)
        scale, shift, mean, variance = (v.reshape(1, -1, 1, 1) for v in vectors)
        epsilon = float(np.float32(1e-5))
        return self.node("BatchNormalization", inputs, (value - mean) / np.sqrt(variance + epsilon) * scale + shift)

    def mean(self, x):
        return self.node("GlobalAveragePool", [x], self.values[x].mean(axis=(2, 3), keepdims=True))

    def flatten(self, x):
        return self.node("Flatten", [x], self.values[x].reshape(len(self.values[x]), -1))

    def gemm(self, x, w, bias=None):
        value = self.values[x] @ self.values[w].T
        return self.node("Gemm", [x, w] + ([bias] if bias else []), value if bias is None else value + self.values[bias],
                         transB=1)

    def model(self, y, imports=True):
        self.nodes[-1].output[0] = "y"
        self.values["y"] = self.values[y]
        proto = ort_cases.model(self.nodes, {"x": self.x}, {"y": FLOAT}, self.constants, {self.domain: 1} if imports else {})
        return proto

    def check(self, y, imports=True, tolerance=EXACT):
        proto = self.model(y, imports)
        return ort_cases.check(proto, {"x": self.x}, [f32(self.values["y"])], tolerance)

    def report(self, *flags):
        """report.json of the model with integers at the boundary."""
        proto = ort_cases.model(self.nodes, {"x": self.x}, {"y": FLOAT}, self.constants, {self.domain: 1})
        with tempfile.TemporaryDirectory() as folder:
            onnx.save(proto, f"{folder}/net.onnx")
            harness.run([harness.BURIN, "compile", f"{folder}/net.onnx", "-o", f"{folder}/out", *flags])
            return json.loads(pathlib.Path(folder, "out/report.json").read_text())

    def is_integer_only(self):
        """None, or which layers compute with floats."""
        report = self.report("--io", "x=quantized", "--io", "y=quantized")
        if report["integer_only"]:
            return None
        return json.dumps([(l["name"], l["float_because"]) for l in report["layers"] if l["arithmetic"] == "float"])


def random_network(seed):
    return np.random.default_rng(seed)


@harness.group
def quant_of_activations_and_constants():
    x = f32(random_network(1).normal(size=(1, 4, 5, 6)) * 3)
    for op, domain in zip(("Quant", "IntQuant", "Quant"), DOMAINS):
        for bits in (1, 2, 3, 4, 7, 8, 12):
            for signed, narrow in ((1, 0), (1, 1), (0, 0), (0, 1)):
                if bits == 1 and (signed or narrow):
                    continue
                net = Network(x, domain)
                y = net.quant("x", 0.37, bits, op=op, signed=signed, narrow=narrow)
                yield f"{op} {bits} bits signed {signed} narrow {narrow}", net.check(y)
                net = Network(x, domain)
                w = net.quant(net.constant(x), 0.37, bits, op=op, signed=signed, narrow=narrow)
                yield f"{op} constant {bits} bits signed {signed} narrow {narrow}", net.check(
                    net.add("x", w), tolerance="rtol=1e-6,atol=1e-6")


@harness.group
def quant_with_zero_points_and_axes():
    x = f32(random_network(2).normal(size=(2, 4, 5, 6)) * 3)
    scales = f32([0.1, 0.2, 0.3, 0.4]).reshape(1, 4, 1, 1)
    for name, scale, zero, bits, signed in (("zero point", 0.21, 6, 4, 0), ("odd zero point", 0.21, 5, 4, 0),
                                            ("of 8 bits", 0.037, 131, 8, 0), ("per channel", scales, 0, 8, 1),
                                            ("per channel with zeros", scales, f32([2, 4, 6, 8]).reshape(1, 4, 1, 1), 4, 0)):
        net = Network(x)
        yield name, net.check(net.quant("x", scale, bits, zero, signed=signed))


@harness.group
def rounding_modes():
    # Multiples of a half: ties of both signs.
    x = f32(np.arange(-24, 25) * 0.25).reshape(1, 7, 7)
    for mode in ("ROUND", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN", "half_up"):
        net = Network(x)
        yield mode, net.check(net.quant("x", 0.5, 4, rounding_mode=mode))
        net = Network(x)
        yield f"{mode} of a constant", net.check(net.add("x", net.quant(net.constant(x), 0.5, 4, rounding_mode=mode)))


@harness.group
def bipolar_and_trunc():
    x = f32(random_network(3).normal(size=(1, 3, 4, 5)) * 4)
    x[0, 0, 0, 0] = 0
    net = Network(x)
    yield "BipolarQuant", net.check(net.node("BipolarQuant", ["x", net.constant(f32(0.3))], twin.bipolar(
        net.values["x"], float(f32(0.3))), net.domain))
    net = Network(x)
    w = net.node("BipolarQuant", [net.constant(x), net.constant(f32(0.5))], twin.bipolar(f32(x), 0.5), net.domain)
    yield "BipolarQuant of a constant", net.check(net.add("x", w))
    for mode in ("FLOOR", "ROUND", "CEIL"):
        net = Network(x)
        inputs = ["x", *(net.constant(f32(v)) for v in (0.25, 0, 8, 6))]
        yield f"Trunc-1 {mode}", net.check(net.node("Trunc", inputs, twin.trunc(
            net.values["x"], 0.25, 0, 8, 6, mode), net.domain, rounding_mode=mode))
        net = Network(x)
        inputs = ["x", *(net.constant(f32(v)) for v in (0.25, 4, 8, 1.0, 4))]
        yield f"Trunc-2 {mode}", net.check(net.node("Trunc", inputs, twin.trunc_to(
            net.values["x"], 0.25, 4, 8, 1.0, 4, signed=0, rounding_mode=mode), net.domain, rounding_mode=mode, signed=0))


@harness.group
def multi_threshold():
    x = f32(random_network(5).normal(size=(2, 3, 4, 5)) * 4)
    for rows in (1, 3):
        for count, scale, bias in ((3, 1.0, 0.0), (7, 0.5, -1.5), (30, 0.25, -4.0), (3, 1.0, 0.3)):
            thresholds = f32(np.sort(random_network(rows * 100 + count).normal(size=(rows, count)) * 4, axis=1))
            thresholds[0, 0] = x[0, 0, 0, 0]
            net = Network(x)
            y = net.node("MultiThreshold", ["x", net.constant(thresholds)], twin.multi_threshold(
                net.values["x"], thresholds.astype(np.float64), scale, bias), net.domain, out_dtype="INT8", out_scale=scale,
                out_bias=bias)
            yield f"{rows} rows of {count}, scale {scale}, bias {bias}", net.check(y, tolerance="rtol=1e-6,atol=1e-6")


def classifier(seed, bits, domain=DOMAINS[0], float_bias=True):
    """Convolutions with batch norms of both signs, a depthwise one with a bias of 16 bits, a residual sum, a mean, and a
    product."""
    r = random_network(seed)
    net = Network(r.normal(size=(1, 3, 10, 10)), domain)
    x = net.quant("x", 0.02, 8)
    x = net.conv(x, net.weights(r.normal(size=(8, 3, 3, 3)) * 0.3, bits, narrow=1), pad=1)
    x = net.batch_norm(x, r.normal(size=8), r.normal(size=8) * 0.3, r.normal(size=8) * 0.1, r.uniform(0.5, 2, 8))
    x = net.quant(net.relu(x), 4.1 / 2 ** bits, bits, signed=0)
    bias = net.quant(net.constant(f32(r.normal(size=8) * 0.2)), 0.00013, 16)
    z = net.conv(x, net.weights(r.normal(size=(8, 1, 3, 3)) * 0.4, bits), bias, pad=1, groups=8)
    z = net.quant(z, 5.3 / 2 ** bits, bits)
    x = net.quant(net.relu(net.add(x, z)), 6.3 / 2 ** bits, bits, signed=0)
    bias = net.constant(f32(r.normal(size=12) * 0.2)) if float_bias else None
    x = net.conv(x, net.weights(r.normal(size=(12, 8, 1, 1)) * 0.4, bits, narrow=1), bias, stride=2)
    x = net.quant(net.mean(net.quant(net.relu(x), 3.7 / 2 ** bits, bits, signed=0)), 0.011, 8, signed=0)
    bias = net.constant(f32(r.normal(size=5) * 0.2)) if float_bias else None
    y = net.gemm(net.flatten(x), net.weights(r.normal(size=(5, 12)) * 0.4, 8), bias)
    return net, net.quant(y, 0.017, 8)


@harness.group
def networks_become_integers():
    for seed, bits in enumerate((2, 3, 4, 5, 6, 8)):
        for domain in DOMAINS if bits == 4 else DOMAINS[:1]:
            net, y = classifier(100 + seed, bits, domain)
            yield f"{bits} bits {domain}: outputs", net.check(y)
            yield f"{bits} bits {domain}: integers only", net.is_integer_only()


@harness.case
def a_domain_without_an_import_is_read():
    net, y = classifier(7, 4)
    problem = net.check(y, imports=False)
    harness.check(problem is None, problem)


@harness.case
def products_with_real_results_sum_integers():
    """The last product of many exports isn't quantised: its sums are, and one multiplication per result makes reals."""
    r = random_network(9)
    net = Network(r.normal(size=(1, 32)))
    x = net.quant("x", 0.03, 8)
    y = net.gemm(x, net.weights(r.normal(size=(10, 32)), 8), net.constant(f32(r.normal(size=10))))
    problem = net.check(y, tolerance="rtol=1e-6,atol=1e-6")
    harness.check(problem is None, problem)
    products = [l for l in net.report()["layers"] if l["macs"]]
    harness.equal([l["arithmetic"] for l in products], ["integer"], "arithmetic of the products")


@harness.case
def wrong_quantisers_are_reported():
    for bits, message in ((2.5, "positive integer"), (0, "positive integer"), (40, "number of bits")):
        net = Network(np.ones((1, 4)))
        inputs = ["x", *(net.constant(f32(v)) for v in (0.1, 0, bits))]
        net.node("Quant", inputs, net.values["x"], net.domain)
        with tempfile.TemporaryDirectory() as folder:
            onnx.save(net.model("t0"), f"{folder}/net.onnx")
            result = harness.run([harness.BURIN, "inspect", f"{folder}/net.onnx"], code=1)
            harness.check("BRN12" in result.stderr and message in result.stderr, result.stderr)


if __name__ == "__main__":
    harness.main()
