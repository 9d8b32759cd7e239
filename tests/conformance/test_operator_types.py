"""The element types that `burin ops` lists: every type that ONNX permits is compiled where it is listed, and refused where not.

A case is one node of the newest opset with inputs: ONNX's own backend cases, and OWN for operators that have none. Its
tensors of the type in question get every other type in turn.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import sys
import warnings

import numpy as np
import onnx
import onnx.backend.test.case.node
import onnx.numpy_helper
from onnx import TensorProto, helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

ML = "ai.onnx.ml"
# The input whose elements an operator works on, where it isn't the first.
MAIN_INPUT = {"OneHot": 2, "Where": 1}
ONNX_DOMAINS = ("", "ai.onnx.ml", "ai.onnx.preview")
# Operators without a case of one tensor node in their newest version. Those of other domains have no schema.
UNTESTED = {("", "Constant"), ("", "If"), ("", "Loop"), ("", "Scan"), ("", "SimplifiedLayerNormalization"),
            (ML, "TreeEnsembleClassifier"), (ML, "TreeEnsembleRegressor"), (ML, "SVMClassifier"),
            (ML, "SVMRegressor")}
# Types that no tensor of a library has, whatever the operator.
NEVER = {"string", "complex64", "complex128", "float6e2m3", "float6e3m2"}
GROUPS = {
    "floats": "float16 bfloat16 float32 float64",
    "integers": "int8 int16 int32 int64 uint8 uint16 uint32 uint64",
    "float8": "float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz",
}
GROUPS["numbers"] = f"{GROUPS['floats']} {GROUPS['integers']}"
GROUPS["all"] = f"{GROUPS['numbers']} bool {GROUPS['float8']} float8e8m0 float4e2m1 int2 int4 uint2 uint4"
# Of an operator's cases at most this many are tried until one is compiled.
MAX_CASES = 3

Case = collections.namedtuple("Case", "node inputs outputs")  # inputs: {name: array}; outputs: [ValueInfoProto]


def real(*shape):
    return np.ones(shape, np.float32)


def own(op, inputs, domain="", outputs=1, **attributes):
    outputs = [f"y{k}" for k in range(outputs)]
    node = helper.make_node(op, list(inputs), outputs, domain=domain, **attributes)
    return Case(node, inputs, [helper.make_empty_tensor_value_info(name) for name in outputs])


OWN = [
    own("GlobalLpPool", {"x": real(1, 2, 3, 3)}),
    own("MaxRoiPool", {"x": real(1, 2, 4, 4), "rois": real(1, 5)}, pooled_shape=[2, 2]),
    own("FeatureVectorizer", {"x": real(2, 3)}, ML, inputdimensions=[3]),
    own("Imputer", {"x": real(2, 3)}, ML, imputed_value_floats=[1.0], replaced_value_float=0.0),
    own("Imputer", {"x": real(2, 3)}, ML, imputed_value_int64s=[1], replaced_value_int64=0),
    own("LabelEncoder", {"x": real(3)}, ML, keys_floats=[1.0, 2.0], values_floats=[3.0, 4.0]),
    own("LabelEncoder", {"x": real(3)}, ML, keys_int64s=[1, 2], values_int64s=[3, 4]),
    own("LinearClassifier", {"x": real(2, 3)}, ML, 2, coefficients=[1.0] * 6, intercepts=[0.0] * 2, classlabels_ints=[0, 1]),
    own("LinearRegressor", {"x": real(2, 3)}, ML, coefficients=[1.0] * 3),
    own("Normalizer", {"x": real(2, 3)}, ML, norm="L2"),
    own("OneHotEncoder", {"x": real(2, 3)}, ML, cats_int64s=[0, 1]),
    own("Scaler", {"x": real(2, 3)}, ML, offset=[1.0], scale=[2.0]),
    own("ZipMap", {"x": real(2, 3)}, ML, classlabels_int64s=[0, 1, 2]),
]


def schema_of(domain, op):
    """The newest schema of an operator; None if it has none."""
    return onnx.defs.get_schema(op, domain) if onnx.defs.has(op, domain) else None


def formal(parameters, position):
    """The parameter of an argument: the last one may stand for many."""
    return parameters[min(position, len(parameters) - 1)]


def elem_type(name):
    """TensorProto.INT64 of "tensor(int64)" and of "int64"; None for what isn't a tensor."""
    if "(" in name and not name.startswith("tensor("):
        return None
    name = name.removeprefix("tensor(").removesuffix(")")
    return TensorProto.DataType.Value({"float32": "FLOAT", "float64": "DOUBLE"}.get(name, name.upper()))


def name_of(kind):
    return {"FLOAT": "float32", "DOUBLE": "float64"}.get(TensorProto.DataType.Name(kind), TensorProto.DataType.Name(kind).lower())


def permitted(schema, variable):
    """The element types that ONNX permits for a type variable, which may be a type itself."""
    names = next((c.allowed_type_strs for c in schema.type_constraints if c.type_param_str == variable), [variable])
    return {kind for kind in map(elem_type, names) if kind is not None}


def onnx_cases():
    """ONNX's cases of one node whose tensors mean the same in the newest opset."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflows and divisions by zero are what some cases are about
        tests = onnx.backend.test.case.node.collect_testcases(None)
    for test in sorted(tests, key=lambda t: t.model.ByteSize()):
        graph = test.model.graph
        node, schema = graph.node[0], schema_of(graph.node[0].domain, graph.node[0].op_type)
        opset = next((o.version for o in test.model.opset_import if o.domain == node.domain), 0)
        tensors = all(v.type.HasField("tensor_type") for v in [*graph.input, *graph.output])
        place = MAIN_INPUT.get(node.op_type, 0)
        if len(graph.node) > 1 or not tensors or len(node.input) <= place or not node.input[place]:
            continue
        if not schema or opset < schema.since_version:
            continue
        arrays = [onnx.numpy_helper.to_array(t) if isinstance(t, TensorProto) else np.asarray(t) for t in test.data_sets[0][0]]
        yield Case(node, {i.name: a for i, a in zip(graph.input, arrays)}, list(graph.output))


def constant(name, kind, array):
    if array.dtype.kind not in "biuf" and array.dtype.itemsize > 2:
        array = np.ones(array.shape)  # strings
    array = array.astype(np.float64)
    if kind not in map(elem_type, GROUPS["floats"].split()):
        array = np.nan_to_num(array).clip(0, 1 if kind == TensorProto.BOOL else 2**31).round()
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    return onnx.numpy_helper.from_array(array.astype(dtype), name)


def model(case, schema, kind, others, all_constant):
    """The case as a model whose elements in question have type `kind`.

    Its other inputs are constants with the values of the case; so are all if `all_constant`. With `others`, inputs of
    another type variable get the type, too, where they had that of the elements in question and may have the new one.
    """
    node = onnx.NodeProto()
    node.CopyFrom(case.node)
    place = MAIN_INPUT.get(node.op_type, 0)
    main = formal(schema.inputs, place).type_str
    before = case.inputs[node.input[place]].dtype
    follow = {main}
    if others:
        follow |= {p.type_str for p in schema.inputs if kind in permitted(schema, p.type_str)}
    inputs, constants = [], []
    for k, name in enumerate(node.input):
        if not name:
            continue
        array, variable = case.inputs[name], formal(schema.inputs, k).type_str
        new = variable == main or (variable in follow and array.dtype == before)
        it = kind if new else helper.np_dtype_to_tensor_dtype(array.dtype)
        if variable == main and not all_constant:
            inputs.append(helper.make_tensor_value_info(name, it, array.shape))
        elif name not in (c.name for c in constants):
            constants.append(constant(name, it, array))
    if node.op_type == "BitCast":  # it keeps the width
        next(a for a in node.attribute if a.name == "to").i = kind
    outputs = [helper.make_empty_tensor_value_info(o.name) for o in case.outputs]
    graph = helper.make_graph([node], "one", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", onnx.defs.onnx_opset_version())]
    if node.domain:
        opsets.append(helper.make_opsetid(node.domain, schema.since_version))
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def is_compiled(cases, schema, kind, folder):
    """(whether one of the cases is compiled with elements of type `kind`, the first diagnostic)."""
    tried, first = set(), ""
    for case in cases[:1 if name_of(kind) in NEVER else MAX_CASES]:
        for all_constant in (False, True):
            for others in (True, False):
                if name_of(kind) in NEVER and all_constant:
                    continue
                content = model(case, schema, kind, others, all_constant).SerializeToString(deterministic=True)
                if content in tried:
                    continue
                tried.add(content)
                (folder / "model.onnx").write_bytes(content)
                result = harness.run([harness.BURIN, "compile", folder / "model.onnx", "-o", folder / "lib"], code=None)
                if result.returncode == 0:
                    return True, ""
                first = first or result.stderr.split("\n")[0]
    return False, first


def listed(text):
    """The element types of a cell of the table."""
    return {elem_type(name) for part in text.split(", ") if part for name in GROUPS.get(part, part).split()}


def table():
    """{(domain, operator): types} of the rows that the newest opset has."""
    rows = {}
    for line in harness.burin("ops", "--markdown").stdout.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.search(r"^\d+ to newest$", cells[2] if len(cells) > 2 else ""):
            rows["" if cells[1] == "ai.onnx" else cells[1], cells[0]] = listed(cells[3])
    return rows


def names(kinds):
    return ", ".join(sorted(map(name_of, kinds)))


@harness.group
def types_are_compiled_where_listed():
    cases = collections.defaultdict(list)
    for case in [*OWN, *onnx_cases()]:
        cases[case.node.domain, case.node.op_type].append(case)
    rows = {key: kinds for key, kinds in table().items() if key not in UNTESTED and key[0] in ONNX_DOMAINS}
    jobs = []
    for key in rows.keys() & cases.keys():
        schema = schema_of(*key)
        variable = formal(schema.inputs, MAIN_INPUT.get(key[1], 0)).type_str
        jobs += [(key, schema, kind) for kind in permitted(schema, variable)]

    def probe(job):
        key, schema, kind = job
        with harness.temporary_folder() as folder:
            return (key, kind, *is_compiled(cases[key], schema, kind, folder))

    compiled, diagnostics = collections.defaultdict(set), {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=min(2, os.cpu_count())) as pool:
        for key, kind, good, diagnostic in pool.map(probe, jobs):
            if good:
                compiled[key].add(kind)
            diagnostics[key, kind] = diagnostic
    for key, kinds in rows.items():
        problems = []
        if key not in cases:
            problems.append("there is no case: add one to OWN, or the operator to UNTESTED")
        elif compiled[key] - kinds:
            problems.append(f"compiled, but not listed: {names(compiled[key] - kinds)}")
        for kind in kinds - compiled[key] if key in cases else ():
            why = diagnostics.get((key, kind), "ONNX does not permit it")
            problems.append(f"listed, but not compiled: {name_of(kind)} ({why})")
        yield ":".join(filter(None, key)), "; ".join(problems) or None


@harness.case
def untested_operators_exist():
    harness.equal(UNTESTED - table().keys(), set(), "operators of UNTESTED that are no rows")


if __name__ == "__main__":
    harness.main()
