"""Small models made here, checked against ONNX Runtime: `check` computes the expected outputs with it (graph optimisations off)
and runs `burin verify --interpreter`, so both the generated C and the interpreter are compared."""
import os
import pathlib
import tempfile

import harness
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

FLOAT, DOUBLE, INT64, INT32 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32
UINT8, INT8, STRING = TensorProto.UINT8, TensorProto.INT8, TensorProto.STRING


def model(nodes, inputs, outputs, constants=None, opsets=None):
    """`inputs`: {name: array}; `outputs`: {name: element type}; `constants`: {name: array}; `opsets`: {domain: version}."""
    infos = [helper.make_tensor_value_info(k, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for k, v in inputs.items()]
    results = [helper.make_tensor_value_info(k, t, None) for k, t in outputs.items()]
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in (constants or {}).items()]
    graph = helper.make_graph(nodes, "net", infos, results, tensors)
    versions = {"": 21, **(opsets or {})}
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid(d, v) for d, v in versions.items()])
    proto.ir_version = 10
    return proto


def reference(proto, inputs):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    return ort.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, inputs)


def check(proto, inputs, expected=None, tolerance="rtol=1e-4,atol=1e-5"):
    """None if the outputs are as `expected` (absent: as ONNX Runtime has them), else what `burin verify` says."""
    if expected is None:
        expected = reference(proto, inputs)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        onnx.save(proto, folder / "net.onnx")
        for k, array in enumerate(inputs.values()):
            (folder / f"input_{k}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())
        for k, array in enumerate(expected):
            (folder / f"output_{k}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())
        result = harness.run([harness.BURIN, "verify", "--interpreter", folder / "net.onnx", "--data", folder,
                              "--tolerance", tolerance], code=None, env=dict(os.environ, BURIN_CFLAGS="-O0"))
    return None if result.returncode == 0 else (result.stdout + result.stderr)[-1500:]
