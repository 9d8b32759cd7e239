"""A random ONNX graph under construction. Every node is evaluated in ONNX Runtime as it is added, so that the graph is legal by
construction and every value, inner ones too, has an expected array and a bound of its error."""
import ml_dtypes
import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

ort.set_default_logger_severity(4)

F16, BF16 = np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16)
FLOATS = [np.dtype(t) for t in (np.float32, np.float64, np.float16)]
INTS = [np.dtype(t) for t in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)]
BOOL, F32, F64, I64, I32 = (np.dtype(t) for t in (np.bool_, np.float32, np.float64, np.int64, np.int32))
I8, U8, I16, U16 = (np.dtype(t) for t in (np.int8, np.uint8, np.int16, np.uint16))
NUMBERS = FLOATS + INTS
ANY = NUMBERS + [BOOL]
# What one operator may add to the error, relative to its largest result: the unit in the last place times some summands.
EPSILON = {F32: 4e-6, F64: 4e-12, F16: 4e-3, BF16: 3e-2}
OPSETS = [11, 13, 15, 17, 18, 19, 20, 21, 22, 23]
DOMAINS = {"ai.onnx.ml": 3, "com.microsoft": 1}
MOST_ELEMENTS = 3000
NAMES = ["int", "x.1", "a/b:0", "0", "é", "x 1", "y__", "NULL", "arena", "main", "1.5", "step", "a->b", "*/", "%d"]


class Illegal(Exception):
    """The node that was tried can't be made here; the generator tries something else."""


class Value:
    """A tensor: its expected elements, and how far a correct implementation may be off (an array of the same shape, or 0)."""

    def __init__(self, name, array, error=0, constant=False):
        self.name, self.array, self.error, self.constant = name, array, error, constant

    dtype = property(lambda self: self.array.dtype)
    shape = property(lambda self: self.array.shape)
    rank = property(lambda self: self.array.ndim)
    exact = property(lambda self: not np.any(self.error))


class Node:
    """A node of a graph. `evaluate(feeds)` gives its results, `errors(inputs, results)` their errors; `inputs` are all that it
    reads, also what its bodies take from outside. `stands_in`: ONNX Runtime runs other nodes for it."""

    def __init__(self, proto, inputs, outputs, evaluate, errors, stands_in):
        self.proto, self.inputs, self.outputs = proto, inputs, outputs
        self.evaluate, self.errors, self.stands_in = evaluate, errors, stands_in


def onnx_type(dtype):
    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


def info_of(value, shape=None):
    return helper.make_tensor_value_info(value.name, onnx_type(value.dtype), value.shape if shape is None else shape)


def type_of(value):
    """Type and rank."""
    return info_of(value, [None] * value.rank)


def domains_of(nodes):
    bodies = [a.g for n in nodes for a in n.attribute if a.HasField("g")]
    return {n.domain for n in nodes if n.domain}.union(*(domains_of(b.node) for b in bodies))


def imports(nodes, opset):
    domains = domains_of(nodes)
    return [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, DOMAINS[d]) for d in sorted(domains)]


def model_of(nodes, inputs, constants, outputs, opset, open_dims=None):
    """A ModelProto; `nodes` are NodeProtos, the others Values. `open_dims`: (input, axis) → name of a dim that isn't fixed."""
    name = open_dims or {}
    declared = [info_of(v, [name.get((v.name, i), d) for i, d in enumerate(v.shape)]) for v in inputs]
    given = [type_of(v) if open_dims else info_of(v) for v in outputs]
    graph = helper.make_graph(nodes, "fuzz", declared, given, [numpy_helper.from_array(v.array, v.name) for v in constants])
    return helper.make_model(graph, opset_imports=imports(nodes, opset), ir_version=10)


def node_model(nodes, inputs, outputs, opset):
    """A model for inputs of any size, of which only the names of the results are known."""
    graph = helper.make_graph(nodes, "node", [type_of(v) for v in inputs], [onnx.ValueInfoProto(name=n) for n in outputs])
    return helper.make_model(graph, opset_imports=imports(nodes, opset), ir_version=10)


# Types whose arrays ONNX Runtime's Python doesn't take.
SMALL = {onnx.TensorProto.DataType.Value(t) for t in ("FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "FLOAT4E2M1",
                                                      "INT4", "UINT4", "INT2", "UINT2")}


def is_small(dtype):
    return dtype.kind != "O" and onnx_type(dtype) in SMALL


class Evaluator:
    """Runs one or more nodes: by ONNX Runtime, or by onnx.reference where that has no kernel for the types."""

    def __init__(self, nodes, inputs, outputs, opset):
        model = node_model(nodes, inputs, outputs, opset)
        self.outputs = outputs
        if any(is_small(v.dtype) for v in inputs) or any(a.name == "to" and a.i in SMALL for n in nodes for a in n.attribute):
            self.use_reference(model)
            return
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        try:
            session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            self.run = lambda feeds: session.run(outputs, feeds)
        except Exception as error:
            if "NOT_IMPLEMENTED" not in str(error) and "NotImplemented" not in type(error).__name__:
                raise Illegal(str(error)) from None
            self.use_reference(model)

    def use_reference(self, model):
        if any(a.HasField("g") for n in model.graph.node for a in n.attribute):
            raise Illegal("onnx.reference joins what a Loop stacks")
        try:
            reference = ReferenceEvaluator(model)
        except Exception as failure:
            raise Illegal(str(failure)) from None
        self.run = lambda feeds: reference.run(self.outputs, feeds)

    def __call__(self, feeds):
        try:
            with np.errstate(all="ignore"):
                results = [np.asarray(r) for r in self.run(feeds)]
        except Exception as error:  # whatever they say, the node is not for us
            raise Illegal(str(error)) from None
        return results


def finite(array):
    return array.dtype.kind not in "fV" or bool(np.all(np.isfinite(array.astype(np.float64))))


class Graph:
    """Nodes, values and the random numbers that they are made with."""

    def __init__(self, rng, opset):
        self.rng, self.opset = rng, opset
        self.nodes, self.values, self.inputs, self.constants = [], [], [], []
        self.used = set()
        self.quantised = []  # (value, scale, zero point): what a DequantizeLinear may follow
        self.wild = rng.random() < 0.04  # infinities and NaN are welcome
        self.odd_names = rng.random() < 0.2
        self.depth = 0  # in how many bodies it is
        self.taken = []  # values that are results of a body already

    def inside(self, arguments):
        """The graph of a body: it may read what is outside, and gives no name a second time."""
        inner = Graph(self.rng, self.opset)
        inner.used, inner.odd_names, inner.wild, inner.depth = self.used, self.odd_names, self.wild, self.depth + 1
        inner.values = [*self.values, *arguments]
        return inner

    # ---- random choices

    def chance(self, probability):
        return self.rng.random() < probability

    def choose(self, options):
        return options[int(self.rng.integers(len(options)))]

    def integer(self, low, high):
        """low … high, both included."""
        return int(self.rng.integers(low, high + 1))

    def shape(self, rank=None, most=7):
        rank = self.choose([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]) if rank is None else rank
        zero = self.chance(0.03)
        dims = [1 if self.chance(0.15) else self.integer(1, most) for _ in range(rank)]
        if zero and rank:
            dims[self.integer(0, rank - 1)] = 0
        return tuple(dims)

    def like(self, shape):
        """A shape that broadcasts with `shape`."""
        dims = [1 if self.chance(0.3) else d for d in shape]
        return tuple(dims[self.integer(0, len(dims)):] if self.chance(0.4) else dims)

    def random_array(self, dtype, shape):
        dtype, rng = np.dtype(dtype), self.rng
        if dtype == BOOL:
            return rng.random(shape) < 0.5
        if dtype.kind in "iu":
            info = np.iinfo(dtype)
            small = self.chance(0.7)
            low, high = (max(info.min, -20), min(info.max, 20)) if small else (info.min, info.max)
            return rng.integers(low, high, shape, dtype=dtype, endpoint=True)
        scale = self.choose([0.5, 1.0, 3.0, 10.0])
        array = np.asarray(rng.standard_normal(shape) * scale)
        if self.chance(0.1):
            array = np.round(array)
        array = np.asarray(array).astype(dtype)
        if self.wild and array.size:
            array.reshape(-1)[self.integer(0, array.size - 1)] = self.choose([np.nan, np.inf, -np.inf, -0.0])
        return array

    # ---- values

    def fresh(self):
        if self.odd_names and self.chance(0.3):
            name = self.choose(NAMES)
            if name not in self.used:
                self.used.add(name)
                return name
        name = f"v{len(self.used)}"
        self.used.add(name)
        return name

    def constant(self, array, dtype=None):
        array = np.asarray(array, dtype)
        value = Value(self.fresh(), array, constant=True)
        self.constants.append(value)
        return value

    def new(self, dtype, shape, array=None, constant=None):
        """A new input, or a constant."""
        array = self.random_array(dtype, shape) if array is None else array
        if constant or (constant is None and self.chance(0.3)):
            value = self.constant(array)
        else:
            value = Value(self.fresh(), array)
            self.inputs.append(value)
        self.values.append(value)
        return value

    def pick(self, dtypes=ANY, rank=None, shape=None, where=None, fresh=0.15):
        """An existing value of one of `dtypes` that fits, or a new one."""
        good = [v for v in self.values if v.dtype in dtypes and (rank is None or v.rank == rank)
                and (shape is None or v.shape == tuple(shape)) and (where is None or where(v))]
        if good and not self.chance(fresh):
            return good[-1] if self.chance(0.5) else self.choose(good)
        dtype = F32 if F32 in dtypes and self.chance(0.6) else self.choose(list(dtypes))
        value = self.new(dtype, self.shape(rank) if shape is None else shape, constant=False)
        if where and not where(value):
            raise Illegal("no value fits")
        return value

    def other(self, value, shape=None):
        """A second operand for `value`: of its type, and of a shape that broadcasts with it."""
        same = [v for v in self.values if v.dtype == value.dtype and v.shape == value.shape]
        if shape is None and same and self.chance(0.5):
            return self.choose(same)
        return self.new(value.dtype, self.like(value.shape) if shape is None else shape)

    # ---- nodes

    def apply(self, op, inputs, outputs=1, moves=False, pointwise=False, slack=1, evaluate_as=None, errors=None, captures=(),
              **attributes):
        """Adds a node and returns its results. `moves`: it computes nothing, exact values stay exact. `pointwise`: it has no
        sums that could cancel. `slack`: how much worse than others it is conditioned. `evaluate_as`: nodes that ONNX Runtime
        runs instead, a function of the names of the inputs and the outputs. `errors`: finds the errors of the results, if not
        `self.errors`. `captures`: what its bodies read. Illegal if there are no results."""
        if evaluate_as and self.depth:
            raise Illegal("ONNX Runtime runs what is inside a body itself")
        names = [self.fresh() for _ in range(outputs)] if isinstance(outputs, int) else [self.fresh() if o else "" for o in outputs]
        attributes = {k: v for k, v in attributes.items() if v is not None}
        if any(isinstance(a, list) and not a for a in attributes.values()):
            raise Illegal("an empty attribute has no type")
        proto = helper.make_node(op, [v.name if v else "" for v in inputs], names, name=f"n{len(self.used)}", **attributes)
        read = [v for v in (*inputs, *captures) if v]
        present = list({v.name: v for v in read}.values())
        made = [n for n in names if n]
        nodes = evaluate_as([v.name if v else "" for v in inputs], made) if evaluate_as else [proto]
        evaluate = Evaluator(nodes, present, made, self.opset if not evaluate_as else max(self.opset, 13))
        if errors is None:
            def errors(values, results):
                return self.errors(evaluate, values, results, 0 if moves else slack, pointwise)
        node = Node(proto, read, [], evaluate, errors, bool(evaluate_as))
        node.outputs = [Value(n, a, e) for n, (a, e) in zip(made, self.results(node, present))]
        self.nodes.append(node)
        self.values += node.outputs
        return node.outputs if len(node.outputs) != 1 else node.outputs[0]

    def results(self, node, inputs):
        """(array, error) of each result of `node` for these values of what it reads."""
        inputs = list({v.name: v for v in inputs}.values())
        arrays = node.evaluate({v.name: v.array for v in inputs})
        self.check(arrays)
        return list(zip(arrays, node.errors(inputs, arrays)))

    def replay(self, nodes, values, same_shapes=True):
        """Runs `nodes` on other values of what they read: `values` by name, to which the results are added."""
        for node in nodes:
            for output, (array, error) in zip(node.outputs, self.results(node, [values.get(v.name, v) for v in node.inputs])):
                if array.dtype != output.dtype or (same_shapes and array.shape != output.shape):
                    raise Illegal("the shape depends on the values")
                values[output.name] = Value(output.name, array, error)
        return values

    def real_of(self, nodes_of, names, inputs):
        """The float value that a QLinear operator quantises, by the nodes of `nodes_of(names, output, real=True)`."""
        present = list({v.name: v for v in inputs}.values())
        evaluate = Evaluator(nodes_of(names, "_real", real=True), present, ["_real"], max(self.opset, 13))
        return Value("_real", evaluate({v.name: v.array for v in present})[0])

    def check(self, results):
        for array in results:
            if array.size > MOST_ELEMENTS or array.ndim > 6:
                raise Illegal("too large")
            if array.dtype == object or array.dtype.kind in "USOc":
                raise Illegal("no number")
            if not self.wild and not finite(array):
                raise Illegal("not finite")
            if array.dtype.kind in "f" and array.size and not self.wild and np.max(np.abs(array.astype(np.float64))) > 1e6:
                raise Illegal("too large to be told from another")

    @np.errstate(all="ignore")
    def errors(self, evaluate, inputs, results, slack, pointwise):
        """The error of each result: what its inputs' errors do to it, and what the operator itself may add: some units in the
        last place, and as much as its sums lose where they cancel."""
        errors, lost = [0.0] * len(results), [0.0] * len(results)
        if any(not v.exact for v in inputs):
            for signs in (1, -1, *[None] * 12):  # which of near equals is the largest takes luck to show
                moved = evaluate({v.name: perturbed(v, signs, self.rng) for v in inputs})
                for i, spread in enumerate(spreads(results, moved)):
                    if spread and results[i].dtype.kind in "iub":
                        raise Illegal("an integer depends on rounding")
                    errors[i] = max(errors[i], 3 * spread)
        adds = any(v.dtype in EPSILON for v in inputs) and any(r.dtype in EPSILON for r in results)
        if slack and not pointwise and adds:
            for _ in range(3):
                moved = evaluate({v.name: rounded(v, self.rng) for v in inputs})
                lost = [max(a, b) for a, b in zip(lost, spreads(results, moved))]
        for i, result in enumerate(results):
            if slack and result.dtype in EPSILON:
                values = np.abs(result.astype(np.float64))
                largest = np.max(values, initial=0, where=np.isfinite(values))
                errors[i] = errors[i] + slack * (EPSILON[result.dtype] * (values + 0.3 * largest + 0.1) + lost[i])
                if not pointwise:
                    errors[i] = errors[i] + drift(inputs, result) * values
        return errors


def spreads(results, moved):
    """How far each result moved, at most."""
    out = []
    for a, b in zip(results, moved):
        if a.shape != b.shape:
            raise Illegal("the shape depends on rounding")
        a, b = a.astype(np.float64), b.astype(np.float64)
        if np.any(np.isfinite(a) != np.isfinite(b)):  # the edge of a domain, as of Acosh
            raise Illegal("whether it is a number depends on rounding")
        difference = np.abs(a - b)
        out.append(float(np.max(difference, initial=0, where=np.isfinite(difference))))
    return out


def drift(inputs, result):
    """What a plain sum of like terms may lose, as a share of it: each addition may round the same way, by a quarter of a unit
    in the last place on average."""
    terms = max((v.array.size for v in inputs), default=0) / max(result.size, 1)
    return terms * np.finfo(np.float64 if result.dtype == F64 else np.float32).eps / 4


def rounded(value, rng):
    """As if each element had been rounded some units in the last place away: what then changes in a sum is what the order of
    its terms may change, also where they cancel each other."""
    if value.dtype not in EPSILON:
        return value.array
    factors = 1 + EPSILON[value.dtype] / 8 * rng.standard_normal(value.shape)
    return np.asarray(value.array.astype(np.float64) * factors).astype(value.dtype)


@np.errstate(all="ignore")
def perturbed(value, signs, rng):
    """`value` moved by its error: up, down, or by signs at random where they are None."""
    if value.exact:
        return value.array
    signs = rng.choice([-1, 1], value.shape) if signs is None else signs
    if value.dtype.kind in "iu":
        info = np.iinfo(value.dtype)
        moved = value.array.astype(np.int64) + signs * np.asarray(value.error).astype(np.int64)
        return np.clip(moved, info.min, info.max).astype(value.dtype)
    return np.asarray(value.array.astype(np.float64) + signs * value.error).astype(value.dtype)
