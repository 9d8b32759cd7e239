"""Random If, Loop and Scan: their bodies are random graphs, which read what is outside, too.

ONNX Runtime runs the whole node. The error that its results may have comes from running the bodies turn by turn, node by node."""
import numpy as np
import ops
from graph import BOOL, F16, F32, F64, FLOATS, I64, Illegal, Value, info_of
from onnx import helper, numpy_helper
from ops import op

# In the turns of a loop other values come than those that a node was made for. These would not always be legal, or defined.
BY_VALUE = {"cast", "top_k", "pool_with_indices", "reduce", "one_hot", "binary", "dynamic_quantise", "qlinear_conv",
            "qlinear_matmul", "matmul_integer", "conv_integer", "roi_align", "tree_regressor", "features", "fused"}
DEEPEST = 2


class Body:
    """A graph inside a node: `arguments` are its inputs' Values, for the first turn."""

    def __init__(self, g, arguments, most, repeated):
        self.outer, self.arguments = g, arguments
        self.inner = g.inside(arguments)
        table = [(w, f) for w, f in ops.GENERATORS if not (repeated and f.__name__ in BY_VALUE)]
        weights = np.array([w for w, _ in table], np.float64) / sum(w for w, _ in table)
        wanted = g.integer(1, most)
        for _ in range(8 * wanted):
            if len(self.inner.nodes) >= wanted:
                break
            before = len(self.inner.values), len(self.inner.nodes)
            try:
                table[int(g.rng.choice(len(table), p=weights))][1](self.inner)
            except Illegal:
                if len(self.inner.nodes) == before[1]:
                    del self.inner.values[before[0]:]

    made = property(lambda self: [v for n in self.inner.nodes for v in n.outputs])

    def like(self, value):
        """A result of the body that has the type and shape of `value`."""
        g = self.inner
        fits = [v for v in self.made if v.dtype == value.dtype and v.shape == value.shape and v not in g.taken]
        if fits and g.chance(0.8):
            return self.take(g.choose(fits))
        sources = [v for v in self.made if v.dtype == value.dtype and v.array.size]
        if sources and value.dtype in (F32, F64, F16):
            mean = g.apply("ReduceMean", [g.choose(sources)], keepdims=0)
            half = g.apply("Mul", [value, g.constant(0.5, value.dtype)])
            y = g.apply("Add", [half, mean])
            if y.shape == value.shape:
                return self.take(y)
        return self.take(g.apply("Identity", [value], moves=True))

    def take(self, value):
        self.inner.taken.append(value)
        return value

    def proto(self, results):
        """(GraphProto, what it reads from outside): some constants are its own initialisers."""
        g = self.inner
        inside = {v.name for v in (*self.made, *self.arguments)}
        read = {v.name: v for n in g.nodes for v in n.inputs if v.name not in inside}
        own = [v for v in read.values() if v in g.constants and g.chance(0.6)]
        graph = helper.make_graph([n.proto for n in g.nodes], g.fresh(), [info_of(v) for v in self.arguments],
                                  [info_of(v) for v in results], [numpy_helper.from_array(v.array, v.name) for v in own])
        return graph, [v for v in read.values() if v not in own]

    def run(self, values):
        """The values of all that is in the body, for these `values` of arguments and captures by name."""
        return self.inner.replay(self.inner.nodes, dict(values))


def by_name(values):
    return {v.name: v for v in values}


def renamed(value, name):
    return Value(name, value.array, value.error)


def condition(g):
    known = [v for v in g.values if v.dtype == BOOL and v.rank == 0]
    if known and g.chance(0.5):
        return g.choose(known)
    if g.chance(0.5):
        return g.new(BOOL, (), constant=False)
    x = g.pick(FLOATS, where=lambda v: v.array.size)
    largest = g.apply("ReduceMax", [x], keepdims=0, moves=True)
    return g.apply("Less", [largest, g.constant(g.rng.standard_normal() * 3, x.dtype)])


def deep_enough(g):
    if g.depth >= DEEPEST or g.wild:
        raise Illegal("deep enough")


@op(3)
def if_(g):
    deep_enough(g)
    choice = condition(g)
    one, other = Body(g, [], 4, False), Body(g, [], 3, False)
    if not one.made:
        raise Illegal("nothing to give")
    results = [one.take(v) for v in g.rng.permutation(np.array([*one.made], object))[:g.integer(1, 2)]]
    others = [other.like(stand_in(other.inner, v)) for v in results]
    (then, reads), (otherwise, reads_too) = one.proto(results), other.proto(others)
    taken, wanted = (one, results) if choice.array else (other, others)

    def errors(values, _):
        done = taken.run(by_name(values))
        return [done[v.name].error for v in wanted]

    g.apply("If", [choice], outputs=len(results), captures=reads + reads_too, errors=errors, then_branch=then,
            else_branch=otherwise)


def stand_in(g, value):
    """Something of the type and shape of `value` that the other branch may give."""
    known = [v for v in g.values if v.dtype == value.dtype and v.shape == value.shape]
    return g.choose(known) if known and g.chance(0.8) else g.new(value.dtype, value.shape)


def carried_values(g, count):
    """`count` initial values, and the arguments that they become."""
    kinds = (F32, F32, F32, F64, F16, I64, BOOL)
    start = [g.pick(kinds, where=lambda v: v.array.size < 200, fresh=0.3) for _ in range(count)]
    return start, [renamed(v, g.fresh()) for v in start]


@op(3)
def loop(g):
    deep_enough(g)
    start, arguments = carried_values(g, g.integer(1, 3))
    turn, go = Value(g.fresh(), np.array(0, np.int64)), Value(g.fresh(), np.array(True))
    turns = g.choose([0, 1, 2, 3, 3, 4])
    body = Body(g, [turn, go, *arguments], 4, True)
    if g.chance(0.4):
        row(body, turn, max(turns, 1))
    following = [body.like(v) for v in arguments]
    by_data = g.chance(0.3)
    # Nothing stacked: ONNX Runtime doesn't know the shape of what no turn gave.
    full = [v for v in body.made if v.array.size]
    stacked = [] if by_data or not turns or not full else [g.choose(full) for _ in range(g.integer(0, 2))]
    stacked = [v for i, v in enumerate(stacked) if v not in following and v not in stacked[:i]]
    again = body.inner.apply("Less", [turn, body.inner.constant(g.integer(0, 3), I64)]) if by_data else \
        body.inner.apply("Identity", [go], moves=True)
    results = [again, *following, *stacked]
    graph, reads = body.proto(results)
    first = g.new(BOOL, ()) if by_data and g.chance(0.5) else g.constant(True) if g.chance(0.7) else None

    def errors(values, _):
        known = by_name(values)
        carried, rows = [known[v.name] for v in start], [[] for _ in stacked]
        goes = first is None or bool(known[first.name].array)
        for t in range(turns):
            if not goes:
                break
            known.update({turn.name: Value(turn.name, np.array(t, np.int64)), go.name: Value(go.name, np.array(True))})
            known.update({a.name: renamed(v, a.name) for a, v in zip(arguments, carried)})
            done = body.run(known)
            carried, goes = [done[v.name] for v in following], bool(done[again.name].array)
            for row_errors, v in zip(rows, stacked):
                row_errors.append(np.max(done[v.name].error, initial=0))
        return [v.error for v in carried] + [max(r, default=0) for r in rows]

    g.apply("Loop", [g.constant(turns, I64), first, *start], outputs=len(start) + len(stacked), captures=reads, errors=errors,
            body=graph)


def row(body, turn, turns):
    """The row of the turn, of something outside."""
    g = body.inner
    try:
        x = g.pick(where=lambda v: v.rank > 0 and v.shape[0] >= turns and v not in body.arguments)
        g.apply("Gather", [x, turn], axis=0, moves=True)
    except Illegal:
        pass


@op(2)
def scan(g):
    deep_enough(g)
    start, states = carried_values(g, g.integer(0, 2))
    length, scanned, slices, axes, directions = g.integer(1, 4), [], [], [], []
    for _ in range(g.integer(1, 2)):
        shape = list(g.shape(g.integer(1, 3), 4))
        axis = g.integer(0, len(shape) - 1)
        shape[axis] = length
        fits = [v for v in g.values if v.rank and v.shape[0] == length and v.array.size and v.dtype.kind in "fb"]
        x, axis = (g.choose(fits), 0) if fits and g.chance(0.5) else (g.new(g.choose([F32, F32, F64, I64]), shape), axis)
        scanned.append(x)
        axes.append(axis)
        directions.append(g.integer(0, 1))
        slices.append(Value(g.fresh(), np.take(x.array, -directions[-1], axis), np.max(x.error, initial=0)))
    body = Body(g, [*states, *slices], 4, True)
    following = [body.like(v) for v in states]
    # ONNX Runtime divides by the number of elements.
    stacked = [v for v in body.made if v not in following and v.array.size][-g.integer(1, 2):]
    if not following and not stacked:
        raise Illegal("nothing to give")
    graph, reads = body.proto([*following, *stacked])
    out_axes = [g.integer(0, v.rank) for v in stacked]
    out_directions = [g.integer(0, 1) for _ in stacked]

    def errors(values, _):
        known = by_name(values)
        carried, rows = [known[v.name] for v in start], [[] for _ in stacked]
        for t in range(length):
            known.update({a.name: renamed(v, a.name) for a, v in zip(states, carried)})
            for s, x, axis, backwards in zip(slices, scanned, axes, directions):
                x = known[x.name]
                known[s.name] = Value(s.name, np.take(x.array, length - 1 - t if backwards else t, axis), np.max(x.error, initial=0))
            done = body.run(known)
            carried = [done[v.name] for v in following]
            for row_errors, v in zip(rows, stacked):
                row_errors.append(np.max(done[v.name].error, initial=0))
        return [v.error for v in carried] + [max(r, default=0) for r in rows]

    g.apply("Scan", [*start, *scanned], outputs=len(start) + len(stacked), captures=reads, errors=errors, body=graph,
            num_scan_inputs=len(scanned), scan_input_axes=axes, scan_input_directions=directions,
            scan_output_axes=out_axes or None, scan_output_directions=out_directions or None)
