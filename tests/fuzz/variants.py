"""Programs that run several times: with state that the library keeps, or with a size that is known at run time only."""
import numpy as np
from graph import F16, F32, F64, FLOATS, Illegal, Value

RUNS = 3
SIZE = "T"  # the name of a dim


def needs_its_values(node):
    """Whether `node` is legal, or defined, for the values only that it was made for."""
    op, read = node.proto.op_type, node.inputs
    if op in ("TopK", "OneHot", "Unique", "RoiAlign") or len(node.outputs) > 1 and op == "MaxPool":
        return True
    if op == "Cast":
        return read[0].dtype.kind == "f" and node.outputs[0].dtype.kind in "iu"
    if op.startswith("Reduce") or op in ("Pow", "Div", "Mod"):
        return read[0].dtype.kind in "iu"
    return any(a.HasField("g") for a in node.proto.attribute) or node.stands_in


def shuffled(g, value):
    """Other elements, of the same kind; integers may be indices and stay."""
    if value.dtype not in FLOATS:
        return value
    return Value(value.name, g.rng.permutation(value.array.reshape(-1)).reshape(value.shape))


def kept_state(g, count):
    """(input, next value) of `count` states: an input, and a value of its type and shape, made if there is none."""
    read = list({v.name: v for n in g.nodes for v in n.inputs if v in g.inputs}.values())
    pairs = []
    for x in [read[i] for i in g.rng.permutation(len(read))]:
        if x.dtype not in (F32, F64, F16) or not 0 < x.array.size <= 200 or len(pairs) == count:
            continue
        made = [v for n in g.nodes for v in n.outputs if v.dtype == x.dtype and v.array.size]
        fits = [v for v in made if v.shape == x.shape and all(v is not y for _, y in pairs)]
        if fits and g.chance(0.7):
            pairs.append((x, g.choose(fits)))
        elif made:
            mean = g.apply("ReduceMean", [g.choose(made)], keepdims=0)
            half = g.apply("Mul", [x, g.constant(0.5, x.dtype)])
            pairs.append((x, g.apply("Add", [half, mean])))
    if not pairs:
        raise Illegal("nothing to keep")
    return pairs


def run_with_state(g, program, pairs):
    """Gives `program` the runs of a library that keeps `pairs`, which starts from zeros."""
    if any(needs_its_values(n) for n in program.nodes):
        raise Illegal("other values are not for this graph")
    state = {x.name: Value(x.name, np.zeros_like(x.array)) for x, _ in pairs}
    runs = []
    for _ in range(RUNS):
        values = {v.name: state.get(v.name) or shuffled(g, v) for v in program.inputs}
        done = g.replay(program.nodes, values)
        runs.append(program.run_of(done))
        state = {x.name: Value(x.name, done[y.name].array, done[y.name].error) for x, y in pairs}
    program.runs, program.states = runs, [(x.name, y.name) for x, y in pairs]


def resized(g, value, axes, size):
    array = value.array
    for axis in axes:
        array = np.take(array, g.rng.integers(0, max(array.shape[axis], 1), size), axis)
    return Value(value.name, array)


def run_with_sizes(g, program):
    """Gives `program` runs of several sizes of one dim of its inputs, which they share where they are equal."""
    if any(needs_its_values(n) for n in program.nodes):
        raise Illegal("other values are not for this graph")
    whole = [v for v in program.inputs if v.array.size]  # a flag gives the shapes of the others, and no size
    dims = sorted({d for v in whole for d in v.shape})
    if not dims:
        raise Illegal("no dim")
    chosen = g.choose(dims)
    places = [(v, axis) for v in whole for axis, d in enumerate(v.shape) if d == chosen]
    if g.chance(0.3):
        places = [g.choose(places)]
    axes = {v.name: [a for w, a in places if w is v] for v, _ in places}
    runs, sizes = [], []
    for size in [chosen, *(int(s) for s in g.rng.permutation(14) + 1)]:
        if len(runs) == RUNS:
            break
        try:
            values = {v.name: resized(g, v, axes.get(v.name, ()), size) for v in program.inputs}
            runs.append(program.run_of(g.replay(program.nodes, values, same_shapes=False)))
            sizes.append(size)
        except Illegal:
            continue
    if len(set(sizes)) < 2:
        raise Illegal("one size only")
    program.runs, program.sizes = runs, sizes
    program.open_dims = {(name, axis) for name, of in axes.items() for axis in of}
