"""Random nodes of networks: convolutions, pools, matrix products, normalisations, resizing."""
import numpy as np
from graph import F16, F32, F64, FLOATS, I32, I64, U8, Illegal
from ops import op


def image(g, dtypes=(F32, F32, F64, F16), spatial=None, channels=None):
    """A value of shape [n, c, spatial …]: an existing one, or a new input."""
    spatial = g.choose([1, 2, 2, 2, 2, 3]) if spatial is None else spatial
    if g.chance(0.75):
        good = [v for v in g.values if v.dtype in dtypes and v.rank == spatial + 2 and v.array.size
                and (channels is None or v.shape[1] % channels == 0)]
        if good:
            return good[-1] if g.chance(0.6) else g.choose(good)
    c = g.integer(1, 8) if channels is None else channels * g.integer(1, 2)
    return g.new(g.choose(list(dtypes)), (g.choose([1, 1, 1, 2, 3]), c) + tuple(g.integer(1, 9) for _ in range(spatial)),
                 constant=False)


def window(g, sizes, dilate=True):
    """kernel_shape, strides, dilations and pads or auto_pad for an image of `sizes`."""
    rank = len(sizes)
    kernel = [g.choose([1, 2, 3, 3, 5]) for _ in sizes]
    attributes = {}
    if g.chance(0.6):
        attributes["strides"] = [g.integer(1, 3) for _ in sizes]
    if dilate and g.chance(0.25):
        attributes["dilations"] = [g.integer(1, 3) for _ in sizes]
    if g.chance(0.25):
        attributes["auto_pad"] = g.choose(["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
        if attributes["auto_pad"].startswith("SAME") and "strides" in attributes:
            # ONNX Runtime pads by a negative amount where the stride is larger than the window.
            attributes["strides"] = [min(s, k) for s, k in zip(attributes["strides"], kernel)]
    elif g.chance(0.6):
        one = [g.integer(0, 2) for _ in range(2 * rank)]
        attributes["pads"] = [min(p, k - 1) if g.chance(0.8) else p for p, k in zip(one, kernel * 2)]
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, attributes.get("dilations", [1] * rank))]
    pads = attributes.get("pads", [0] * 2 * rank)
    if not attributes.get("auto_pad", "").startswith("SAME") and \
            any(e > s + a + b for e, s, a, b in zip(extents, sizes, pads[:rank], pads[rank:])):
        return window(g, sizes, dilate) if min(sizes, default=1) else ([1] * rank, {})
    return kernel, attributes


@op(10)
def conv(g):
    x = image(g)
    groups = g.choose([1, 1, 1, x.shape[1], g.choose([d for d in range(1, x.shape[1] + 1) if x.shape[1] % d == 0])])
    out = groups * g.integer(1, 3)
    kernel, attributes = window(g, x.shape[2:])
    if attributes.get("auto_pad", "").startswith("SAME") and "dilations" in attributes:
        raise Illegal("ONNX Runtime pads by another rule")
    w = g.new(x.dtype, (out, x.shape[1] // groups, *kernel), constant=True if g.chance(0.85) else None)
    inputs = [x, w] + ([g.new(x.dtype, (out,), constant=True)] if g.chance(0.5) else [])
    if g.chance(0.8):
        attributes["kernel_shape"] = kernel
    y = g.apply("Conv", inputs, group=groups if groups > 1 or g.chance(0.5) else None, **attributes)
    if g.chance(0.3):
        y = norm_of(g, y)
    if g.chance(0.5):
        name = g.choose(["Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSwish", "Add", "residual"])
        if name == "Clip":
            g.apply("Clip", [y, g.constant(0, y.dtype), g.constant(6, y.dtype)])
        elif name == "Add":
            g.apply("Add", [y, g.new(y.dtype, (y.shape[1],) + (1,) * len(kernel), constant=True)])
        elif name == "residual":
            g.apply("Add", [y, x if x.shape == y.shape else g.other(y, y.shape)])
        elif name != "HardSwish" or (g.opset >= 14 and y.dtype == F32):
            g.apply(name, [y])


def norm_of(g, y):
    c = y.shape[1]
    parameters = [g.constant(g.rng.uniform(0.2, 1.5, c), y.dtype) for _ in range(2)]
    parameters += [g.constant(g.rng.standard_normal(c), y.dtype), g.constant(g.rng.uniform(0.3, 2, c), y.dtype)]
    return g.apply("BatchNormalization", [y] + parameters, epsilon=g.choose([None, 1e-3]))


@op(2)
def batch_normalization(g):
    norm_of(g, image(g, (F32, F64)))


@op(4)
def conv_transpose(g):
    x = image(g, (F32,), spatial=g.choose([1, 2, 2, 2]))
    groups = g.choose([1, 1, x.shape[1]])
    kernel, attributes = window(g, x.shape[2:])
    if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") and ("dilations" in attributes or g.chance(0.5)):
        del attributes["auto_pad"]
    strides = attributes.get("strides", [1] * len(kernel))
    if g.chance(0.3):
        attributes["output_padding"] = [g.integer(0, s - 1) for s in strides]
    out = g.integer(1, 4)
    inputs = [x, g.new(x.dtype, (x.shape[1], out, *kernel), constant=True if g.chance(0.8) else None)]
    if g.chance(0.5):
        inputs.append(g.new(x.dtype, (out * groups,), constant=True))
    g.apply("ConvTranspose", inputs, group=groups, **attributes)


@op(7)
def pool(g):
    name = g.choose(["MaxPool", "MaxPool", "AveragePool", "AveragePool", "LpPool"])
    dtypes = (F32, F32, F64) if name != "MaxPool" else (F32, F32, F64, U8)
    x = image(g, dtypes if name != "LpPool" else (F32,))
    kernel, attributes = window(g, x.shape[2:], dilate=name == "MaxPool" or g.opset >= 19)
    if "pads" in attributes:
        attributes["pads"] = [min(p, k - 1) for p, k in zip(attributes["pads"], kernel * 2)]
    if attributes.get("auto_pad", "").startswith("SAME"):
        attributes.pop("dilations", None)
    elif name != "LpPool" or g.opset >= 18:
        attributes["ceil_mode"] = g.integer(0, 1)
    if name == "AveragePool":
        attributes["count_include_pad"] = g.integer(0, 1)
        if attributes.get("ceil_mode"):
            # ONNX Runtime's count for windows that leave the padding has changed between its versions.
            attributes["ceil_mode"] = 0
        if x.dtype == F64 and attributes.get("auto_pad") == "VALID":
            attributes.pop("dilations", None)  # left out of the size by onnx.reference
    if name == "LpPool":
        attributes.pop("dilations", None)  # ignored by ONNX Runtime
        attributes["p"] = g.integer(1, 3)
        attributes["ceil_mode"] = 0 if g.opset >= 18 else None
    g.apply(name, [x], kernel_shape=kernel, **attributes)


@op(3)
def global_pool(g):
    name = g.choose(["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"])
    g.apply(name, [image(g, (F32,))], **({"p": g.integer(1, 3)} if name == "GlobalLpPool" else {}))


@op(5)
def matmul(g):
    x = g.pick([F32, F32, F64, F16, I32, I64], where=lambda v: v.rank > 0)
    k, columns = x.shape[-1], g.integer(1, 6)
    shape = g.choose([(k, columns), (k, columns), (k,), tuple(g.like(x.shape[:-2])) + (k, columns)])
    y = g.new(x.dtype, shape)
    if g.chance(0.2) and len(shape) > 1:
        left = g.new(x.dtype, (g.integer(1, 4), x.shape[-2]) if x.rank > 1 else x.shape)
        return g.apply("MatMul", [left, x])
    z = g.apply("MatMul", [x, y])
    if g.chance(0.4) and len(shape) > 1:
        g.apply("Add", [z, g.new(x.dtype, (columns,), constant=True)])


@op(4)
def gemm(g):
    x = g.pick([F32, F32, F64], rank=2, where=lambda v: v.array.size)  # empty: ONNX Runtime forgets beta
    ta, tb = g.integer(0, 1), g.integer(0, 1)
    k, m, n = (x.shape[0], x.shape[1], g.integer(1, 6)) if ta else (x.shape[1], x.shape[0], g.integer(1, 6))
    inputs = [x, g.new(x.dtype, (n, k) if tb else (k, n))]
    if g.chance(0.7):
        inputs.append(g.new(x.dtype, g.choose([(n,), (1,), (), (m, 1), (1, n), (m, n)])))
    more = {"alpha": 0.5} if g.chance(0.3) else {}
    more.update({"beta": 0.25} if g.chance(0.3) else {})
    g.apply("Gemm", inputs, transA=ta, transB=tb, **more)


@op(2)
def einsum(g):
    equation, shapes = g.choose([("ij,jk->ik", ("ij", "jk")), ("bij,bjk->bik", ("bij", "bjk")), ("ij->ji", ("ij",)),
                                 ("bhid,bhjd->bhij", ("bhid", "bhjd")), ("ij,ij->", ("ij", "ij")), ("ii->i", ("ii",)),
                                 ("i,j->ij", ("i", "j")), ("...ij,jk->...ik", ("bij", "jk"))])
    sizes = {letter: g.integer(1, 5) for letter in "bhidjk"}
    g.apply("Einsum", [g.new(F32, tuple(sizes[c] for c in s)) for s in shapes], equation=equation)


@op(3)
def layer_normalization(g):
    if g.opset < 17:
        raise Illegal("LayerNormalization")
    x = g.pick([F32, F32, F64], where=lambda v: v.rank > 0 and v.array.size)
    axis = g.integer(-x.rank, x.rank - 1)
    shape = x.shape[axis:] if axis < 0 else x.shape[axis:]
    inputs = [x, g.new(x.dtype, shape)] + ([g.new(x.dtype, shape)] if g.chance(0.6) else [])
    g.apply("LayerNormalization", inputs, axis=axis, epsilon=g.choose([1e-2, 1e-3]), slack=10)


@op(3)
def instance_normalization(g):
    x = image(g, (F32,))
    c = x.shape[1]
    if g.chance(0.5):
        return g.apply("InstanceNormalization", [x, g.new(F32, (c,)), g.new(F32, (c,))], epsilon=1e-2, slack=10)
    if g.opset < 21:
        raise Illegal("GroupNormalization")
    groups = g.choose([d for d in range(1, c + 1) if c % d == 0])
    g.apply("GroupNormalization", [x, g.new(F32, (c,)), g.new(F32, (c,))], num_groups=groups, epsilon=1e-2, slack=10)


@op(2)
def lrn(g):
    x = image(g, (F32,), spatial=2)
    g.apply("LRN", [x], size=g.choose([1, 3, 5]), alpha=0.1, beta=0.75, bias=g.choose([1.0, 2.0]))


@op(1)
def lp_normalization(g):
    x = g.pick([F32, F64], where=lambda v: v.rank > 0)
    g.apply("LpNormalization", [x], axis=g.integer(-x.rank, x.rank - 1), p=g.integer(1, 2))


@op(5)
def resize(g):
    x = image(g, (F32, F32, F32, U8), spatial=g.choose([1, 2, 2, 2]))
    mode = g.choose(["nearest", "nearest", "linear", "linear", "cubic"])
    transforms = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"] + \
        (["half_pixel_symmetric"] if g.opset >= 19 else [])
    attributes = {"mode": mode, "coordinate_transformation_mode": g.choose(transforms)}
    if mode == "nearest":
        if attributes["coordinate_transformation_mode"] == "half_pixel_symmetric":
            raise Illegal("rounding decides which of two elements is nearer")
        attributes["nearest_mode"] = g.choose(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
    if mode != "nearest" and x.dtype == U8:
        raise Illegal("ONNX Runtime truncates there")
    if mode == "cubic":
        if x.rank != 4 or attributes["coordinate_transformation_mode"] == "pytorch_half_pixel":
            raise Illegal("ONNX Runtime and ONNX's vectors differ for one element")
        attributes["exclude_outside"] = g.integer(0, 1)
    empty = g.constant(np.zeros(0), F32) if g.opset < 13 or g.chance(0.3) else None
    if g.chance(0.5):
        scales = [1.0, 1.0] + [float(g.choose([0.5, 1.0, 1.5, 2.0, 3.0, 0.7])) for _ in x.shape[2:]]
        if attributes["coordinate_transformation_mode"] in ("align_corners", "pytorch_half_pixel"):
            # ONNX's vectors take size * scale as the new length, ONNX Runtime what is left of it after rounding down.
            scales = [s if (s * d).is_integer() else 1.0 for s, d in zip(scales, x.shape)]
        scales = [s if s * d >= 1 else 1.0 for s, d in zip(scales, x.shape)]
        g.apply("Resize", [x, empty, g.constant(scales, F32)], moves=mode == "nearest", **attributes)
    else:
        sizes = [x.shape[0], x.shape[1]] + [g.integer(1, 12) for _ in x.shape[2:]]
        g.apply("Resize", [x, empty, g.constant(np.zeros(0), F32) if g.opset < 13 else None, g.constant(sizes, I64)],
                moves=mode == "nearest", **attributes)


@op(2)
def squeeze_excite(g):
    """The gate of an MBConv block."""
    x = image(g, (F32,), spatial=2)
    c = x.shape[1]
    y = g.apply("GlobalAveragePool", [x])
    y = g.apply("Relu", [g.apply("Conv", [y, g.new(F32, (2, c, 1, 1), constant=True)])])
    y = g.apply("Sigmoid", [g.apply("Conv", [y, g.new(F32, (c, 2, 1, 1), constant=True)])])
    g.apply("Mul", [x, y] if g.chance(0.5) else [y, x])


@op(2)
def attention(g):
    """Softmax(Q Kᵀ / √d) V with heads."""
    heads, n, d = g.integer(1, 3), g.integer(1, 5), g.integer(1, 4)
    x = g.new(F32, (1, n, heads * d), constant=False)
    parts = []
    for _ in range(3):
        y = g.apply("MatMul", [x, g.new(F32, (heads * d, heads * d), constant=True)])
        y = g.apply("Reshape", [y, g.constant([1, n, heads, d], I64)], moves=True)
        parts.append(g.apply("Transpose", [y], perm=[0, 2, 3, 1] if len(parts) == 1 else [0, 2, 1, 3], moves=True))
    score = g.apply("Softmax", [g.apply("Mul", [g.apply("MatMul", parts[:2]), g.constant(d ** -0.5, F32)])], axis=-1)
    y = g.apply("Transpose", [g.apply("MatMul", [score, parts[2]])], perm=[0, 2, 1, 3], moves=True)
    g.apply("Reshape", [y, g.constant([0, 0, -1], I64)], moves=True)
