"""Random nodes on elements of 8 and fewer bits that are no bytes: float8, float4, integers of 4 and 2 bits.

ONNX Runtime's Python has no arrays of most of them: onnx.reference computes these nodes."""
import ml_dtypes
import numpy as np
from graph import F16, F32, I64, Illegal, onnx_type
from ops import factorise, op

INT4, UINT4, INT2, UINT2 = (np.dtype(getattr(ml_dtypes, t)) for t in ("int4", "uint4", "int2", "uint2"))
FLOATS8 = [np.dtype(getattr(ml_dtypes, f"float8_{t}")) for t in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz")]
FLOAT4 = np.dtype(ml_dtypes.float4_e2m1fn)
RANGES = {INT4: (-8, 7), UINT4: (0, 15), INT2: (-2, 1), UINT2: (0, 3)}
SINCE = {**dict.fromkeys(FLOATS8, 21), INT4: 21, UINT4: 21, FLOAT4: 23, INT2: 25, UINT2: 25}


def small_type(g, types=tuple(SINCE)):
    known = [t for t in types if SINCE[t] <= g.opset]
    if not known:
        raise Illegal("too new")
    return g.choose(known)


def elements(g, dtype, shape):
    if dtype in RANGES:
        low, high = RANGES[dtype]
        return g.rng.integers(low, high + 1, shape).astype(np.int8).astype(dtype)
    return np.asarray(g.rng.standard_normal(shape) * 3, np.float32).astype(dtype)


def small_value(g, where=lambda v: True):
    """An existing value of few bits, or a new one."""
    known = [v for v in g.values if v.dtype in SINCE and where(v)]
    if known and g.chance(0.7):
        return g.choose(known)
    dtype, shape = small_type(g), g.shape()
    value = g.new(dtype, shape, array=elements(g, dtype, shape))
    if not where(value):
        raise Illegal("no value fits")
    return value


@op(2)
def cast_to_small(g):
    dtype = small_type(g)
    x = g.pick([F32, F16], where=lambda v: v.exact and not g.wild)
    if dtype in RANGES:  # out of range, the result is undefined
        low, high = RANGES[dtype]
        if np.any((x.array < low) | (x.array > high)):
            raise Illegal("out of range")
    saturate = g.integer(0, 1) if dtype in FLOATS8 and g.chance(0.5) else None
    g.apply("Cast", [x], to=onnx_type(dtype), saturate=saturate, moves=True)


@op(2)
def cast_from_small(g):
    g.apply("Cast", [small_value(g)], to=onnx_type(g.choose([F32, F32, F16])), moves=True)


@op(2)
def move_small(g):
    x = small_value(g, where=lambda v: v.rank > 0 and v.array.size)
    name = g.choose(["Transpose", "Reshape", "Concat", "Slice", "Gather", "Identity", "Unsqueeze", "Flatten"])
    axis = g.integer(0, x.rank - 1)
    if name == "Transpose":
        g.apply(name, [x], perm=g.rng.permutation(x.rank).tolist(), moves=True)
    elif name == "Reshape":
        g.apply(name, [x, g.constant(factorise(g, x.array.size, g.integer(1, 4)), I64)], moves=True)
    elif name == "Concat":
        y = g.new(x.dtype, x.shape, array=elements(g, x.dtype, x.shape))
        g.apply(name, [x, y] if g.chance(0.5) else [y, x], axis=axis, moves=True)
    elif name == "Slice":
        start = g.integer(0, x.shape[axis] - 1)
        bounds = [g.constant([n], I64) for n in (start, x.shape[axis] + g.integer(-1, 2), axis)]
        g.apply(name, [x, *bounds], moves=True)
    elif name == "Gather":
        index = g.rng.integers(0, x.shape[axis], g.shape(g.integer(0, 2), 3))
        g.apply(name, [x, g.new(I64, index.shape, array=np.asarray(index))], axis=axis, moves=True)
    elif name == "Unsqueeze":
        g.apply(name, [x, g.constant([axis], I64)], moves=True)
    else:
        g.apply(name, [x], moves=True, **({"axis": axis} if name == "Flatten" else {}))


def blocked(g, shape, axis):
    """The shape of the scales: of the whole, of each slice of `axis`, or of blocks along it; and the attributes that say so."""
    size = shape[axis]
    kind = g.choose(["tensor", "axis", "blocks"])
    if kind == "tensor":
        return (), {}
    if kind == "axis":
        return (size,), {"axis": axis}
    block = g.integer(1, size)
    return (*shape[:axis], -(-size // block), *shape[axis + 1:]), {"axis": axis, "block_size": block}


@op(3)
def quantise_small(g):
    x = g.pick([F32], where=lambda v: v.exact and v.rank > 0 and v.array.size and not g.wild)
    dtype = small_type(g, (*FLOATS8, INT4, UINT4, INT4, UINT4))
    shape, attributes = blocked(g, x.shape, g.integer(0, x.rank - 1))
    scale = g.constant(2.0 ** g.rng.integers(-3, 2, shape), F32)  # quotients are exact: no tie depends on rounding
    zero = g.rng.integers(0, 4, shape) if dtype in (INT4, UINT4) else np.zeros(shape)
    q = g.apply("QuantizeLinear", [x, scale, g.constant(np.asarray(zero, np.int8).astype(dtype))], moves=True, **attributes)
    if g.chance(0.8):
        inputs = [q, scale] + ([] if not np.any(zero) and g.chance(0.5) else [g.constants[-1]])
        g.apply("DequantizeLinear", inputs, **attributes)


@op(3)
def product_of_small_weights(g):
    """x · DequantizeLinear(weights), as exporters write models whose weights have 4 bits."""
    dtype = small_type(g, (INT4, UINT4, INT4, UINT4, *FLOATS8))
    x = g.pick([F32], where=lambda v: v.rank >= 2 and v.array.size)
    shape = (x.shape[-1], g.integer(1, 6))
    w = g.constant(elements(g, dtype, shape))
    scales, attributes = blocked(g, shape, g.integer(0, 1))
    inputs = [w, g.constant(g.rng.uniform(0.05, 0.5, scales), F32)]
    if g.chance(0.5):
        inputs.append(g.constant(elements(g, dtype, scales) if dtype in RANGES else np.zeros(scales).astype(dtype)))
    g.apply("MatMul", [x, g.apply("DequantizeLinear", inputs, moves=True, **attributes)])
