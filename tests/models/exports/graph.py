"""A few words to write ONNX graphs with, in the way exporters write them: a value is its name."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Collects nodes and initialisers. `g.Add(x, y)` adds a node and returns its output's name, or their names with `outputs=n`."""

    def __init__(self, opset=17, seed=0, prefix=""):
        self.opset, self.prefix = opset, prefix
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers, self.inputs, self.outputs, self.functions = [], [], [], [], []

    def name(self, op):
        return f"{self.prefix}/{op}_{len(self.nodes)}"

    def __getattr__(self, op):
        if not op[0].isupper():
            raise AttributeError(op)
        return lambda *inputs, outputs=1, domain="", **attributes: self.node(op, inputs, outputs, domain, attributes)

    def node(self, op, inputs, outputs, domain, attributes):
        node_name = self.name(op)
        names = [f"{node_name}_output_{k}" for k in range(outputs)]
        inputs = ["" if v is None else v if isinstance(v, str) else self.constant(v) for v in inputs]
        self.nodes.append(helper.make_node(op, inputs, names, name=node_name, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, value):
        """An exporter's Constant node."""
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        node_name = self.name("Constant")
        self.nodes.append(helper.make_node("Constant", [], [node_name + "_output_0"], name=node_name,
                                           value=numpy_helper.from_array(array)))
        return node_name + "_output_0"

    def weight(self, *shape, scale=None, name=None):
        """A random float32 initialiser, of a size that keeps activations near 1."""
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 4
        values = self.random.normal(0, scale or 1 / np.sqrt(fan_in), shape).astype(np.float32)
        name = name or f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def input(self, name, shape, dtype=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, value, shape=None, dtype=TensorProto.FLOAT, name=None):
        name = name or f"output{len(self.outputs)}"
        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"{self.prefix}/output_{len(self.outputs)}"))
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def size_of(self, x, axis):
        """x.size(axis), as tracing writes it: Shape, Gather."""
        return self.Gather(self.Shape(x), np.int64(axis), axis=0)

    def view(self, x, *dims):
        """x.view(dims): names are sizes computed in the graph, numbers are constants."""
        parts = [self.Unsqueeze(d, np.array([0])) if isinstance(d, str) else self.constant(np.array([d])) for d in dims]
        return self.Reshape(x, self.Concat(*parts, axis=0))

    def linear(self, x, inputs, outputs):
        return self.Add(self.MatMul(x, self.weight(inputs, outputs)), self.weight(outputs))

    def conv(self, x, inputs, outputs, kernel, groups=1, **attributes):
        w = self.weight(outputs, inputs // groups, *kernel)
        return self.Conv(x, w, self.weight(outputs), kernel_shape=list(kernel), group=groups, **attributes)

    def model(self):
        graph = helper.make_graph(self.nodes, "main_graph", self.inputs, self.outputs, self.initializers)
        domains = {f.domain for f in self.functions}
        return helper.make_model(graph, functions=self.functions, ir_version=9, producer_name="pytorch",
                                 opset_imports=[helper.make_opsetid("", self.opset)] +
                                               [helper.make_opsetid(d, 1) for d in sorted(domains)])
