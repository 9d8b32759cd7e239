"""Float models with constant weights, quantised with 8 and 16 bits as DequantizeLinear → operator → QuantizeLinear: int8 weights
per output channel, activations of the types that a function of their place in the graph chooses, calibrated by minimum and
maximum."""
import collections

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from ort_cases import reference

WEIGHTED = {"Conv": 0, "MatMul": 1, "Gemm": 1}  # axis of the weights' output channels
MOVES = {"Reshape", "Transpose", "Flatten", "MaxPool", "Squeeze"}  # their result has their operand's scale
TYPES = {"int8": np.int8, "uint8": np.uint8, "int16": np.int16, "uint16": np.uint16}


def folded(model):
    """`model` as opset 21 with the dequantisations of its initialisers computed."""
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and all(name in constants for name in node.input):
            values, scale = constants[node.input[0]], constants[node.input[1]]
            zero = constants[node.input[2]].astype(np.float32) if len(node.input) > 2 else np.float32(0)
            axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
            shape = [-1 if k == axis % max(values.ndim, 1) else 1 for k in range(values.ndim)] if scale.ndim else []
            real = (values.astype(np.float32) - zero.reshape(shape)) * scale.reshape(shape)
            constants[node.output[0]] = real.astype(np.float32)
        else:
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(nodes, "net", model.graph.input, model.graph.output,
                              [numpy_helper.from_array(v, k) for k, v in constants.items() if k in used])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), constants


def extents(model, inputs):
    """{tensor: (minimum, maximum)} of everything the float model computes from `inputs` (one array each)."""
    graph = model.graph
    names = [graph.input[0].name] + [name for node in graph.node for name in node.output]
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    probe.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names[1:])
    low, high = collections.defaultdict(float), collections.defaultdict(float)
    for x in inputs:
        for name, value in zip(names, [x, *reference(probe, {names[0]: x})]):
            low[name], high[name] = min(low[name], float(value.min())), max(high[name], float(value.max()))
    return {name: (low[name], high[name]) for name in names}


def affine(extent, dtype):
    """Scale and zero point: signed types symmetric, unsigned ones from minimum to maximum."""
    info = np.iinfo(dtype)
    low, high = extent
    if info.min < 0:
        return np.float32(max(high, -low, 1e-6) / info.max), dtype(0)
    scale = np.float32(max(high - low, 1e-6) / info.max)
    return scale, dtype(np.clip(np.round(-low / scale), 0, info.max))


class Quantiser:
    def __init__(self, model, inputs, choose):
        self.model, self.constants = folded(model)
        self.extents = extents(self.model, inputs)
        self.choose = choose
        self.nodes, self.initialisers, self.parameters, self.quantised = [], {}, {}, 0

    def constant(self, name, value):
        self.initialisers[name] = np.asarray(value)
        return name

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=f"{op}_{len(self.nodes)}", **attributes))
        return output

    def activation(self, name, scale_of=None):
        """Q → DQ behind tensor `name`, with the parameters of `scale_of` if given; the tensor is then read as name_real."""
        if scale_of is None:
            dtype = TYPES[self.choose(self.quantised)]
            self.parameters[name] = affine(self.extents[name], dtype)
            self.quantised += 1
        else:
            self.parameters[name] = self.parameters[scale_of]
        scale, zero = self.parameters[name]
        pair = [self.constant(f"{name}_scale", scale), self.constant(f"{name}_zero", zero)]
        self.node("QuantizeLinear", [name, *pair], f"{name}_quantised")
        self.node("DequantizeLinear", [f"{name}_quantised", *pair], f"{name}_real")

    def weights(self, node):
        """The operands of a node with constant weights: int8 per output channel, and an int32 bias."""
        name, axis = node.input[1], WEIGHTED[node.op_type]
        if any(a.name == "transB" and a.i for a in node.attribute):
            axis = 0
        w = self.constants[name]
        others = tuple(k for k in range(w.ndim) if k != axis)
        scale = (np.maximum(np.abs(w).max(axis=others), 1e-9) / 127).astype(np.float32)
        shape = [-1 if k == axis else 1 for k in range(w.ndim)]
        stored = np.clip(np.round(w / scale.reshape(shape)), -127, 127).astype(np.int8)
        self.node("DequantizeLinear", [self.constant(f"{name}_int8", stored), self.constant(f"{name}_scale", scale)],
                  f"{name}_real", axis=axis)
        operands = [f"{node.input[0]}_real", f"{name}_real"]
        if len(node.input) > 2:
            bias, product = node.input[2], self.parameters[node.input[0]][0] * scale
            steps = np.round(self.constants[bias].astype(np.float64) / product)
            if np.abs(steps).max() < 2**31:
                self.node("DequantizeLinear", [self.constant(f"{bias}_int32", steps.astype(np.int32)),
                                               self.constant(f"{bias}_scale", product)], f"{bias}_real", axis=0)
                operands.append(f"{bias}_real")
            else:
                operands.append(self.constant(bias, self.constants[bias]))
        return operands

    def run(self):
        graph = self.model.graph
        readers = collections.defaultdict(list)
        for node in graph.node:
            for name in node.input:
                readers[name].append(node)
        self.activation(graph.input[0].name)
        for node in graph.node:
            if node.op_type in WEIGHTED and node.input[1] in self.constants:
                inputs = self.weights(node)
            else:
                inputs = [self.constant(name, self.constants[name]) if name in self.constants else f"{name}_real"
                          for name in node.input]
            name = node.output[0]
            copy = helper.make_node(node.op_type, inputs, [name], name=node.name or name)
            copy.attribute.extend(node.attribute)
            self.nodes.append(copy)
            only = readers[name][0] if len(readers[name]) == 1 else None
            fused = only is not None and (only.op_type == "Relu" or (
                node.op_type == "MatMul" and only.op_type == "Add" and any(k in self.constants for k in only.input)))
            if fused:
                self.node("Identity", [name], f"{name}_real")
            else:
                self.activation(name, node.input[0] if node.op_type in MOVES else None)
        for output in graph.output:
            self.node("Identity", [f"{output.name}_real"], f"{output.name}_out")
        outputs = [helper.make_tensor_value_info(f"{o.name}_out", TensorProto.FLOAT, None) for o in graph.output]
        tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in self.initialisers.items()]
        made = helper.make_graph(self.nodes, "net", graph.input, outputs, tensors)
        return helper.make_model(made, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def quantise(model, inputs, choose):
    """The float `model` (one input) quantised; `choose(k)` names the type of its k-th quantised activation. `inputs` calibrate it:
    a list of arrays."""
    return Quantiser(model, inputs, choose).run()
