"""Sizes known only at run time: one library for all of them, compared with ONNX Runtime at several."""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

STRICT = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wvla -Werror -O1".split()
RANDOM = np.random.default_rng(7)


def weights(name, *shape):
    return numpy_helper.from_array((RANDOM.standard_normal(shape) * 0.3).astype(np.float32), name)


def integers(name, value):
    return numpy_helper.from_array(np.array(value, np.int64), name)


def model(nodes, inputs, outputs, constants, path):
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "g", [value(*i) for i in inputs], [value(*o) for o in outputs], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(made.SerializeToString())
    return path


def mlp(path):
    node = helper.make_node
    return model([node("MatMul", ["x", "w1"], ["a"]), node("Relu", ["a"], ["b"]), node("MatMul", ["b", "w2"], ["c"]),
                  node("Softmax", ["c"], ["y"])], [("x", ["T", 16])], [("y", ["T", 10])],
                 [weights("w1", 16, 24), weights("w2", 24, 10)], path)


def conv(path):
    """Strides in a row: sizes derived from sizes."""
    node = helper.make_node
    return model([node("Conv", ["x", "w1", "b1"], ["a"], strides=[2], pads=[1, 1]), node("Relu", ["a"], ["b"]),
                  node("Conv", ["b", "w2"], ["c"], strides=[2], pads=[2, 2]),
                  node("MaxPool", ["c"], ["d"], kernel_shape=[3], strides=[2])], [("x", [1, 8, "T"])], [("d", None)],
                 [weights("w1", 12, 8, 3), weights("b1", 12), weights("w2", 10, 12, 5)], path)


def attention(path):
    """Shape arithmetic, a table of positions, a causal mask, and the shape as an output."""
    node = helper.make_node
    mask = np.triu(np.full((64, 64), -1e9, np.float32), 1)
    nodes = [node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "one"], ["t0"]), node("Unsqueeze", ["t0", "zero"], ["t"]),
             node("Slice", ["table", "zero", "t", "zero"], ["p"]), node("Add", ["x", "p"], ["h"]),
             node("Concat", ["one1", "t", "heads"], ["split"], axis=0), node("Concat", ["t", "t"], ["square"], axis=0),
             node("Slice", ["mask", "zeros", "square", "both"], ["m"])]
    for name, perm in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        nodes += [node("MatMul", ["h", "w" + name], [name]), node("Reshape", [name, "split"], [name + "4"]),
                  node("Transpose", [name + "4"], [name + "h"], perm=perm)]
    nodes += [node("MatMul", ["qh", "kh"], ["s"]), node("Add", ["s", "m"], ["sm"]), node("Softmax", ["sm"], ["pr"]),
              node("MatMul", ["pr", "vh"], ["o"]), node("Transpose", ["o"], ["ot"], perm=[0, 2, 1, 3]),
              node("Reshape", ["ot", "join"], ["y"]), node("Cast", ["shape"], ["sizes"], to=TensorProto.FLOAT)]
    constants = [weights("wq", 16, 16), weights("wk", 16, 16), weights("wv", 16, 16), weights("table", 64, 16),
                 numpy_helper.from_array(mask, "mask"), integers("one", 1), integers("one1", [1]), integers("zero", [0]),
                 integers("heads", [2, 8]), integers("zeros", [0, 0]), integers("both", [0, 1]), integers("join", [1, -1, 16])]
    return model(nodes, [("x", [1, "T", 16])], [("y", None), ("sizes", [3])], constants, path)


def images(path):
    node = helper.make_node
    return model([node("Conv", ["x", "w1"], ["a"], strides=[2, 2], pads=[1, 1, 1, 1]), node("Relu", ["a"], ["b"]),
                  node("Conv", ["b", "w2"], ["c"], pads=[1, 1, 1, 1], group=12),
                  node("MaxPool", ["c"], ["d"], kernel_shape=[2, 2], strides=[2, 2]),
                  node("GlobalAveragePool", ["d"], ["e"]), node("Flatten", ["e"], ["y"])],
                 [("x", ["N", 3, "H", "W"])], [("y", ["N", 12])], [weights("w1", 12, 3, 3, 3), weights("w2", 12, 1, 3, 3)], path)


# name, model, flags, shapes of the input
MODELS = [
    ("mlp", mlp, ["--dim", "T=1..40"], [(1, 16), (7, 16), (40, 16)]),
    ("conv", conv, ["--shape", "x=1,8,9..40"], [(1, 8, 9), (1, 8, 10), (1, 8, 33)]),
    ("attention", attention, ["--dim", "T=1..64"], [(1, 1, 16), (1, 2, 16), (1, 31, 16)]),
    ("images", images, ["--dim", "N=1..3", "--dim", "H=8..40", "--dim", "W=8..56:4"], [(1, 3, 8, 8), (2, 3, 17, 24)]),
]


@harness.group
def equals_the_reference_at_every_size():
    for name, make, flags, shapes in MODELS:
        with harness.temporary_folder() as folder:
            path = make(folder / "net.onnx")
            for shape in shapes:
                np.save(folder / "x.npy", RANDOM.standard_normal(shape).astype(np.float32))
                result = harness.burin("verify", path, *flags, "--input", folder / "x.npy", "--interpreter", code=None)
                yield f"{name}/{shape}", None if result.returncode == 0 else (result.stdout + result.stderr)[-800:]


CHECK_STATUS = r"""
#include "net.h"
static net_arena arena;
int main(void)
{
    uint32_t dims[2];
    net_set_t(&arena, 0u);
    if (net_run(&arena) != NET_ERR_SIZE) { return 1; }
    net_set_t(&arena, NET_T_MAX + 1u);
    if (net_run(&arena) != NET_ERR_SIZE) { return 2; }
    net_set_t(&arena, 5u);
    if (net_run(&arena) != NET_OK || net_get_t(&arena) != 5u) { return 3; }
    net_out_y_dims(&arena, dims);
    return dims[0] == 5u && dims[1] == 10u ? 0 : 4;
}
"""


@harness.case
def a_library_refuses_sizes_out_of_bounds_and_tells_its_outputs_dims():
    with harness.temporary_folder() as folder:
        harness.burin("compile", mlp(folder / "net.onnx"), "--dim", "T=1..40", "-o", folder / "lib", "--name", "net")
        (folder / "lib/main.c").write_text(CHECK_STATUS)
        sources = [folder / "lib" / f for f in ("net.c", "net_weights.c")]
        for main in ("main.c", "net_test.c"):
            harness.run(["gcc", *STRICT, *sources, folder / "lib" / main, "-lm", "-o", folder / "program"])
            harness.run([folder / "program"])


def counting(path):
    """What NonZero, Compress and Unique find, and what others make of it; the input has a size of its own."""
    node = helper.make_node
    nodes = [node("Greater", ["x", "half"], ["m"]), node("NonZero", ["m"], ["where"]), node("Transpose", ["where"], ["rows"]),
             node("Cast", ["rows"], ["places"], to=TensorProto.FLOAT), node("GatherND", ["x", "rows"], ["values"]),
             node("Add", ["values", "values"], ["doubled"]), node("Concat", ["values", "doubled"], ["both"], axis=0),
             node("ReduceMax", ["x"], ["top"], axes=[1], keepdims=0), node("Greater", ["top", "one"], ["keep"]),
             node("Compress", ["x", "keep"], ["kept"], axis=0), node("MatMul", ["kept", "w"], ["product"]),
             node("Round", ["x"], ["rounded"]), node("Unique", ["rounded"], ["distinct", "", "inverse", ""]),
             node("Cast", ["inverse"], ["which"], to=TensorProto.FLOAT)]
    constants = [numpy_helper.from_array(np.array(v, np.float32), n) for n, v in (("half", 0.5), ("one", 1.0))]
    return model(nodes, [("x", ["T", 6])], [(n, None) for n in ("places", "both", "product", "distinct", "which")],
                 constants + [weights("w", 6, 5)], path)


def suppression(path):
    node = helper.make_node
    nodes = [node("NonMaxSuppression", ["boxes", "scores", "most", "overlap", "score"], ["selected"]),
             node("Slice", ["selected", "two", "three", "axis"], ["column"]), node("Squeeze", ["column", "axis"], ["index"]),
             node("Squeeze", ["boxes", "zero"], ["flat"]), node("Gather", ["flat", "index"], ["y"])]
    constants = [integers("most", [7]), integers("two", [2]), integers("three", [3]), integers("axis", [1]), integers("zero", [0]),
                 numpy_helper.from_array(np.array([0.4], np.float32), "overlap"),
                 numpy_helper.from_array(np.array([0.1], np.float32), "score")]
    return model(nodes, [("boxes", [1, 40, 4]), ("scores", [1, 2, 40])], [("y", None)], constants, path)


@harness.group
def sizes_found_at_run_time():
    with harness.temporary_folder() as folder:
        path = counting(folder / "net.onnx")
        for name, x in [("some", RANDOM.standard_normal((9, 6))), ("none", np.full((4, 6), -1.0)), ("all", np.full((5, 6), 2.0)),
                        ("one", np.array([[0, 0, 3, 0, 0, 0.]]))]:
            np.save(folder / "x.npy", x.astype(np.float32))
            for flags in (["--dim", "T=1..12"], []):
                result = harness.burin("verify", path, *flags, "--input", folder / "x.npy", "--interpreter", code=None)
                problem = None if result.returncode == 0 else (result.stdout + result.stderr)[-800:]
                yield f"{name}/{'range' if flags else 'bound'}", problem
        path = suppression(folder / "nms.onnx")
        corners = RANDOM.random((1, 40, 2))
        np.save(folder / "b.npy", np.concatenate([corners, corners + 0.2], 2).astype(np.float32))
        np.save(folder / "s.npy", RANDOM.random((1, 2, 40)).astype(np.float32))
        result = harness.burin("verify", path, "--input", folder / "b.npy", "--input", folder / "s.npy", "--interpreter", code=None)
        yield "suppression", None if result.returncode == 0 else (result.stdout + result.stderr)[-800:]


@harness.group
def ranges_that_cannot_be():
    with harness.temporary_folder() as folder:
        path = conv(folder / "net.onnx")
        np.save(folder / "x.npy", np.zeros((1, 8, 50), np.float32))
        for name, code, arguments in [
                ("too_small", "BRN1307", ["inspect", path, "--dim", "T=1..40"]),
                ("no_such_dim", "BRN1304", ["inspect", path, "--dim", "S=1..40"]),
                ("no_range", "BRN1507", ["inspect", path, "--dim", "T=40..1"]),
                ("data_outside", "BRN1306", ["verify", path, "--dim", "T=9..40", "--input", folder / "x.npy"])]:
            result = harness.burin(*arguments, code=1)
            yield name, None if f"error {code}" in result.stderr else result.stderr[-600:]


if __name__ == "__main__":
    harness.main()
