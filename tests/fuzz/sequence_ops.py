"""Random recurrent layers, sorting, classical models (ai.onnx.ml) and ONNX Runtime's own operators (com.microsoft)."""
import numpy as np
from graph import F32, I64, NUMBERS, Illegal
from network_ops import image
from ops import op

ML, CONTRIB = "ai.onnx.ml", "com.microsoft"


@op(3)
def recurrent(g):
    name = g.choose(["RNN", "GRU", "LSTM"])
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[name]
    steps, batch, size, hidden = g.integer(1, 4), g.integer(1, 3), g.integer(1, 4), g.integer(1, 4)
    direction = g.choose(["forward", "reverse", "bidirectional"])
    d = 2 if direction == "bidirectional" else 1
    known = [v for v in g.values if v.dtype == F32 and v.rank == 3 and v.array.size and v.shape[0] < 6]
    x = g.choose(known) if known and g.chance(0.5) else g.new(F32, (steps, batch, size), constant=False)
    steps, batch, size = x.shape
    inputs = [x, g.new(F32, (d, gates * hidden, size), constant=True), g.new(F32, (d, gates * hidden, hidden), constant=True)]
    inputs.append(g.new(F32, (d, 2 * gates * hidden), constant=True) if g.chance(0.6) else None)
    lengths = g.rng.integers(1, steps + 1, batch).astype(np.int32)
    inputs.append(g.new(np.int32, (batch,), array=lengths) if g.chance(0.3) else None)
    inputs.append(g.new(F32, (d, batch, hidden)) if g.chance(0.4) else None)
    if name == "LSTM" and g.chance(0.5):
        inputs.append(g.new(F32, (d, batch, hidden)) if g.chance(0.5) else None)
        inputs.append(g.new(F32, (d, 3 * hidden), constant=True) if g.chance(0.6) else None)
    while inputs[-1] is None:
        inputs.pop()
    more = {"linear_before_reset": g.integer(0, 1)} if name == "GRU" else {}
    if g.chance(0.2):
        more["clip"] = 1.5
    wanted = [True, g.chance(0.7)] + ([g.chance(0.5)] if name == "LSTM" else [])
    g.apply(name, inputs, outputs=wanted, hidden_size=hidden, direction=direction, slack=5, **more)


@op(2)
def top_k(g):
    x = g.pick(NUMBERS, where=lambda v: v.rank > 0 and v.array.size)
    axis = g.integer(-x.rank, x.rank - 1)
    k = g.constant([g.integer(1, x.shape[axis])], I64)
    if len(np.unique(x.array)) < x.array.size and x.dtype.kind != "f":
        raise Illegal("the order of equal elements is open in ONNX Runtime")
    g.apply("TopK", [x, k], outputs=2, axis=axis, largest=g.integer(0, 1), sorted=1, moves=True)


def rows(g):
    return g.pick([F32], rank=2, where=lambda v: v.array.size)


@op(2)
def features(g):
    name = g.choose(["Scaler", "Normalizer", "Binarizer", "Imputer", "ArrayFeatureExtractor"])
    x = rows(g)
    columns = x.shape[1]
    if name == "Scaler":
        few = g.choose([1, columns])
        more = {"offset": g.rng.standard_normal(few).tolist(), "scale": g.rng.uniform(0.1, 2, few).tolist()}
    elif name == "Normalizer":
        more = {"norm": g.choose(["MAX", "L1", "L2"])}
    elif name == "Binarizer":
        more = {"threshold": float(g.rng.standard_normal())}
    elif name == "Imputer":
        more = {"imputed_value_floats": g.rng.standard_normal(g.choose([1, columns])).tolist(),
                "replaced_value_float": float(g.choose([np.nan, 0.0, x.array.flat[0]]))}
    else:
        index = g.constant(g.rng.integers(0, columns, g.integer(1, 4)), I64)
        return g.apply(name, [x, index], domain=ML, moves=True)
    return g.apply(name, [x], domain=ML, **more)


@op(1)
def linear_regressor(g):
    x = rows(g)
    targets = g.integer(1, 3)
    g.apply("LinearRegressor", [x], domain=ML, coefficients=g.rng.standard_normal(targets * x.shape[1]).tolist(),
            intercepts=g.rng.standard_normal(targets).tolist() if g.chance(0.7) else None, targets=targets,
            post_transform=g.choose(["NONE", "NONE", "SOFTMAX", "LOGISTIC"]))


@op(1)
def tree_regressor(g):
    x = rows(g)
    tables = {k: [] for k in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")}
    leaves = {"treeids": [], "nodeids": [], "ids": [], "weights": []}
    targets = g.integer(1, 2)
    for tree in range(g.integer(1, 3)):
        grow(g, tables, leaves, tree, x.shape[1], targets)
    g.apply("TreeEnsembleRegressor", [x], domain=ML, n_targets=targets, aggregate_function=g.choose(["SUM", "AVERAGE", "MIN", "MAX"]),
            **{"nodes_" + k: v for k, v in tables.items()}, **{"target_" + k: v for k, v in leaves.items()})


def grow(g, tables, leaves, tree, columns, targets):
    """A complete tree of depth 0 … 3: node i has the children 2 i + 1 and 2 i + 2."""
    depth = g.integer(0, 3)
    inner = 2 ** depth - 1
    mode = g.choose(["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE"])
    for node in range(2 ** (depth + 1) - 1):
        is_leaf = node >= inner
        row = (tree, node, g.integer(0, columns - 1), "LEAF" if is_leaf else mode, float(g.rng.standard_normal()),
               0 if is_leaf else 2 * node + 1, 0 if is_leaf else 2 * node + 2)
        for name, value in zip(tables, row):
            tables[name].append(value)
        if is_leaf:
            for name, value in zip(leaves, (tree, node, g.integer(0, targets - 1), float(g.rng.standard_normal()))):
                leaves[name].append(value)


@op(2)
def fused(g):
    name = g.choose(["FusedMatMul", "Gelu", "BiasGelu", "QuickGelu", "SkipLayerNormalization", "FusedConv"])
    if name == "FusedConv":
        x = image(g, (F32,), spatial=2)
        w = g.new(F32, (g.integer(1, 4), x.shape[1], 1, 1), constant=True)
        return g.apply(name, [x, w], domain=CONTRIB, activation=g.choose(["Relu", "Tanh", "Sigmoid"]))
    x = g.pick([F32], where=lambda v: v.rank >= 2 and v.array.size)
    if name == "FusedMatMul":
        y = g.new(F32, (g.integer(1, 4), x.shape[-1]))
        return g.apply(name, [x, y], domain=CONTRIB, transB=1, alpha=0.5)
    if name == "BiasGelu":
        return g.apply(name, [x, g.new(F32, x.shape[-1:])], domain=CONTRIB)
    if name == "SkipLayerNormalization":
        x = g.new(F32, (g.integer(1, 2), g.integer(1, 4), g.integer(2, 6)), constant=False)
        rest = [g.new(F32, x.shape)] + [g.new(F32, x.shape[-1:]) for _ in range(g.integer(1, 3))]
        return g.apply(name, [x] + rest, domain=CONTRIB, epsilon=1e-2, slack=10)
    return g.apply(name, [x], domain=CONTRIB)


@op(1)
def dft(g):
    if g.opset < 20:
        raise Illegal("DFT")
    x = g.pick([F32], rank=3, where=lambda v: v.array.size)
    x = x if x.shape[-1] in (1, 2) else g.new(F32, (g.integer(1, 2), g.integer(1, 8), g.integer(1, 2)), constant=False)
    one_sided = x.shape[-1] == 1 and g.chance(0.5)
    g.apply("DFT", [x, None, g.constant(1, I64)], onesided=int(one_sided), inverse=0 if one_sided else g.integer(0, 1), slack=3)
