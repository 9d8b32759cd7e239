"""Random nodes of quantised networks: QDQ patterns and QLinear operators.

A float reference may round a near-tie the other way, so the error of a quantised value is a step where its input, moved by its
own error, crosses a boundary between two steps, and 0 elsewhere."""
import numpy as np
from graph import F32, I8, I16, I32, I64, U8, U16, Illegal, Value
from network_ops import image, window
from ops import op


def scale_for(g, array, dtype):
    """A scale and zero point that use most of `dtype` for the range of `array`, or a bit less."""
    top = float(np.max(np.abs(array.astype(np.float64)), initial=0)) or 1.0
    info = np.iinfo(dtype)
    steps = (info.max - info.min) / 2
    scale = np.float32(top / steps * g.rng.uniform(0.5, 1.5))
    if g.chance(0.15):
        scale = np.float32(2.0 ** np.round(np.log2(scale)))
    middle = 0 if info.min < 0 else (info.max + 1) // 2
    reach = 20 if info.bits == 8 or g.chance(0.7) else 32767
    offset = 0 if g.chance(0.4) else g.integer(max(-reach, info.min - middle), min(reach, info.max - middle))
    return scale, np.asarray(middle + offset, dtype)


def quantise(g, x, dtype=None, scale=None, zero=None, steps=0.0):
    """QuantizeLinear of `x` with a constant scale; `x` is off by up to `steps` steps besides its own error."""
    wide = [I16, U16] if g.opset >= 21 else []
    dtype = dtype or g.choose([I8, I8, U8, U8] + (wide if g.chance(0.3) else []))
    # Ratios of scales have 31 bits there, sums of float32 24.
    steps += 1e-3 if np.iinfo(dtype).bits == 16 else 0
    if scale is None:
        scale, zero = scale_for(g, x.array, dtype)
    omit = dtype == U8 and zero == 0 and g.chance(0.5)
    inputs = [x, g.constant(scale, F32)] + ([] if omit else [g.constant(zero, dtype)])
    y = g.apply("QuantizeLinear", inputs, errors=lambda values, _: [steps_within(values[0], float(scale), steps)])
    if not omit:
        g.quantised.append((y, scale, zero))
    return y


@np.errstate(all="ignore")
def steps_within(x, scale, steps=0.0):
    """1 where the quotient lies within x's error, float32's resolution or `steps` of the boundary of two steps."""
    quotient = x.array.astype(np.float64) / scale
    slack = np.asarray(x.error) / scale + 1e-6 * np.abs(quotient) + 1e-5 + steps
    return np.floor(quotient + 0.5 + slack) - np.floor(quotient + 0.5 - slack)


def dequantise(g, q, scale, zero, axis=None):
    inputs = [q, g.constant(scale, F32)] + ([] if np.all(zero == 0) and g.chance(0.5) else [g.constant(zero, q.dtype)])
    y = g.apply("DequantizeLinear", inputs, moves=True, axis=axis)
    y.of_words = q.dtype in (I16, U16)
    return y


def real_value(g, where=lambda v: True, shape=None):
    """A float value behind DequantizeLinear and its scale: of what is quantised already, or of a float value."""
    known = [q for q in g.quantised if where(q[0]) and (shape is None or q[0].shape == shape) and q[0].array.size]
    if known and g.chance(0.7):
        q, scale, zero = known[-1] if g.chance(0.6) else g.choose(known)
        return dequantise(g, q, scale, zero), scale
    return through(g, g.pick([F32], shape=shape, where=lambda v: where(v) and v.array.size))


def through(g, x):
    """x → Q → DQ; returns the float value and its scale."""
    dtype = g.choose([I8, I8, U8, U8] + ([I16, U16] * 3 if g.opset >= 21 and g.chance(0.3) else []))
    scale, zero = scale_for(g, x.array, dtype)
    q = quantise(g, x, dtype, scale, zero)
    return dequantise(g, q, scale, zero), scale


def real_image(g):
    spatial = g.choose([1, 2, 2, 2])
    try:
        return real_value(g, where=lambda v: v.rank == spatial + 2)
    except Illegal:
        return through(g, image(g, (F32,), spatial=spatial))


def quantised_weights(g, shape, axis):
    """Constant weights → DQ, per channel of `axis` or per tensor; returns the value and the scales."""
    w = g.constant(g.rng.integers(-127, 128, shape), I8)
    per_channel = g.chance(0.6)
    scale = np.asarray(g.rng.uniform(0.002, 0.03, shape[axis] if per_channel else ()), np.float32)
    return dequantise(g, w, scale, np.zeros(scale.shape, np.int8), axis if per_channel else None), scale


@op(8)
def qdq_conv(g):
    real, sx = real_image(g)
    channels = real.shape[1]
    groups = g.choose([1, 1, channels])
    out = groups * g.integer(1, 3)
    kernel, attributes = window(g, real.shape[2:])
    if attributes.get("auto_pad", "").startswith("SAME"):
        attributes.pop("dilations", None)
    w, sw = quantised_weights(g, (out, channels // groups, *kernel), 0)
    inputs = [real, w]
    if g.chance(0.6):
        bias = g.constant(g.rng.integers(-2000, 2000, out), I32)
        inputs.append(dequantise(g, bias, np.broadcast_to(np.float32(sx) * sw, sw.shape), np.zeros(sw.shape, np.int32),
                                 0 if sw.ndim else None))
    y = g.apply("Conv", inputs, group=groups, **attributes)
    quantise(g, activated(g, y))


def activated(g, y):
    name = g.choose(["", "", "Relu", "Clip", "LeakyRelu", "Sigmoid"])
    if name == "Clip":
        return g.apply("Clip", [y, g.constant(0, F32), g.constant(6, F32)], moves=True)
    return g.apply(name, [y], moves=name == "Relu") if name else y


@op(4)
def qdq_matmul(g):
    real, _ = real_value(g, where=lambda v: v.rank >= 2)
    n = g.integer(1, 6)
    if g.chance(0.7):
        w, _ = quantised_weights(g, (real.shape[-1], n), 1)
    else:
        w, _ = through(g, g.constant(g.rng.normal(0, 1, (real.shape[-1], n)), F32))
    y = g.apply("MatMul", [real, w]) if real.rank != 2 or g.chance(0.5) else g.apply("Gemm", [real, w])
    quantise(g, activated(g, y))


@op(5)
def qdq_elementwise(g):
    a, _ = real_value(g)
    name = g.choose(["Add", "Add", "Mul", "Sub", "Sigmoid", "Tanh", "Relu", "LeakyRelu", "HardSigmoid", "Elu", "Softmax", "Exp"])
    if name in ("Add", "Mul", "Sub"):
        b, _ = real_value(g, shape=a.shape) if g.chance(0.6) else through(g, g.other(a))
        y = g.apply(name, [a, b] if g.chance(0.6) else [b, a])
    elif name == "Softmax":
        if not a.rank:
            raise Illegal("Softmax")
        y = g.apply(name, [a], axis=g.integer(-a.rank, a.rank - 1))
    else:
        y = g.apply(name, [a])
        quantise(g, y, steps=0.26 if a.of_words else 0)  # such a function is made of pieces
        return
    quantise(g, y)


@op(4)
def qdq_pool(g):
    real, _ = real_image(g)
    name = g.choose(["MaxPool", "AveragePool", "GlobalAveragePool"])
    if name == "GlobalAveragePool":
        y = g.apply(name, [real])
    else:
        kernel, attributes = window(g, real.shape[2:], dilate=name == "MaxPool")
        attributes["pads"] = [min(p, k - 1) for p, k in zip(attributes.get("pads", [0] * 2 * len(kernel)), kernel * 2)]
        if "auto_pad" in attributes:
            del attributes["pads"]
            attributes.pop("dilations", None)
        y = g.apply(name, [real], kernel_shape=kernel, moves=name == "MaxPool", **attributes)
    quantise(g, y)


@op(3)
def qdq_concat(g):
    x, _ = real_value(g, where=lambda v: v.rank > 0)
    axis = g.integer(0, x.rank - 1)
    parts = [x, real_value(g, shape=x.shape)[0]]
    quantise(g, g.apply("Concat", parts, axis=axis, moves=True))


@op(3)
def qdq_moves(g):
    """Q → DQ → moves → Q with the same scale, as converters write them."""
    x = g.pick([F32], where=lambda v: v.rank > 0 and v.array.size)
    known = [q for q in g.quantised if q[0].rank and q[0].array.size]
    if known and g.chance(0.7):
        q, scale, zero = g.choose(known)
    else:
        scale, zero = scale_for(g, x.array, g.choose([I8, U8] + ([I16, U16] if g.opset >= 21 else [])))
        q = quantise(g, x, zero.dtype, scale, zero)
    dtype, x = q.dtype, q
    y = dequantise(g, q, scale, zero)
    name = g.choose(["Transpose", "Reshape", "Slice", "Relu", "Identity"])
    if name == "Transpose":
        y = g.apply(name, [y], perm=g.rng.permutation(x.rank).tolist(), moves=True)
    elif name == "Reshape":
        y = g.apply(name, [y, g.constant([-1, x.shape[-1]], I64)], moves=True)
    elif name == "Slice":
        y = g.apply(name, [y, g.constant([-1], I64), g.constant([-2 ** 62], I64), g.constant([0], I64),
                           g.constant([-1], I64)], moves=True)
    else:
        y = g.apply(name, [y], moves=True)
    quantise(g, y, dtype, scale, zero)


@op(2)
def quantise_axis(g):
    """Quantisation per axis of a run-time value."""
    x = g.pick([F32], where=lambda v: v.rank > 1 and v.array.size)
    if g.opset < 13:
        raise Illegal("axis")
    axis = g.integer(0, x.rank - 1)
    dtype = g.choose([I8, U8])
    scale = np.asarray(g.rng.uniform(0.01, 0.2, x.shape[axis]), np.float32)
    zero = g.rng.integers(0, 20, scale.shape).astype(dtype)
    wide = scale.reshape([-1 if i == axis else 1 for i in range(x.rank)]).astype(np.float64)
    q = g.apply("QuantizeLinear", [x, g.constant(scale), g.constant(zero)], axis=axis,
                errors=lambda values, _: [steps_within(values[0], wide)])
    if g.chance(0.7):
        g.apply("DequantizeLinear", [q, g.constant(scale), g.constant(zero)], axis=axis, moves=True)


@op(1)
def dynamic_quantise(g):
    x = g.pick([F32], where=lambda v: v.array.size and v.exact)

    def errors(values, results):
        scale = float(results[1])
        return [steps_within(Value("", values[0].array, 1e-6), scale), 1e-6 * scale, 0]

    g.apply("DynamicQuantizeLinear", [x], outputs=3, errors=errors)
