"""Post-training quantisation, as plain as it gets, to make test models: float graphs of convolutions, products, sums and pools
become graphs of QuantizeLinear and DequantizeLinear. Activations are int8 with the ranges seen on one sample, weights are
symmetric per output channel and rounded to nearest, biases int32."""
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

INTEGERS = {2: TensorProto.INT2, 4: TensorProto.INT4, 8: TensorProto.INT8}
QUANTISED = ("Conv", "Gemm", "Relu", "Add", "AveragePool", "Softmax")  # results that get a scale


def constants_of(model):
    """The float initialisers, those behind DequantizeLinear included."""
    values = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in values:
            q, scale = values[node.input[0]].astype(np.float32), values[node.input[1]]
            zero = values[node.input[2]].astype(np.float32) if len(node.input) > 2 else np.float32(0)
            values[node.output[0]] = ((q - zero) * scale).astype(np.float32)
    return values


def with_gemms(nodes, values):
    """Products by a constant and the constant added to them, as Gemm."""
    out = []
    for node in nodes:
        before = out[-1] if out else None
        if (node.op_type == "Add" and before is not None and before.op_type == "MatMul" and node.input[1] in values
                and before.output[0] == node.input[0]):
            out[-1] = helper.make_node("Gemm", [*before.input, node.input[1]], list(node.output))
        else:
            out.append(node)
    return out


def ranges_of(nodes, values, graph, sample):
    """Smallest and largest value, 0 included, of every tensor computed from the sample."""
    names = [name for node in nodes for name in node.output]
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
    used = {name for node in nodes for name in node.input}
    initialisers = [numpy_helper.from_array(v, k) for k, v in values.items() if k in used]
    probe = helper.make_model(helper.make_graph(nodes, "probe", graph.input, infos, initialisers),
                              opset_imports=[helper.make_opsetid("", 13)], ir_version=10)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(probe.SerializeToString(), options, providers=["CPUExecutionProvider"])
    arrays = dict(zip(names, session.run(names, {graph.input[0].name: sample})), **{graph.input[0].name: sample})
    return {name: (min(0.0, float(a.min())), max(0.0, float(a.max()))) for name, a in arrays.items()}


class Quantiser:
    def __init__(self, model, weight_bits, sample):
        self.bits = weight_bits
        self.values = constants_of(model)
        self.graph = model.graph
        self.nodes = with_gemms([n for n in model.graph.node if n.output[0] not in self.values], self.values)
        self.ranges = ranges_of(self.nodes, self.values, model.graph, sample)
        self.out, self.initialisers, self.scales = [], [], {}

    def constant(self, name, values, kind=None):
        values = np.asarray(values)
        kind = kind or helper.np_dtype_to_tensor_dtype(values.dtype)
        self.initialisers.append(helper.make_tensor(name, kind, values.shape, values.flatten().tolist()))
        return name

    def pair(self, source, name):
        """Q and DQ of `source`; the result takes the name."""
        low, high = self.ranges[name]
        scale = np.float32(max(high - low, 1e-6) / 255)
        zero = int(np.clip(np.rint(-128 - low / scale), -128, 127))
        self.scales[name] = scale
        self.constant(name + "/scale", scale)
        self.constant(name + "/zero", zero, TensorProto.INT8)
        self.out.append(helper.make_node("QuantizeLinear", [source, name + "/scale", name + "/zero"], [name + "/q"]))
        self.out.append(helper.make_node("DequantizeLinear", [name + "/q", name + "/scale", name + "/zero"], [name]))

    def weighted(self, node):
        """Convolution or Gemm: weights and bias as integers. Returns its operands."""
        axis = 0 if node.op_type == "Conv" else 1
        w = self.values[node.input[1]]
        limit = 2 ** (self.bits - 1) - 1
        others = tuple(i for i in range(w.ndim) if i != axis)
        scale = (np.maximum(np.abs(w).max(axis=others), 1e-8) / limit).astype(np.float32)
        shape = [-1 if i == axis else 1 for i in range(w.ndim)]
        q = np.clip(np.rint(w / scale.reshape(shape)), -limit, limit).astype(np.int32)
        name = node.output[0]
        self.constant(name + "/w", q, INTEGERS[self.bits])
        self.constant(name + "/w_scale", scale)
        self.out.append(helper.make_node("DequantizeLinear", [name + "/w", name + "/w_scale"], [name + "/wf"], axis=axis))
        operands = [node.input[0], name + "/wf"]
        if len(node.input) > 2:
            bias_scale = (self.scales[node.input[0]] * scale).astype(np.float32)
            bias = np.rint(self.values[node.input[2]].reshape(-1) / bias_scale.astype(np.float64))
            self.constant(name + "/b", np.clip(bias, -2**31, 2**31 - 1).astype(np.int32))
            self.constant(name + "/b_scale", bias_scale)
            self.out.append(helper.make_node("DequantizeLinear", [name + "/b", name + "/b_scale"], [name + "/bf"], axis=0))
            operands.append(name + "/bf")
        return operands

    def run(self):
        users = {}
        for node in self.nodes:
            for name in node.input:
                users.setdefault(name, []).append(node.op_type)
        source = self.graph.input[0].name
        real = source + "/quantised"
        self.ranges[real] = self.ranges[source]
        self.pair(source, real)
        renamed = {source: real}
        for node in self.nodes:
            node = onnx.NodeProto.FromString(node.SerializeToString())
            node.input[:] = [renamed.get(i, i) for i in node.input]
            if node.op_type in ("Reshape", "Transpose"):  # keeps its input's scale
                self.scales[node.output[0]] = self.scales[node.input[0]]
            if node.op_type in ("Conv", "Gemm"):
                node.input[:] = self.weighted(node)
            name = node.output[0]
            fused = users.get(name) == ["Relu"]
            if node.op_type in QUANTISED and not fused:
                node.output[0] = name + "/real"
                self.out.append(node)
                self.pair(name + "/real", name)
            else:
                self.out.append(node)
        used = {i for n in self.out for i in n.input}
        self.initialisers += [numpy_helper.from_array(v, k) for k, v in self.values.items() if k in used]
        graph = helper.make_graph(self.out, "net", self.graph.input, self.graph.output, self.initialisers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def quantised(model, weight_bits, sample):
    """`model` (one input) with int8 activations and weights of so many bits."""
    return Quantiser(model, weight_bits, sample).run()


def as_bytes(model):
    """The same model with its weights of fewer bits stored as int8."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    for i in copy.graph.initializer:
        if i.data_type in (TensorProto.INT2, TensorProto.INT4):
            values = numpy_helper.to_array(i).astype(np.int8)
            i.CopyFrom(numpy_helper.from_array(values, i.name))
    return copy
