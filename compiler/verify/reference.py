"""Runs a model in ONNX Runtime without graph optimisation: the reference of `burin verify`.

usage: reference.py JOB.json
  {"model": path, "samples": [{name: file.pb}], "tensors": [inner tensor names], "out": folder}
writes output_S_K.pb for the model's outputs on sample S, tensor_K.pb for those inner tensors that the model has, on the
first one, and reference.json:
  {"version": "ONNX Runtime X", "outputs": N, "tensors": [names in the order of K]}
"""
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper


def dequantize(nodes, name, scale, zero, axis=None):
    out = name + "__real" + str(len(nodes))
    inputs = [name, scale] + ([zero] if zero else [])
    attributes = {} if axis is None else {"axis": axis}
    nodes.append(helper.make_node("DequantizeLinear", inputs, [out], **attributes))
    return out


def expand_qlinear_conv(node, constants, nodes):
    """QLinearConv as DQ -> Conv -> Q; the i32 bias has the scale x_scale * w_scale."""
    x, xs, xz, w, ws, wz, ys, yz = node.input[:8]
    scale = constants[ws]
    axis = 0 if scale.ndim == 1 and scale.size > 1 else None
    inputs = [dequantize(nodes, x, xs, xz), dequantize(nodes, w, ws, wz, axis)]
    if len(node.input) > 8 and node.input[8]:
        bias = constants[node.input[8]].astype(np.float64) * constants[xs].astype(np.float64) * scale.astype(np.float64)
        name = node.output[0] + "__bias"
        nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(bias.astype(np.float32).reshape(-1))))
        inputs.append(name)
    real = node.output[0] + "__real"
    conv = helper.make_node("Conv", inputs, [real], name=node.name)
    conv.attribute.extend(node.attribute)
    nodes.append(conv)
    nodes.append(helper.make_node("QuantizeLinear", [real, ys, yz], [node.output[0]]))


def expand_qlinear_matmul(node, constants, nodes):
    a, sa, za, b, sb, zb, sy, zy = node.input[:8]
    columns = sb in constants and constants[sb].size > 1
    rank = constants[b].ndim if b in constants else 2
    inputs = [dequantize(nodes, a, sa, za), dequantize(nodes, b, sb, zb, rank - 1 if columns else None)]
    real = node.output[0] + "__real"
    nodes.append(helper.make_node("MatMul", inputs, [real], name=node.name))
    nodes.append(helper.make_node("QuantizeLinear", [real, sy, zy], [node.output[0]]))


def expand_qlinear(model):
    """The reference's kernels for QLinear nodes saturate on hosts without VNNI; their expansion doesn't."""
    graph = model.graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    nodes = []
    for node in graph.node:
        known = all(i in constants for k, i in enumerate(node.input) if i and k in (1, 2, 4, 5, 6, 7))
        if node.op_type == "QLinearConv" and known and node.input[3] in constants:
            expand_qlinear_conv(node, constants, nodes)
        elif node.op_type == "QLinearMatMul" and known:
            expand_qlinear_matmul(node, constants, nodes)
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)


def without_strings(model):
    """Labels become their places, and a ZipMap passes its scores on: what the library's tensors hold of them."""
    graph = model.graph
    changed = False
    for node in graph.node:
        if node.domain != "ai.onnx.ml":
            continue
        strings = {a.name: a for a in node.attribute if a.type == onnx.AttributeProto.STRINGS}
        if node.op_type == "ZipMap":
            node.CopyFrom(helper.make_node("Identity", node.input, node.output, name=node.name))
        elif "classlabels_strings" in strings and strings["classlabels_strings"].strings:
            ints = "classlabels_int64s" if node.op_type == "TreeEnsembleClassifier" else "classlabels_ints"
            count = len(strings["classlabels_strings"].strings)
            replace_attributes(node, ["classlabels_strings", ints], {ints: list(range(count))})
        elif node.op_type == "LabelEncoder" and "values_strings" in strings:
            count = len(strings["values_strings"].strings)
            replace_attributes(node, ["values_strings", "default_string", "default_int64"],
                               {"values_int64s": list(range(count)), "default_int64": count})
        else:
            continue
        changed = True
    if changed:  # the declared types are those of strings and maps
        outputs = [o.name for o in graph.output]
        del graph.output[:], graph.value_info[:]
        graph.output.extend(helper.make_empty_tensor_value_info(name) for name in outputs)


def replace_attributes(node, removed, added):
    kept = [a for a in node.attribute if a.name not in removed]
    del node.attribute[:]
    node.attribute.extend(kept + [helper.make_attribute(k, v) for k, v in added.items()])


def load_tensor(path):
    tensor = onnx.TensorProto()
    with open(path, "rb") as f:
        tensor.ParseFromString(f.read())
    return numpy_helper.to_array(tensor)


def save_tensor(array, path):
    with open(path, "wb") as f:
        f.write(numpy_helper.from_array(np.asarray(array)).SerializeToString())


def main():
    with open(sys.argv[1]) as f:
        job = json.load(f)
    model = onnx.load(job["model"])
    expand_qlinear(model)
    without_strings(model)
    outputs = [o.name for o in model.graph.output]
    made = {name for node in model.graph.node for name in node.output if name}
    inner = [name for name in job["tensors"] if name in made]
    for name in inner:
        if name not in outputs:
            model.graph.output.append(helper.make_empty_tensor_value_info(name))
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    runtime = {i.name for i in session.get_inputs()}
    for s, sample in enumerate(job["samples"]):
        feeds = {name: load_tensor(path) for name, path in sample.items() if name in runtime}
        results = session.run(outputs + (inner if s == 0 else []), feeds)
        for k, array in enumerate(results[: len(outputs)]):
            save_tensor(array, os.path.join(job["out"], "output_%d_%d.pb" % (s, k)))
        for k, array in enumerate(results[len(outputs):]):
            save_tensor(array, os.path.join(job["out"], "tensor_%d.pb" % k))
    with open(os.path.join(job["out"], "reference.json"), "w") as f:
        json.dump({"version": "ONNX Runtime " + ort.__version__, "outputs": len(outputs), "tensors": inner}, f)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # whatever the reference says is passed on to the user
        print(type(error).__name__ + ": " + str(error).replace("\n", " "))
        sys.exit(1)
