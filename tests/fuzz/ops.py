"""Random nodes: elementwise operators, moves, reductions. Each function adds to a Graph, or raises Illegal."""
import numpy as np
from graph import ANY, BOOL, F16, F32, F64, FLOATS, I32, I64, INTS, NUMBERS, Illegal, onnx_type

GENERATORS = []  # (weight, function)


def op(weight):
    def register(function):
        GENERATORS.append((weight, function))
        return function
    return register


UNARY_FLOAT = {"Abs": 1, "Neg": 1, "Sqrt": 7, "Exp": 1, "Log": 7, "Sin": 7, "Cos": 7, "Tan": 7, "Asin": 7, "Acos": 7,
               "Atan": 7, "Sinh": 9, "Cosh": 9, "Tanh": 1, "Asinh": 9, "Acosh": 9, "Atanh": 9, "Sigmoid": 1, "Relu": 1,
               "Softplus": 1, "Softsign": 1, "Erf": 9, "Reciprocal": 1, "Floor": 1, "Ceil": 1, "Round": 11, "Sign": 9,
               "HardSwish": 14, "Mish": 18, "Identity": 1}
WITH_ALPHA = {"LeakyRelu": ("alpha",), "Elu": ("alpha",), "Celu": ("alpha",), "Selu": ("alpha", "gamma"),
              "HardSigmoid": ("alpha", "beta"), "ThresholdedRelu": ("alpha",), "Shrink": ("lambd", "bias")}


@op(6)
def unary(g):
    name = g.choose(list(UNARY_FLOAT))
    if UNARY_FLOAT[name] > g.opset:
        raise Illegal(name)
    # HardSwish's 1/6 is a float32 in ONNX's definition as a function, not in its formula; the reference's Erf is one
    g.apply(name, [g.pick(FLOATS if name not in ("HardSwish", "Erf") else [F32, F16])], pointwise=True,
            moves=name in ("Abs", "Neg", "Relu", "Floor", "Ceil", "Round", "Sign", "Identity"))


@op(3)
def unary_integer(g):
    g.apply(g.choose(["Abs", "Neg", "Sign", "Relu", "Identity"]), [g.pick(INTS)])


@op(3)
def activation(g):
    name = g.choose(list(WITH_ALPHA))
    attributes = {a: float(g.rng.uniform(0.05, 1.5)) for a in WITH_ALPHA[name] if g.chance(0.7)}
    g.apply(name, [g.pick(FLOATS if name != "Shrink" else [F32, F16])], pointwise=True, **attributes)


@op(1)
def gelu(g):
    if g.opset < 20:
        raise Illegal("Gelu")
    # x times a sum that cancels for negative x: slack for a unit in the last place of 1, times x.
    g.apply("Gelu", [g.pick([F32, F16])], pointwise=True, slack=3, approximate=g.choose([None, "none", "tanh"]))


@op(2)
def clip(g):
    x = g.pick(NUMBERS)
    low, high = sorted(g.random_array(x.dtype, (2,)).tolist())
    bounds = [g.constant(low, x.dtype) if g.chance(0.7) else None, g.constant(high, x.dtype) if g.chance(0.7) else None]
    g.apply("Clip", [x] + bounds, moves=True)


@op(9)
def binary(g):
    x = g.pick(NUMBERS)
    name = g.choose(["Add", "Sub", "Mul", "Div", "Min", "Max", "Pow", "Mod"])
    if name == "Pow" and x.dtype.kind in "iu" and np.any(np.abs(x.array.astype(np.float64)) > 1000):
        raise Illegal("ONNX Runtime takes powers of integers in double precision")
    y = g.other(x)
    attributes = {}
    if name in ("Div", "Mod") and x.dtype.kind in "iu":
        y = g.new(x.dtype, y.shape, array=safe_divisor(g, x.dtype, y.shape))
    if name == "Mod":
        attributes["fmod"] = 1 if x.dtype.kind == "f" else 0  # 1 for integers: ONNX Runtime takes doubles
    if name == "Pow":
        y = g.constant(g.choose([0, 1, 2, 3, -1, 2.5] + [0.5] * (not g.wild) if x.dtype.kind == "f" else [0, 1, 2, 3]), x.dtype)
    operands = [y, x] if g.chance(0.3) and name not in ("Div", "Mod", "Pow") else [x, y]
    g.apply(name, operands, moves=name in ("Min", "Max", "Mod"), **attributes)


def safe_divisor(g, dtype, shape):
    """Neither 0, nor −1: what the smallest integer divided by it is, C leaves open."""
    array = g.random_array(dtype, shape)
    return np.where((array == 0) | (array == np.array(-1).astype(dtype)), np.array(3).astype(dtype), array).astype(dtype)


@op(2)
def variadic(g):
    x = g.pick(FLOATS)
    g.apply(g.choose(["Sum", "Mean", "Min", "Max"]), [x] + [g.other(x) for _ in range(g.integer(0, 3))])


@op(3)
def compare(g):
    x = g.pick(NUMBERS)
    g.apply(g.choose(["Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"]), [x, g.other(x)])


@op(2)
def logical(g):
    x = g.pick([BOOL], fresh=0.4)
    name = g.choose(["And", "Or", "Xor", "Not"])
    g.apply(name, [x] if name == "Not" else [x, g.other(x)])


@op(2)
def bits(g):
    name = g.choose(["BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"])
    if name != "BitShift" and g.opset < 18:
        raise Illegal(name)
    x = g.pick(INTS if name != "BitShift" else [t for t in INTS if t.kind == "u"], fresh=0.3)
    if name == "BitwiseNot":
        g.apply(name, [x])
    elif name == "BitShift":
        most = x.dtype.itemsize * 8 - 1
        y = g.new(x.dtype, g.like(x.shape))
        y.array = (y.array % (most + 1)).astype(x.dtype)
        g.apply(name, [x, y], direction=g.choose(["LEFT", "RIGHT"]))
    else:
        g.apply(name, [x, g.other(x)])


@op(4)
def where(g):
    x = g.pick(ANY)
    condition = g.pick([BOOL], shape=g.like(x.shape))
    operands = [x, g.other(x)]
    g.apply("Where", [condition] + (operands if g.chance(0.5) else operands[::-1]), moves=True)


@op(5)
def cast(g):
    x = g.pick(ANY)
    to = g.choose(ANY)
    if x.dtype.kind == "f" and to.kind in "iu":
        # Out of range, the result is undefined.
        info = np.iinfo(to)
        low, high = max(info.min, -2 ** 31), min(info.max, 2 ** 31 - 1)
        if not np.all((x.array.astype(np.float64) > low) & (x.array.astype(np.float64) < high)):
            raise Illegal("out of range")
    g.apply("Cast", [x], to=onnx_type(to), moves=to != F16 and not (to == F32 and x.dtype == F64))


@op(2)
def isnan(g):
    g.apply(g.choose(["IsNaN", "IsInf"]), [g.pick([F32, F64])])


@op(2)
def prelu(g):
    x = g.pick(FLOATS)
    g.apply("PRelu", [x, g.new(x.dtype, g.choose([(), (1,), g.like(x.shape)]))])


# ---- moves


@op(5)
def transpose(g):
    x = g.pick()
    g.apply("Transpose", [x], perm=None if g.chance(0.2) else g.rng.permutation(x.rank).tolist(), moves=True)


def factorise(g, count, rank):
    dims = [1] * rank
    for prime in (2, 3, 5, 7, 11, 13):
        while count % prime == 0 and count > 1:
            count //= prime
            dims[g.integer(0, rank - 1)] *= prime
    dims[g.integer(0, rank - 1)] *= count
    return dims


@op(5)
def reshape(g):
    x = g.pick()
    dims = factorise(g, x.array.size, g.integer(1, 5)) if x.array.size else list(x.shape)
    if g.chance(0.3) and x.array.size and dims:
        dims[g.integer(0, len(dims) - 1)] = -1
    g.apply("Reshape", [x, g.constant(dims, I64)], moves=True)


@op(2)
def flatten(g):
    x = g.pick()
    g.apply("Flatten", [x], axis=g.integer(-x.rank, x.rank), moves=True)


def axes_node(g, name, x, axes, since, **attributes):
    """A node whose axes are an attribute before opset `since`, and an input from there on."""
    if axes is None or g.opset < since:
        return g.apply(name, [x], axes=axes, **attributes)
    return g.apply(name, [x, g.constant(axes, I64)], **attributes)


def some_axes(g, rank, least=1):
    axes = sorted(g.rng.permutation(rank)[:g.integer(min(least, rank), rank)].tolist())
    return [a - rank if g.chance(0.3) else a for a in axes]


@op(2)
def squeeze(g):
    x = g.pick()
    ones = [i for i, d in enumerate(x.shape) if d == 1]
    axes = [a for a in ones if g.chance(0.7)] or None  # no axes: ONNX Runtime takes an empty list for all
    axes_node(g, "Squeeze", x, axes, 13, moves=True)


@op(2)
def unsqueeze(g):
    x = g.pick(where=lambda v: v.rank < 5)
    axes_node(g, "Unsqueeze", x, some_axes(g, min(x.rank + g.integer(1, 2), 6))[:2] or [0], 13, moves=True)


@op(5)
def slice_(g):
    x = g.pick(where=lambda v: v.rank > 0)
    axes = sorted(g.rng.permutation(x.rank)[:g.integer(1, x.rank)].tolist())
    starts, ends, steps = [], [], []
    for axis in axes:
        size = x.shape[axis]
        step = g.choose([1, 1, 2, 3, -1, -1, -2])
        a, b = sorted((g.integer(-size - 2, size + 2), g.integer(-size - 2, size + 2)))
        starts.append(a if step > 0 else g.choose([b, 2 ** 31 - 1]))
        ends.append(g.choose([b, b, 2 ** 63 - 1]) if step > 0 else g.choose([a, -2 ** 63]))
        steps.append(step)
    axes = [a - x.rank if g.chance(0.3) else a for a in axes]
    inputs = [x, g.constant(starts, I64), g.constant(ends, I64)]
    if axes != list(range(len(axes))) or g.chance(0.7) or any(s != 1 for s in steps):
        inputs += [g.constant(axes, I64)]
        if g.chance(0.7) or any(s != 1 for s in steps):
            inputs += [g.constant(steps, I64)]
    g.apply("Slice", inputs, moves=True)


@op(4)
def concat(g):
    x = g.pick(where=lambda v: v.rank > 0)
    axis = g.integer(0, x.rank - 1)
    operands = [x]
    for _ in range(g.integer(0, 3)):
        fits = [v for v in g.values if v.dtype == x.dtype and v.rank == x.rank
                and all(i == axis or a == b for i, (a, b) in enumerate(zip(v.shape, x.shape)))]
        shape = x.shape[:axis] + (g.integer(0, 4),) + x.shape[axis + 1:]
        operands.insert(g.integer(0, len(operands)), g.choose(fits) if g.chance(0.6) else g.new(x.dtype, shape))
    g.apply("Concat", operands, axis=axis - x.rank if g.chance(0.3) else axis, moves=True)


@op(4)
def split(g):
    x = g.pick(where=lambda v: v.rank > 0)
    axis = g.integer(-x.rank, x.rank - 1)
    size = x.shape[axis]
    parts = g.integer(1, 3)
    if g.chance(0.5) and (size % parts == 0 or g.opset >= 18):
        more = {"num_outputs": parts} if g.opset >= 18 else {}
        g.apply("Split", [x], outputs=parts, axis=axis, moves=True, **more)
        return
    cuts = sorted(g.integer(0, size) for _ in range(parts - 1))
    sizes = np.diff([0] + cuts + [size]).tolist()
    if g.opset < 13:
        g.apply("Split", [x], outputs=parts, axis=axis, split=sizes, moves=True)
    else:
        g.apply("Split", [x, g.constant(sizes, I64)], outputs=parts, axis=axis, moves=True)


@op(3)
def expand(g):
    x = g.pick()
    shape = [g.integer(1, 4) if d == 1 and g.chance(0.7) else (1 if g.chance(0.2) else d) for d in x.shape]
    if len(shape) < 5 and g.chance(0.3):
        shape.insert(0, g.integer(1, 3))
    g.apply("Expand", [x, g.constant(shape, I64)], moves=True)


@op(2)
def tile(g):
    x = g.pick()
    g.apply("Tile", [x, g.constant([g.choose([0, 1, 1, 2, 3]) if g.chance(0.9) else 1 for _ in x.shape], I64)], moves=True)


@op(4)
def pad(g):
    x = g.pick(where=lambda v: v.rank > 0)
    mode = g.choose(["constant", "constant", "reflect", "edge"] + (["wrap"] if g.opset >= 19 else []))
    low = -2 if g.chance(0.25) else 0
    axes = some_axes(g, x.rank) if g.opset >= 18 and g.chance(0.4) else None
    count = x.rank if axes is None else len(axes)
    pads = [g.integer(low, 3) for _ in range(2 * count)]
    inputs = [x, g.constant(pads, I64)]
    fill = mode == "constant" and g.chance(0.6)
    if fill or axes is not None:
        inputs.append(g.constant(g.random_array(x.dtype, ())) if fill else None)
    if axes is not None:
        inputs.append(g.constant(axes, I64))
    sizes = [x.shape[a] for a in (range(x.rank) if axes is None else axes)]
    if mode != "constant" and any(p < 0 or p >= s for p, s in zip(pads, sizes * 2)):
        raise Illegal("ONNX doesn't say what negative or long pads mean here")
    if any(-a - b > s or -min(a, b) > s for a, b, s in zip(pads[:count], pads[count:], sizes)):
        raise Illegal("negative size")
    g.apply("Pad", inputs, mode=mode, moves=True)


def indices(g, shape, size, signed=True):
    if size == 0 and np.prod(shape) > 0:
        raise Illegal("no index")
    array = g.rng.integers(-size if signed else 0, max(size, 1), shape)
    return g.new(I64, shape, array=np.asarray(array, g.choose([I64, I32])))


@op(4)
def gather(g):
    x = g.pick(where=lambda v: v.rank > 0)
    axis = g.integer(-x.rank, x.rank - 1)
    g.apply("Gather", [x, indices(g, g.shape(g.integer(0, 2), 4), x.shape[axis])], axis=axis, moves=True)


@op(2)
def gather_elements(g):
    x = g.pick(where=lambda v: v.rank > 0)
    axis = g.integer(-x.rank, x.rank - 1)
    shape = tuple(g.integer(1, 4) if i == axis % x.rank else min(d, g.integer(1, 5)) for i, d in enumerate(x.shape))
    g.apply("GatherElements", [x, indices(g, shape, x.shape[axis])], axis=axis, moves=True)


@op(2)
def gather_nd(g):
    x = g.pick(where=lambda v: v.rank > 0 and v.array.size)
    batch = g.integer(0, min(1, x.rank - 1)) if g.opset >= 12 else 0
    last = g.integer(1, x.rank - batch)
    shape = x.shape[:batch] + g.shape(g.integer(0, 2), 3) + (last,)
    columns = [g.rng.integers(-x.shape[batch + k], x.shape[batch + k], shape[:-1]) for k in range(last)]
    g.apply("GatherND", [x, g.new(I64, shape, array=np.stack(columns, -1))], moves=True,
            **({"batch_dims": batch} if g.opset >= 12 else {}))


@op(2)
def scatter(g):
    x = g.pick(where=lambda v: v.rank > 0 and v.array.size)
    axis = g.integer(-x.rank, x.rank - 1)
    shape = tuple(g.integer(1, d) for d in x.shape)
    reductions = [None, "add", "mul"] + (["min", "max"] if g.opset >= 18 else [])
    reduction = g.choose(reductions) if g.opset >= 16 and x.dtype != BOOL else None
    index = indices(g, shape, x.shape[axis])
    if reduction is None:  # which of two updates of one place wins is open
        order = [g.rng.permutation(x.shape[axis])[:shape[axis]] for _ in range(max(1, int(np.prod(shape)) // shape[axis]))]
        moved = np.moveaxis(np.empty(shape, index.dtype), axis, -1)
        index.array = np.ascontiguousarray(np.moveaxis(np.reshape(order, moved.shape), -1, axis)).astype(index.dtype)
    g.apply("ScatterElements", [x, index, g.new(x.dtype, shape)], axis=axis, reduction=reduction, moves=reduction is None)


@op(2)
def scatter_nd(g):
    x = g.pick(where=lambda v: v.rank > 0 and v.array.size)
    last = g.integer(1, x.rank)
    places = g.rng.permutation(int(np.prod(x.shape[:last])))[:g.integer(1, 5)]
    index = np.stack(np.unravel_index(places, x.shape[:last]), -1).astype(np.int64)
    reduction = g.choose([None, "add", "mul"]) if g.opset >= 16 and x.dtype != BOOL else None
    updates = g.new(x.dtype, (len(places),) + x.shape[last:])
    g.apply("ScatterND", [x, g.new(I64, index.shape, array=index), updates], reduction=reduction, moves=reduction is None)


@op(2)
def depth_space(g):
    name = g.choose(["DepthToSpace", "SpaceToDepth"])
    x = g.pick(ANY, rank=4)
    more = {"mode": g.choose(["DCR", "CRD"])} if name == "DepthToSpace" else {}
    n, block = x.shape[0], g.integer(1, 3)
    shape = (n, block * block * g.integer(1, 2), g.integer(1, 3), g.integer(1, 3)) if name == "DepthToSpace" else \
        (n, g.integer(1, 3), block * g.integer(1, 3), block * g.integer(1, 3))
    g.apply(name, [g.new(x.dtype, shape)], blocksize=block, moves=True, **more)


@op(2)
def shaping(g):
    """Shape arithmetic that must fold: a Reshape to a part of a Shape."""
    x = g.pick(where=lambda v: v.rank > 1 and v.array.size)
    shape = g.apply("Shape", [x], moves=True)
    first = g.apply("Gather", [shape, g.constant([0], I64)], axis=0, moves=True)
    target = g.apply("Concat", [first, g.constant([-1], I64)], axis=0, moves=True)
    g.apply("Reshape", [x, target], moves=True)


@op(1)
def trilu(g):
    if g.opset < 14:
        raise Illegal("Trilu")
    x = g.pick(where=lambda v: v.rank >= 2)
    g.apply("Trilu", [x, g.constant(g.integer(-4, 4), I64)], upper=g.integer(0, 1), moves=True)


@op(1)
def one_hot(g):
    index = g.pick([I64, I32], fresh=0.4)
    values = g.new(g.choose([F32, I64, I32]), (2,), constant=True)
    g.apply("OneHot", [index, g.constant(g.integer(1, 6), I64), values], axis=g.integer(-1, index.rank))  # ONNX Runtime computes them


@op(1)
def reverse_sequence(g):
    x = g.pick(where=lambda v: v.rank >= 2 and v.array.size)
    time = g.integer(0, 1)
    lengths = np.asarray(g.rng.integers(1, x.shape[time] + 1, x.shape[1 - time]))
    g.apply("ReverseSequence", [x, g.new(I64, lengths.shape, array=lengths)], time_axis=time, batch_axis=1 - time, moves=True)


@op(1)
def cumulative(g):
    x = g.pick([F32, F64, I32, I64], where=lambda v: v.rank > 0)
    if g.opset < 11:
        raise Illegal("CumSum")
    g.apply("CumSum", [x, g.constant(g.integer(-x.rank, x.rank - 1), g.choose([I32, I64]))], exclusive=g.integer(0, 1),
            reverse=g.integer(0, 1))


# ---- reductions


@op(8)
def reduce(g):
    name = g.choose(["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"])
    x = g.pick(FLOATS + ([] if name.startswith("Log") else [I32, I64]), where=lambda v: v.array.size)
    bits = 15 if name in ("L2", "SumSquare") else 30
    if x.dtype.kind == "i" and np.sum(np.log2(np.maximum(np.abs(x.array.astype(np.float64)), 1))) > bits:
        raise Illegal("an overflow is left open")
    axes = None if g.chance(0.2) else some_axes(g, x.rank) or None
    axes_node(g, "Reduce" + name, x, axes, 13 if name == "Sum" else 18, keepdims=g.integer(0, 1), moves=name in ("Max", "Min"))


@op(2)
def arg_reduce(g):
    x = g.pick(NUMBERS, where=lambda v: v.rank > 0 and v.array.size)
    more = {"select_last_index": g.integer(0, 1)} if g.opset >= 12 else {}
    g.apply(g.choose(["ArgMax", "ArgMin"]), [x], axis=g.integer(-x.rank, x.rank - 1), keepdims=g.integer(0, 1), **more)


@op(3)
def softmax(g):
    x = g.pick(FLOATS, where=lambda v: v.rank > 0)
    names = ["Softmax", "Softmax", "LogSoftmax", "Hardmax"]
    if g.opset < 13 and x.dtype != F32:
        names.remove("Hardmax")  # onnx.reference, where ONNX Runtime has no kernel, doesn't flatten the axes behind `axis`
    g.apply(g.choose(names), [x], axis=g.integer(-x.rank, x.rank - 1))
