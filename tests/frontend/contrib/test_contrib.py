"""com.microsoft: what ONNX Runtime's optimiser and quantiser write, and quantised operators with run-time parameters, against
ONNX Runtime."""
import logging
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness
import numpy as np
import onnx
import ort_cases
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic

DOMAIN = "com.microsoft"
FLOAT, INT32, UINT8, INT8 = TensorProto.FLOAT, TensorProto.INT32, TensorProto.UINT8, TensorProto.INT8
STEPS = "rtol=0,atol=0,steps=1"  # ties of the exact quotient may round the other way in float


def check(op, inputs, outputs, constants=None, order=None, domain=DOMAIN, tolerance="rtol=1e-3,atol=1e-4", **attributes):
    """`order`: the node's inputs by name, "" for an absent one; else inputs, then constants."""
    constants = constants or {}
    node = helper.make_node(op, order or [*inputs, *constants], list(outputs), domain=domain, **attributes)
    model = ort_cases.model([node], inputs, outputs, constants, {DOMAIN: 1})
    return ort_cases.check(model, inputs, tolerance=tolerance)


class Values:
    """Seeded random tensors."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def reals(self, *shape):
        return self.random.normal(size=shape).astype(np.float32)

    def integers(self, dtype, *shape):
        limits = np.iinfo(dtype)
        return self.random.integers(limits.min, limits.max + 1, shape).astype(dtype)


def quantised(name, scale, zero):
    return {f"{name}_scale": np.array(scale, np.float32), f"{name}_zero": zero}


@harness.group
def qlinear_operators():
    v = Values(1)
    for dtype, element, middle in ((np.uint8, UINT8, 120), (np.int8, INT8, 3)):
        z, least, name = np.array(middle, dtype), np.array(np.iinfo(dtype).min + 128 if dtype == np.int8 else 0, dtype), dtype.__name__
        x, to = quantised("x", 0.05, z), quantised("y", 0.04, z)
        for op in ("QLinearAdd", "QLinearMul"):
            yield f"{op} {name}", check(op, {"x": v.integers(dtype, 2, 3, 4)}, {"y": element},
                                        {**x, "b": v.integers(dtype, 3, 1), **quantised("b", 0.03, z), **to}, tolerance=STEPS)
        line = {"x": v.integers(dtype, 2, 300)}
        yield f"QLinearSigmoid {name}", check("QLinearSigmoid", line, {"y": element}, {**x, **quantised("y", 1 / 256, least)},
                                              tolerance=STEPS)
        yield f"QLinearLeakyRelu {name}", check("QLinearLeakyRelu", line, {"y": element}, {**x, **to}, tolerance=STEPS, alpha=0.1)
        for channels_last in (0, 1):
            image = {"x": v.integers(dtype, 1, 3, 6, 6)}
            yield f"QLinearAveragePool {name} {channels_last}", check(
                "QLinearAveragePool", image, {"y": element}, {**x, **to}, tolerance=STEPS, kernel_shape=[2, 2], strides=[2, 2],
                channels_last=channels_last)
            yield f"QLinearGlobalAveragePool {name} {channels_last}", check(
                "QLinearGlobalAveragePool", image, {"y": element}, {**x, **to}, tolerance=STEPS, channels_last=channels_last)
        for opset, axis in ((13, -1), (11, 1)):
            yield f"QLinearSoftmax {name} {opset}", check(
                "QLinearSoftmax", {"x": v.integers(dtype, 2, 3, 10)}, {"y": element}, {**x, **quantised("y", 1 / 256, least)},
                tolerance=STEPS, axis=axis, opset=opset)
        yield f"QLinearConcat {name}", check(
            "QLinearConcat", {"x": v.integers(dtype, 2, 3), "b": v.integers(dtype, 2, 2)}, {"y": element},
            {**to, **x, **quantised("b", 0.07, z)}, ["y_scale", "y_zero", "x", "x_scale", "x_zero", "b", "b_scale", "b_zero"],
            tolerance=STEPS, axis=1)
        yield f"QLinearWhere {name}", check(
            "QLinearWhere", {"c": v.random.random((2, 3)) < 0.5, "x": v.integers(dtype, 2, 3), "b": v.integers(dtype, 2, 3)},
            {"y": element}, {**x, **quantised("b", 0.07, z), **to},
            ["c", "x", "x_scale", "x_zero", "b", "b_scale", "b_zero", "y_scale", "y_zero"], tolerance=STEPS)
        for transposed in (0, 1):
            w = v.integers(np.int8, *((5, 4) if transposed else (4, 5)))
            c = {"c": v.random.integers(-500, 500, 5).astype(np.int32)}
            yield f"QGemm {name} {transposed}", check(
                "QGemm", {"x": v.integers(dtype, 3, 4)}, {"y": element},
                {**x, "w": w, **quantised("w", 0.02, np.int8(0)), **c, **quantised("y", 0.1, z)}, tolerance=STEPS, transB=transposed)
            yield f"QGemm to float {name} {transposed}", check(
                "QGemm", {"x": v.integers(dtype, 3, 4)}, {"y": FLOAT},
                {**x, "w": w, **quantised("w", v.reals(5) ** 2 + 0.01, np.zeros(5, np.int8)), **c}, transB=transposed)
        yield f"QLinearConv, channels last {name}", check(
            "QLinearConv", {"x": v.integers(dtype, 1, 6, 6, 3)}, {"y": element},
            {**x, "w": v.integers(np.int8, 4, 3, 3, 3) // 8, **quantised("w", 0.02, np.int8(0)), **quantised("y", 0.2, z)},
            tolerance=STEPS, channels_last=1, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        yield f"NhwcMaxPool {name}", check("NhwcMaxPool", {"x": v.integers(dtype, 1, 6, 6, 3)}, {"y": element},
                                           kernel_shape=[2, 2], strides=[2, 2])


@harness.group
def parameters_of_run_time():
    v = Values(2)
    u8 = lambda *shape: v.integers(np.uint8, *shape)
    scalar = lambda value, dtype=np.uint8: np.array(value, dtype)
    # 7 bits: on hosts without VNNI, ONNX Runtime saturates pairs of products of uint8 and int8.
    b = {"b": v.integers(np.int8, 8, 5) // 2}
    columns = {"b_zero": v.integers(np.int8, 5)}
    yield "MatMulInteger, a zero per column", check("MatMulInteger", {"a": u8(3, 8), "z": scalar(9)}, {"y": INT32},
                                                    {**b, **columns}, ["a", "b", "z", "b_zero"], domain="")
    yield "MatMulInteger of two variables", check(
        "MatMulInteger", {"a": u8(2, 3, 4), "z": scalar(9), "b": u8(4, 5), "q": scalar(77)}, {"y": INT32}, None,
        ["a", "b", "z", "q"], domain="")
    yield "MatMulIntegerToFloat", check(
        "MatMulIntegerToFloat", {"a": u8(3, 8), "s": scalar(0.05, np.float32), "z": scalar(17)}, {"y": FLOAT},
        {**b, "t": v.reals(5) ** 2, **columns, "bias": v.reals(5)}, ["a", "b", "s", "t", "z", "b_zero", "bias"])
    yield "DynamicQuantizeMatMul", check("DynamicQuantizeMatMul", {"a": v.reals(3, 8)}, {"y": FLOAT},
                                         {**b, "t": v.reals(5) ** 2, **columns, "bias": v.reals(5)})
    for pads in ([0] * 4, [1] * 4):
        image, weights = {"x": u8(1, 2, 5, 5), "z": scalar(9)}, {"w": u8(4, 2, 3, 3), "q": scalar(20)}
        yield f"ConvInteger {pads}", check("ConvInteger", image, {"y": INT32}, weights, ["x", "w", "z", "q"], domain="", pads=pads)
        yield f"ConvInteger of two variables {pads}", check("ConvInteger", {**image, **weights}, {"y": INT32}, None,
                                                            ["x", "w", "z", "q"], domain="", pads=pads)
    scales = {"s": scalar(0.05, np.float32), "t": scalar(0.2, np.float32)}
    fixed = {"z": np.uint8(120), "v": np.float32(0.02), "q": np.uint8(30), "r": np.uint8(100)}
    yield "QLinearConv", check(
        "QLinearConv", {"x": u8(1, 3, 6, 6), **scales}, {"y": UINT8},
        {**fixed, "w": u8(4, 3, 3, 3) // 4, "bias": v.random.integers(-500, 500, 4).astype(np.int32)},
        ["x", "s", "z", "w", "v", "q", "t", "r", "bias"], domain="", tolerance=STEPS)
    yield "QLinearMatMul", check("QLinearMatMul", {"x": u8(3, 6), **scales}, {"y": UINT8}, {**fixed, "w": u8(6, 5) // 4},
                                 ["x", "s", "z", "w", "v", "q", "t", "r"], domain="", tolerance=STEPS)


@harness.group
def weights_of_few_bits():
    v = Values(3)
    for bits in (2, 4, 8):
        for block, depth in ((16, 32), (32, 40)):
            blocks = -(-depth // block)
            weights = {"b": v.integers(np.uint8, 5, blocks, block * bits // 8), "s": v.reals(5 * blocks) / 10}
            zeros = {"z": v.integers(np.uint8, 5 * -(-blocks * bits // 8))}
            common = {"K": depth, "N": 5, "bits": bits, "block_size": block}
            yield f"{bits} {block}", check("MatMulNBits", {"a": v.reals(2, 3, depth)}, {"y": FLOAT}, {**weights, **zeros}, **common)
            yield f"{bits} {block} without zeros", check("MatMulNBits", {"a": v.reals(3, depth)}, {"y": FLOAT}, weights, **common)


@harness.group
def fused_operators():
    v = Values(4)
    x = {"x": v.reals(2, 3, 8)}
    row = lambda *names: {name: v.reals(8) for name in names}
    yield "Gelu", check("Gelu", x, {"y": FLOAT})
    yield "FastGelu", check("FastGelu", x, {"y": FLOAT}, row("b"))
    yield "BiasGelu", check("BiasGelu", x, {"y": FLOAT}, row("b"))
    yield "QuickGelu", check("QuickGelu", x, {"y": FLOAT}, alpha=1.5)
    two = {**x, "s": v.reals(2, 3, 8)}
    yield "SkipLayerNormalization", check("SkipLayerNormalization", two, {"y": FLOAT}, row("g", "b", "bias"), epsilon=1e-5)
    yield "SkipSimplifiedLayerNormalization", check("SkipSimplifiedLayerNormalization", two, {"y": FLOAT}, row("g", "bias"),
                                                    epsilon=1e-5)
    yield "SimplifiedLayerNormalization", check("SimplifiedLayerNormalization", x, {"y": FLOAT}, row("g"), domain="", epsilon=1e-5)
    for flags in ({"transA": 1}, {"transB": 1}, {"alpha": 0.5}):
        a = v.reals(*((2, 4, 3) if "transA" in flags else (2, 3, 4)))
        b = v.reals(*((2, 5, 4) if "transB" in flags else (2, 4, 5)))
        yield f"FusedMatMul {flags}", check("FusedMatMul", {"a": a, "b": b}, {"y": FLOAT}, **flags)
    yield "FusedMatMul transBatchA", check("FusedMatMul", {"a": v.reals(3, 2, 4), "b": v.reals(2, 4, 5)}, {"y": FLOAT}, transBatchA=1)
    yield "FusedGemm", check("FusedGemm", {"a": v.reals(3, 4)}, {"y": FLOAT}, {"b": v.reals(4, 5), "c": v.reals(5)},
                             activation="LeakyRelu", activation_alpha=0.2)
    weights = {"w": v.reals(4, 3, 3, 3), "b": v.reals(4)}
    for kind, params in (("Relu", None), ("LeakyRelu", [0.2]), ("Clip", [0.0, 1.0]), ("HardSigmoid", [0.2, 0.5]), ("Tanh", None)):
        more = {"activation_params": params} if params else {}
        yield f"FusedConv {kind}", check("FusedConv", {"x": v.reals(1, 3, 6, 6)}, {"y": FLOAT}, weights, activation=kind,
                                         kernel_shape=[3, 3], pads=[1, 1, 1, 1], **more)
    yield "FusedConv with a sum", check("FusedConv", {"x": v.reals(1, 3, 6, 6), "z": v.reals(1, 4, 4, 4)}, {"y": FLOAT}, weights,
                                        ["x", "w", "b", "z"], activation="Relu", kernel_shape=[3, 3])
    for metric in ("euclidean", "sqeuclidean"):
        yield f"CDist {metric}", check("CDist", {"a": v.reals(3, 4), "b": v.reals(5, 4)}, {"y": FLOAT}, metric=metric)
    yield "EmbedLayerNormalization", check(
        "EmbedLayerNormalization", {k: v.random.integers(0, n, (2, 4)).astype(np.int32) for k, n in (("i", 9), ("s", 2))},
        {"y": FLOAT, "mask": INT32}, {"word": v.reals(9, 8), "position": v.reals(6, 8), "segment": v.reals(2, 8), **row("g", "b")})


@harness.group
def attention():
    v = Values(5)
    x, projection = {"x": v.reals(2, 3, 8)}, {"w": v.reals(8, 24), "b": v.reals(24)}
    for unidirectional in (0, 1):
        yield f"Attention {unidirectional}", check("Attention", x, {"y": FLOAT}, projection, num_heads=2, unidirectional=unidirectional)
    masks = {"of keys": np.array([[1, 1, 0], [1, 1, 1]]), "by length": np.array([2, 3]),
             "of pairs": v.random.integers(0, 2, (2, 3, 3)) | np.eye(3, dtype=np.int64)}
    for name, mask in masks.items():
        yield f"Attention, mask {name}", check("Attention", {**x, "m": mask.astype(np.int32)}, {"y": FLOAT}, projection,
                                               ["x", "w", "b", "m"], num_heads=2)
    yield "Attention with a past", check("Attention", {**x, "p": v.reals(2, 2, 2, 5, 4)}, {"y": FLOAT, "present": FLOAT}, projection,
                                         ["x", "w", "b", "", "p"], num_heads=2, unidirectional=1)
    yield "QAttention", check(
        "QAttention", {"x": v.integers(np.uint8, 2, 3, 8)}, {"y": FLOAT},
        {"w": v.integers(np.int8, 8, 24) // 2, "b": v.reals(24), "s": np.float32(0.01), "t": np.float32(0.01), "z": np.uint8(128),
         "q": np.int8(0)}, ["x", "w", "b", "s", "t", "", "z", "q"], num_heads=2)
    apart = {"q": v.reals(2, 3, 8), "k": v.reals(2, 5, 8), "v": v.reals(2, 5, 8)}
    yield "MultiHeadAttention", check("MultiHeadAttention", apart, {"y": FLOAT}, {"b": v.reals(24)}, num_heads=2)
    yield "MultiHeadAttention with a bias of scores", check(
        "MultiHeadAttention", {**apart, "s": v.reals(1, 2, 3, 5)}, {"y": FLOAT}, None, ["q", "k", "v", "", "", "s"], num_heads=2)
    mask = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 1, 0]], np.int32)
    yield "MultiHeadAttention with a mask", check("MultiHeadAttention", {**apart, "m": mask}, {"y": FLOAT}, None,
                                                  ["q", "k", "v", "", "m"], num_heads=2)
    same = {k: v.reals(2, 3, 8) for k in "qkv"}
    past = {k: v.reals(2, 2, 4, 4) for k in ("pk", "pv")}
    yield "MultiHeadAttention with a past", check("MultiHeadAttention", {**same, **past}, {"y": FLOAT, "k2": FLOAT, "v2": FLOAT}, None,
                                                  ["q", "k", "v", "", "", "", "pk", "pv"], num_heads=2)
    for interleaved in (0, 1):
        caches = {"c": v.reals(10, 4), "s": v.reals(10, 4)}
        yield f"RotaryEmbedding from an offset {interleaved}", check(
            "RotaryEmbedding", {"x": v.reals(2, 3, 16), "p": np.array([2])}, {"y": FLOAT}, caches, interleaved=interleaved)
        yield f"RotaryEmbedding of heads {interleaved}", check(
            "RotaryEmbedding", {"x": v.reals(2, 2, 3, 8), "p": v.random.integers(0, 9, (2, 3))}, {"y": FLOAT}, caches,
            interleaved=interleaved)


@harness.group
def dynamic_quantisation():
    """A small network as ONNX Runtime's quantiser leaves it: DynamicQuantizeLinear, ConvInteger, MatMulInteger."""
    logging.disable(logging.WARNING)
    v = Values(6)
    x = {"x": v.reals(2, 3, 8, 8)}
    nodes = [helper.make_node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
             helper.make_node("Relu", ["c"], ["r"]), helper.make_node("GlobalAveragePool", ["r"], ["g"]),
             helper.make_node("Flatten", ["g"], ["f"]), helper.make_node("MatMul", ["f", "m"], ["p"]),
             helper.make_node("Add", ["p", "n"], ["y"])]
    weights = {"w": v.reals(4, 3, 3, 3), "b": v.reals(4), "m": v.reals(4, 5), "n": v.reals(5)}
    with tempfile.TemporaryDirectory() as folder:
        real, quantised_model = pathlib.Path(folder) / "real.onnx", pathlib.Path(folder) / "quantised.onnx"
        onnx.save(ort_cases.model(nodes, x, {"y": FLOAT}, weights), real)
        for kind in (QuantType.QInt8, QuantType.QUInt8):
            for per_channel in (False, True):
                # 7 bits: see parameters_of_run_time
                quantize_dynamic(real, quantised_model, weight_type=kind, per_channel=per_channel, reduce_range=True)
                yield f"{kind} {per_channel}", ort_cases.check(onnx.load(quantised_model), x, tolerance="rtol=1e-3,atol=1e-3")


if __name__ == "__main__":
    harness.main()
