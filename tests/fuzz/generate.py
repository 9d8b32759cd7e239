"""Whole random graphs, and parts of them."""
import importlib

import graph
import numpy as np
import onnx
from graph import F32, OPSETS, Graph, Illegal, Value
from onnx import numpy_helper

import ops  # the table of generators, which the others extend
import variants

for module in ("network_ops", "quant_ops", "integer_ops", "sequence_ops", "vision_ops", "small_ops", "control_ops"):
    importlib.import_module(module)


# What they make of NaN and infinity isn't said by ONNX, or ONNX Runtime's kernels differ among themselves.
UNDEFINED = {"clip", "cast", "reduce", "arg_reduce", "softmax", "variadic", "scatter", "cumulative", "activation", "gelu",
             "one_hot", "prelu"}


ONLY = set()  # names of the generators to use; empty: all


class Run:
    """Values of a program's inputs and outputs."""

    def __init__(self, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs


class Program:
    """A model with the expected values of all its tensors: `nodes` in order, run-time `inputs`, `outputs`."""

    def __init__(self, nodes, inputs, constants, outputs, opset):
        self.nodes, self.inputs, self.constants, self.outputs, self.opset = nodes, inputs, constants, outputs, opset
        self.runs = [Run(inputs, outputs)]  # what variants.py replaces
        self.states = []                    # (input, output) that the library keeps from run to run
        self.sizes, self.open_dims = [], set()  # of each run; (input, axis) that has them

    def run_of(self, values):
        """The inputs and outputs in `values` by name."""
        return Run([values[v.name] for v in self.inputs], [values.get(v.name, v) for v in self.outputs])

    def flags(self):
        """What the compiler has to be told."""
        size = [f"--dim={variants.SIZE}={min(self.sizes)}..{max(self.sizes)}"] if self.sizes else []
        # A dim of 0 in the model's text is an open one, as some exporters write it.
        empty = [v for v in self.inputs if 0 in v.shape]
        return size + [f"--state={i}={o}" for i, o in self.states] + \
            [f"--shape={v.name}=" + ",".join(map(str, v.shape)) for v in empty]

    def model(self):
        return graph.model_of([n.proto for n in self.nodes], self.inputs, self.constants, self.outputs, self.opset,
                              {place: variants.SIZE for place in self.open_dims})

    def save(self, folder):
        """model.onnx and test_data_set_N, as ONNX's backend tests have them."""
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(self.model(), folder / "model.onnx")
        for n, run in enumerate(self.runs):
            data = folder / f"test_data_set_{n}"
            data.mkdir(exist_ok=True)
            for kind, values in (("input", run.inputs), ("output", run.outputs)):
                for k, value in enumerate(values):
                    tensor = numpy_helper.from_array(value.array, value.name)
                    (data / f"{kind}_{k}.pb").write_bytes(tensor.SerializeToString())

    def operators(self):
        return " ".join(n.proto.op_type for n in self.nodes) or "nothing"


def part(nodes, values_out, opset):
    """The program of only these nodes: what others would have computed becomes an input with the expected value."""
    made = {v.name for n in nodes for v in n.outputs}
    inputs, constants, seen = [], [], set()
    for value in [v for n in nodes for v in n.inputs] + [v for v in values_out if v.name not in made]:
        if value.name in made or value.name in seen:
            continue
        seen.add(value.name)
        if value.constant:
            constants.append(value)
        else:
            # An expected value that may be off is an exact input here.
            inputs.append(value)
    return Program(nodes, inputs, constants, values_out, opset)


def sinks(nodes):
    used = {v.name for n in nodes for v in n.inputs}
    return [v for n in nodes for v in n.outputs if v.name not in used]


def random_program(seed, number):
    """Graph `number` of the run `seed`: the same one everywhere."""
    rng = np.random.default_rng([seed, number])
    g = Graph(rng, OPSETS[int(rng.integers(len(OPSETS)))])
    table = [(w, f) for w, f in ops.GENERATORS if not ONLY or f.__name__ in ONLY]
    table = [(w, f) for w, f in table if not g.wild or (f.__module__ == "ops" and f.__name__ not in UNDEFINED)]
    if not table:
        table = ops.GENERATORS
    weights = np.array([w for w, _ in table], np.float64)
    functions = [f for _, f in table]
    wanted = g.integer(2, 12)
    if g.chance(0.5):
        g.new(F32, (1, g.integer(1, 8), g.integer(1, 8), g.integer(1, 8)), constant=False)
    for _ in range(60):
        if len(g.nodes) >= wanted:
            break
        before = len(g.nodes)
        values = len(g.values)
        try:
            functions[int(rng.choice(len(functions), p=weights / weights.sum()))](g)
        except Illegal:
            # A pattern that got stuck stays as far as it got: that is legal, too.
            if len(g.nodes) == before:
                del g.values[values:]
    kind = g.choose(["once"] * 7 + ["state", "sizes", "sizes"]) if not g.wild else "once"
    pairs = attempt(variants.kept_state, g, g.integer(1, 2)) if kind == "state" else None
    outputs = sinks(g.nodes)
    outputs += [y for _, y in pairs or () if y not in outputs]
    outputs += [v for n in g.nodes for v in n.outputs if v not in outputs and g.chance(0.15)]
    if g.chance(0.08) and g.inputs:
        outputs.append(g.choose(g.inputs))
    outputs = [outputs[i] for i in rng.permutation(len(outputs))] if g.chance(0.3) else outputs
    program = part(g.nodes, outputs, g.opset)
    for value in program.constants:
        if g.chance(0.02) and value.array.dtype != object and value not in outputs:
            outputs.append(value)
    if pairs:
        attempt(variants.run_with_state, g, program, pairs)
    elif kind == "sizes":
        attempt(variants.run_with_sizes, g, program)
    return program


def attempt(function, *arguments):
    """What `function` gives, or None if it is Illegal here."""
    try:
        return function(*arguments)
    except Illegal:
        return None
