"""Models that are wrong in one to three places, yet whole enough to be read: tensors of other types and shapes with their bytes,
inputs that are constants and constants that are inputs, absent and additional operands and results, values of attributes."""
import hashlib

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper

KINDS = [kind for kind in TensorProto.DataType.values() if kind not in (TensorProto.UNDEFINED, TensorProto.STRING)]
SIZES = [0, 1, 2, 3, 7, 1 << 14, 1 << 20, 1 << 28, (1 << 31) - 1]
INTEGERS = [0, 1, -1, 2, 3, -2, 5, 16, 255, 1 << 16, (1 << 31) - 1, 1 << 31, 1 << 40, (1 << 63) - 1, -(1 << 63)]
REALS = [0.0, -0.0, 1.0, -1.0, 0.3, 3e38, 1e-40, float("nan"), float("inf"), -float("inf")]
WORDS = [b"", b"x", b"none", b"linear", b"cubic", b"edge", b"wrap", b"reflect", b"SAME_UPPER", b"bidirectional", b"reverse", b"add", b"mul",
         b"mean", b"MAX", b"ii->i", b"...", b"tanh"]
OPSETS = [1, 4, 6, 8, 9, 10, 11, 12, 13, 15, 17, 18, 20, 21, 23, 25, 26, 27, 28]
MOST_ELEMENTS = 4096


def other_shape(shape, rng):
    shape = list(shape)
    at = rng.integers(len(shape) + 1)
    kind = rng.integers(4)
    if kind == 0 or not shape:
        return shape[:at] + [int(rng.choice([0, 1, 2]))] + shape[at:]
    at %= len(shape)
    if kind == 1:
        return shape[:at] + shape[at + 1:]
    return shape[:at] + [int(rng.choice(SIZES))] + shape[at + 1:]


def fill(tensor, kind, shape, rng):
    """Makes `tensor` one of zeros, ones, small integers or any bytes; False if it would be large, or not of numbers."""
    if kind not in KINDS:
        return False
    count, bits = int(np.prod(shape, dtype=object)), helper.tensor_dtype_to_np_dtype(kind).itemsize * 8
    if kind in (TensorProto.INT4, TensorProto.UINT4, TensorProto.FLOAT4E2M1):
        bits = 4
    elif kind in (TensorProto.INT2, TensorProto.UINT2):
        bits = 2
    if count > MOST_ELEMENTS:
        return False
    size, name = -(-count * bits // 8), tensor.name
    pattern = rng.integers(4)
    data = rng.integers(256, size=size, dtype=np.uint8) if pattern == 3 else np.zeros(size, np.uint8)
    if pattern in (1, 2):
        data[::max(bits // 8, 1)] = 1 if pattern == 1 else rng.integers(8, size=-(-size // max(bits // 8, 1)))
    tensor.Clear()
    tensor.name, tensor.data_type, tensor.raw_data = name, kind, data.tobytes()
    tensor.dims.extend(shape)
    return True


def kind_or(kind, rng):
    return int(rng.choice(KINDS)) if rng.integers(2) else kind


def change_input(model, rng):
    graph = model.graph
    info = graph.input[rng.integers(len(graph.input))]
    if not info.type.HasField("tensor_type"):
        return
    tensor = info.type.tensor_type
    shape = [d.dim_value for d in tensor.shape.dim]
    if rng.integers(3) == 0 and all(info.name != t.name for t in graph.initializer):
        constant = TensorProto(name=info.name)
        if fill(constant, kind_or(tensor.elem_type, rng), shape, rng):
            graph.initializer.append(constant)
        return
    tensor.elem_type = kind_or(tensor.elem_type, rng)
    if rng.integers(2):
        del tensor.shape.dim[:]
        for size in other_shape(shape, rng):
            tensor.shape.dim.add().dim_value = size


def change_constant(model, rng):
    graph = model.graph
    at = int(rng.integers(len(graph.initializer)))
    tensor = graph.initializer[at]
    if rng.integers(5) == 0:
        if all(tensor.name != i.name for i in graph.input):
            graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims)))
        del graph.initializer[at]
        return
    shape = list(tensor.dims)
    fill(tensor, kind_or(tensor.data_type, rng), other_shape(shape, rng) if rng.integers(2) else shape, rng)


def any_node(model, rng):
    return model.graph.node[rng.integers(len(model.graph.node))]


def change_operands(model, rng):
    node = any_node(model, rng)
    names, at = list(node.input), int(rng.integers(len(node.input) + 1))
    kind = rng.integers(4)
    if kind == 0:
        names = names[:at]
    elif kind == 1:
        names[at:at + 1] = [""]
    else:
        other = str(rng.choice(names)) if names else ""
        names[at:at + int(kind == 2)] = [other]
    del node.input[:]
    node.input.extend(names)


def change_results(model, rng):
    node = any_node(model, rng)
    kind = rng.integers(3)
    if kind == 0:
        node.output.extend(f"more_{k}" for k in range(rng.integers(1, 4)))
    elif node.output and kind == 1:
        del node.output[rng.integers(len(node.output)):]
    elif node.output:
        node.output[0] = ""


def change_list(values, others, rng):
    values, at = list(values), int(rng.integers(len(values) + 1))
    kind = rng.integers(4)
    if kind == 0:
        return values[:at]
    if kind == 1 or not values:
        return values[:at] + [rng.choice(others).item()] + values[at:]
    new = rng.choice(others).item()
    return [new] * len(values) if kind == 2 else [new if k == at else v for k, v in enumerate(values)]


def change_attribute(model, rng):
    node = any_node(model, rng)
    at = int(rng.integers(len(node.attribute)))
    attribute = node.attribute[at]
    if rng.integers(8) == 0:
        del node.attribute[at]
    elif attribute.type == AttributeProto.INT:
        attribute.i = rng.choice(INTEGERS).item()
    elif attribute.type == AttributeProto.FLOAT:
        attribute.f = rng.choice(REALS).item()
    elif attribute.type == AttributeProto.STRING:
        attribute.s = WORDS[rng.integers(len(WORDS))]
    elif attribute.type == AttributeProto.TENSOR:
        shape = list(attribute.t.dims)
        fill(attribute.t, kind_or(attribute.t.data_type, rng), other_shape(shape, rng) if rng.integers(2) else shape, rng)
    elif attribute.type in (AttributeProto.INTS, AttributeProto.FLOATS):
        values, others = (attribute.ints, INTEGERS) if attribute.type == AttributeProto.INTS else (attribute.floats, REALS)
        changed = change_list(values, others, rng)
        del values[:]
        values.extend(changed)


def change_opset(model, rng):
    model.opset_import[rng.integers(len(model.opset_import))].version = int(rng.choice(OPSETS))


def damaged(model, rng):
    """A copy of `model` with one to three changes."""
    model_copy = onnx.ModelProto()
    model_copy.CopyFrom(model)
    for _ in range(rng.integers(1, 4)):
        graph = model_copy.graph
        changes = [change_operands, change_results, change_opset]
        changes += [change_input] * 3 * bool(graph.input) + [change_constant] * 3 * bool(graph.initializer)
        change = changes[rng.integers(len(changes))]
        if rng.integers(3) == 0 and all(node.attribute for node in graph.node):
            change = change_attribute
        if graph.node and model_copy.opset_import:
            change(model_copy, rng)
    return model_copy


def write(models, folder, count, seed):
    """Writes `count` damaged copies of the model files `models` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    models = [onnx.load(path) for path in sorted(models)]
    for _ in range(count):
        data = damaged(models[rng.integers(len(models))], rng).SerializeToString()
        (folder / f"{hashlib.sha256(data).hexdigest()[:24]}.onnx").write_bytes(data)
