"""Random QLinear and integer operators.

ONNX Runtime's kernels for uint8 × int8 saturate sums of pairs on hosts with AVX2 but without VNNI. So it runs their definition
instead: DequantizeLinear → operator → QuantizeLinear, or float64 sums, which are exact here."""
import numpy as np
from graph import F32, F64, I8, I32, U8, Illegal, onnx_type
from network_ops import image, window
from onnx import helper
from ops import op
from quant_ops import steps_within


def dq(x, scale, zero, out, axis=None):
    more = {} if axis is None else {"axis": axis}
    return helper.make_node("DequantizeLinear", [x, scale, zero], [out], **more)


def quantised_input(g, shape):
    dtype = g.choose([I8, U8])
    array = g.rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max + 1, shape).astype(dtype)
    return g.new(dtype, shape, array=array, constant=False)


def parameters(g, dtype, low, high, count=None):
    scale = np.asarray(g.rng.uniform(low, high, () if count is None else count), np.float32)
    zero = np.zeros(scale.shape, dtype) if count else np.asarray(g.integer(0, 100), dtype)
    return g.constant(scale), g.constant(zero)


def finish(g, op_name, inputs, nodes_of, attributes):
    """The QLinear node; where the exact sum is near a tie, a step is allowed."""
    def errors(values, results):
        real = g.real_of(nodes_of, [v.name if v else "" for v in inputs], values)
        return [steps_within(real, float(inputs[6].array))]

    return g.apply(op_name, inputs, evaluate_as=lambda i, o: nodes_of(i, o[0]), errors=errors, **attributes)


@op(4)
def qlinear_conv(g):
    x = image(g, (I8, U8), spatial=g.choose([1, 2, 2]))
    x = x if x.exact else quantised_input(g, x.shape)
    groups = g.choose([1, 1, x.shape[1]])
    out = groups * g.integer(1, 3)
    kernel, attributes = window(g, x.shape[2:])
    if attributes.get("auto_pad", "").startswith("SAME"):
        attributes.pop("dilations", None)
    attributes.update(group=groups, kernel_shape=kernel)
    w = g.constant(g.rng.integers(-127, 128, (out, x.shape[1] // groups, *kernel)), I8)
    sx, zx = parameters(g, x.dtype, 0.01, 0.05)
    per_channel = g.chance(0.5)
    sw, zw = parameters(g, I8, 0.002, 0.02, out) if per_channel else parameters(g, I8, 0.002, 0.02)
    if not per_channel:
        zw.array = np.asarray(0, np.int8)
    terms = w.array[0].size
    sy, zy = parameters(g, x.dtype, 0.01 * np.sqrt(terms), 0.06 * np.sqrt(terms))
    inputs = [x, sx, zx, w, sw, zw, sy, zy]
    if g.chance(0.5):
        inputs.append(g.constant(g.rng.integers(-3000, 3000, out), I32))
    # the bias has the scale x_scale * w_scale
    float_bias = None
    if len(inputs) > 8:
        float_bias = (inputs[8].array * sx.array.astype(np.float64) * sw.array.astype(np.float64)).astype(np.float32)

    def nodes(i, o, real=False):
        made = [dq(i[0], i[1], i[2], "_x"), dq(i[3], i[4], i[5], "_w", 0 if per_channel else None)]
        names = ["_x", "_w"]
        if float_bias is not None:
            made.append(helper.make_node("Constant", [], ["_b"], value_floats=float_bias.reshape(-1).tolist()))
            names.append("_b")
        made.append(helper.make_node("Conv", names, [o if real else "_y"], **attributes))
        return made if real else made + [helper.make_node("QuantizeLinear", ["_y", i[6], i[7]], [o])]

    finish(g, "QLinearConv", inputs, nodes, attributes)


@op(3)
def qlinear_matmul(g):
    x = g.pick([I8, U8], where=lambda v: v.rank >= 2 and v.array.size and v.exact, fresh=0.4)
    n = g.integer(1, 5)
    w = g.constant(g.rng.integers(-127, 128, (x.shape[-1], n)), I8)
    sx, zx = parameters(g, x.dtype, 0.01, 0.05)
    sw, zw = parameters(g, I8, 0.002, 0.02)
    sy, zy = parameters(g, x.dtype, 0.05, 0.3)

    def nodes(i, o, real=False):
        made = [dq(i[0], i[1], i[2], "_x"), dq(i[3], i[4], i[5], "_w"),
                helper.make_node("MatMul", ["_x", "_w"], [o if real else "_y"])]
        return made if real else made + [helper.make_node("QuantizeLinear", ["_y", i[6], i[7]], [o])]

    finish(g, "QLinearMatMul", [x, sx, zx, w, sw, zw, sy, zy], nodes, {})


def exact_sums(op_name, attributes):
    """Nodes that compute op(x − zx, w − zw) in float64 for inputs x, w and optional zero points."""
    def nodes(i, o):
        made, names = [], []
        for k in (0, 1):
            made.append(helper.make_node("Cast", [i[k]], [f"_{k}"], to=onnx_type(F64)))
            names.append(f"_{k}")
            if len(i) > 2 + k and i[2 + k]:
                made += [helper.make_node("Cast", [i[2 + k]], [f"_z{k}"], to=onnx_type(F64)),
                         helper.make_node("Sub", [f"_{k}", f"_z{k}"], [f"_s{k}"])]
                names[k] = f"_s{k}"
        return made + [helper.make_node(op_name, names, ["_y"], **attributes),
                       helper.make_node("Cast", ["_y"], [o[0]], to=onnx_type(I32))]
    return nodes


@op(2)
def matmul_integer(g):
    x = g.pick([I8, U8], where=lambda v: v.rank >= 2 and v.array.size and v.exact, fresh=0.4)
    w = g.new(I8 if x.dtype == I8 or g.chance(0.5) else U8, (x.shape[-1], g.integer(1, 5)))
    inputs = [x, w]
    if g.chance(0.6):
        inputs.append(g.constant(g.integer(0, 20), x.dtype))
        if g.chance(0.6):
            inputs.append(g.constant(g.integer(0, 20), w.dtype))
    g.apply("MatMulInteger", inputs, evaluate_as=exact_sums("MatMul", {}))


@op(2)
def conv_integer(g):
    x = image(g, (U8, I8), spatial=g.choose([1, 2, 2]))
    if not x.exact:
        raise Illegal("ConvInteger")
    kernel, attributes = window(g, x.shape[2:])
    if attributes.get("auto_pad", "").startswith("SAME"):
        attributes.pop("dilations", None)
    attributes["kernel_shape"] = kernel
    w = g.new(g.choose([I8, U8]), (g.integer(1, 4), x.shape[1], *kernel), constant=True)
    inputs = [x, w] + ([g.constant(g.integer(0, 20), x.dtype)] if g.chance(0.6) else [])
    g.apply("ConvInteger", inputs, evaluate_as=exact_sums("Conv", attributes), **attributes)
