"""If, Loop and Scan: whole models as exporters write them, against ONNX Runtime; what is refused, what the C is."""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness  # noqa: E402

F, I64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
RANDOM = np.random.default_rng(5)


def value(name, shape=None, dtype=F):
    return helper.make_tensor_value_info(name, dtype, shape)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name="_".join([op, *outputs.split()]), **attributes)


def const(name, array):
    return onnx.numpy_helper.from_array(np.asarray(array), name)


def weights(name, *shape):
    return const(name, (RANDOM.standard_normal(shape) * 0.5).astype(np.float32))


def graph(nodes, inputs, outputs, constants=()):
    return helper.make_graph(nodes, "g", inputs, outputs, list(constants))


def outputs(*names, dtype=F):
    return [value(n, dtype=dtype) for n in names]


def model(nodes, inputs, results, constants=(), opset=17):
    made = helper.make_model(graph(nodes, inputs, results, constants), opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 8
    return made


TURN = [value("i", [], I64), value("go", [], BOOL)]
TRUE = const("true", True)


def loop(body, carried, results, constants=()):
    """A model whose one node is a Loop of up to the constant `m` turns."""
    return node("Loop", "m true " + carried, results, body=body)


def lstm_by_matmul():
    """A cell over time, as tracing writes it: slices by index, gates by Split, the hidden states stacked."""
    body = graph(
        [node("Gather", "x i", "xt", axis=0), node("MatMul", "xt w", "a"), node("MatMul", "h r", "b"),
         node("Add", "a b", "g"),
         node("Split", "g", "gi gf gc go_", axis=1), node("Sigmoid", "gi", "si"), node("Sigmoid", "gf", "sf"),
         node("Tanh", "gc", "tc"), node("Sigmoid", "go_", "so"), node("Mul", "sf c", "fc"), node("Mul", "si tc", "ic"),
         node("Add", "fc ic", "c2"), node("Tanh", "c2", "th"), node("Mul", "so th", "h2"), node("Identity", "h2", "hs"),
         node("Identity", "go", "go2")],
        [*TURN, value("h", [2, 4]), value("c", [2, 4])],
        [value("go2", [], BOOL), value("h2", [2, 4]), value("c2", [2, 4]), value("hs", [2, 4])])
    return model([loop(body, "h0 c0", "h c ys")], [value("x", [6, 2, 3])], outputs("h", "c", "ys"),
                 [const("m", 6), TRUE, weights("w", 3, 16), weights("r", 4, 16),
                  const("h0", np.zeros((2, 4), np.float32)), const("c0", np.zeros((2, 4), np.float32))])


def if_in_loop():
    """A branch by the data in every turn, which captures what is carried, what is outside, and the turn."""
    then = graph([node("Mul", "s x", "p"), node("Add", "p b", "t")], [], [value("t", [4])])
    other = graph([node("Cast", "i", "fi", to=F), node("Sub", "s fi", "e")], [], [value("e", [4])])
    body = graph([node("ReduceSum", "s", "sum", keepdims=0), node("Less", "sum zero", "neg"),
                  node("If", "neg", "s2", then_branch=then, else_branch=other), node("Identity", "go", "go2")],
                 [*TURN, value("s", [4])], [value("go2", [], BOOL), value("s2", [4])])
    return model([loop(body, "x", "y")], [value("x", [4]), value("b", [4])], outputs("y"),
                 [const("m", 5), TRUE, const("zero", np.float32(0))])


def both_branches():
    """One If that is taken and one that isn't; a branch that computes nothing, one that is a constant."""
    made = []
    for k, op in enumerate(["Less", "GreaterOrEqual"]):
        then = graph([node("Neg", "x", f"n{k}"), node("Relu", f"n{k}", f"t{k}")], [],
                     [value(f"t{k}", [2, 3]), value(f"n{k}", [2, 3])])
        other = graph([node("Identity", "x", f"e{k}")], [], [value(f"e{k}", [2, 3]), value(f"k{k}", [2, 3])],
                      [const(f"k{k}", np.full((2, 3), 7, np.float32))])
        made += [node(op, "sum zero", f"c{k}"), node("If", f"c{k}", f"y{k} z{k}", then_branch=then, else_branch=other)]
    return model([node("ReduceSum", "x", "sum", keepdims=0), *made], [value("x", [2, 3])],
                 outputs("y0", "z0", "y1", "z1"), [const("zero", np.float32(0))])


def while_small():
    """Ends when the data say so: Newton's square root, at most 30 turns."""
    body = graph([node("Div", "x s", "q"), node("Add", "q s", "d"), node("Mul", "d half", "s2"),
                  node("Sub", "s2 s", "diff"),
                  node("Abs", "diff", "ad"), node("ReduceMax", "ad", "most", keepdims=0),
                  node("Greater", "most eps", "go2"),
                  node("Add", "n one", "n2")],
                 [*TURN, value("s", [3]), value("n", [], I64)],
                 [value("go2", [], BOOL), value("s2", [3]), value("n2", [], I64)])
    return model([node("Abs", "v", "av"), node("Add", "av one_f", "x"), loop(body, "x n0", "root turns")],
                 [value("v", [3])],
                 [*outputs("root"), *outputs("turns", dtype=I64)],
                 [const("m", 30), TRUE, const("half", np.float32(0.5)), const("eps", np.float32(1e-3)), const("one", 1),
                  const("n0", 0), const("one_f", np.float32(1))])


def never_entered():
    """The condition before the first turn is data, and false."""
    body = graph([node("Mul", "s x", "s2"), node("Identity", "go", "go2")], [*TURN, value("s", [3])],
                 [value("go2", [], BOOL), value("s2", [3])])
    return model([node("Mul", "x x", "xx"), node("ReduceMin", "xx", "low", keepdims=0), node("Less", "low zero", "run"),
                  helper.make_node("Loop", ["m", "run", "x"], ["y"], name="loop", body=body)], [value("x", [3])],
                 outputs("y"),
                 [const("m", 3), const("zero", np.float32(0))])


def slices_by_turn():
    """The part that is cut out moves with the turn: x[i:i+2], and x[:, 2i+1:2i+2]."""
    body = graph([node("Unsqueeze", "i zeroth", "from"), node("Add", "from two", "to"),
                  node("Slice", "x from to", "rows"),
                  node("Mul", "i two", "i2"), node("Add", "i2 one", "f"), node("Add", "one f", "t"),
                  node("Slice", "x f t one", "column"), node("ReduceSum", "rows", "a", keepdims=0),
                  node("ReduceSum", "column", "b", keepdims=0), node("Sub", "a b", "o"), node("Add", "s o", "s2"),
                  node("Identity", "go", "go2")], [*TURN, value("s", [])],
                 [value("go2", [], BOOL), value("s2", []), value("o", [])])
    return model([loop(body, "zero", "y os")], [value("x", [4, 6])], outputs("y", "os"),
                 [const("m", 3), TRUE, const("zero", np.float32(0)), const("zeroth", np.array([0], np.int64)),
                  const("one", np.array([1], np.int64)), const("two", np.array([2], np.int64))])


def carried_swap():
    """Carried values that change places need a copy between; one is yielded twice."""
    body = graph([node("Relu", "a", "ra"), node("Neg", "b", "nb"), node("Identity", "go", "go2")],
                 [*TURN, value("a", [3]), value("b", [3]), value("c", [3]), value("d", [3])],
                 [value("go2", [], BOOL), value("nb", [3]), value("ra", [3]), value("d", [3]), value("c", [3])])
    return model([loop(body, "x y y x", "p q r s")], [value("x", [3]), value("y", [3])], outputs("p", "q", "r", "s"),
                 [const("m", 3), TRUE])


def nested_loops():
    """The inner loop reads the outer one's turn, its carried value, and a weight from outside both."""
    inner = graph([node("Add", "j i", "ij"), node("Cast", "ij", "f", to=F), node("MatMul", "t w", "tw"),
                   node("Mul", "tw f", "tf"),
                   node("Add", "tf s", "t2"), node("Identity", "go_in", "go3")],
                  [value("j", [], I64), value("go_in", [], BOOL), value("t", [2, 3])],
                  [value("go3", [], BOOL), value("t2", [2, 3])])
    body = graph([helper.make_node("Loop", ["two", "true", "x"], ["t3"], name="inner", body=inner),
                  node("Tanh", "t3", "s2"),
                  node("ReduceSum", "s2", "row", keepdims=0), node("Identity", "go", "go2")],
                 [*TURN, value("s", [2, 3])], [value("go2", [], BOOL), value("s2", [2, 3]), value("row", [])])
    return model([loop(body, "x", "y rows")], [value("x", [2, 3])], outputs("y", "rows"),
                 [const("m", 4), const("two", 2), TRUE, weights("w", 3, 3)])


def convolution_in_loop():
    """A body whose convolutions want another layout, and whose weights lie outside."""
    body = graph([node("Conv", "s w b", "k", pads=[1, 1, 1, 1]), node("Relu", "k", "r"), node("Add", "r s", "s2"),
                  node("GlobalAveragePool", "s2", "mean"), node("Identity", "go", "go2")],
                 [*TURN, value("s", [1, 3, 5, 6])],
                 [value("go2", [], BOOL), value("s2", [1, 3, 5, 6]), value("mean", [1, 3, 1, 1])])
    return model([node("Conv", "x w b", "s0", pads=[1, 1, 1, 1]), loop(body, "s0", "s means"),
                  node("Conv", "s w b", "y", pads=[1, 1, 1, 1])], [value("x", [1, 3, 5, 6])], outputs("y", "means"),
                 [const("m", 3), TRUE, weights("w", 3, 3, 3, 3), weights("b", 3)])


def scan_axes():
    """Two states; two scanned inputs along different axes, one backwards; outputs on other axes, one backwards."""
    body = graph([node("Add", "a xt", "a2"), node("Mul", "b yt", "p"), node("ReduceSum", "xt", "sum", keepdims=0),
                  node("Add", "p sum", "b2"), node("Sub", "a2 xt", "o1"), node("Identity", "b2", "o2")],
                 [value("a", [2, 3]), value("b", []), value("xt", [2, 3]), value("yt", [])],
                 [value("a2", [2, 3]), value("b2", []), value("o1", [2, 3]), value("o2", [])])
    return model([node("Scan", "a0 b0 x y", "a b p q", body=body, num_scan_inputs=2, scan_input_axes=[-2, 0],
                       scan_input_directions=[1, 0], scan_output_axes=[-1, 0], scan_output_directions=[0, 1])],
                 [value("a0", [2, 3]), value("b0", []), value("x", [2, 5, 3]), value("y", [5])],
                 outputs("a", "b", "p", "q"))


def scan_integers():
    """Elements of 8 bytes and of one, no state."""
    body = graph([node("Add", "u u", "u2"), node("Not", "v", "v2")], [value("u", [3], I64), value("v", [2], BOOL)],
                 [value("u2", [3], I64), value("v2", [2], BOOL)])
    return model([node("Scan", "x y", "p q", body=body, num_scan_inputs=2, scan_input_axes=[1, 0],
                       scan_output_axes=[1, 0])],
                 [value("x", [3, 4], I64), value("y", [4, 2], BOOL)],
                 [*outputs("p", dtype=I64), *outputs("q", dtype=BOOL)])


def scan_in_batches():
    """Opset 8: a batch axis first, one direction backwards."""
    body = graph([node("Add", "s xt", "s2"), node("Mul", "s2 yt", "o")],
                 [value("s", [2]), value("xt", [2]), value("yt", [2])],
                 [value("s2", [2]), value("o", [2])])
    return model([helper.make_node("Scan", ["", "s0", "x", "y"], ["s", "z"], name="scan", body=body, num_scan_inputs=2,
                                   directions=[0, 1])],
                 [value("s0", [3, 2]), value("x", [3, 4, 2]), value("y", [3, 4, 2])], outputs("s", "z"), opset=8)


def one_turn_and_none():
    """Loops of one turn and of none; without a condition at all."""
    body = graph([node("Mul", "s x", "s2"), node("Identity", "s2", "o"), node("Identity", "go", "go2")],
                 [*TURN, value("s", [3])], [value("go2", [], BOOL), value("s2", [3]), value("o", [3])])
    other = onnx.GraphProto()
    other.CopyFrom(body)
    return model([helper.make_node("Loop", ["one", "", "x"], ["a", "b"], name="once", body=body),
                  helper.make_node("Loop", ["none", "", "x"], ["c", "d"], name="never", body=other)], [value("x", [3])],
                 outputs("a", "b", "c", "d"), [const("one", 1), const("none", 0)])


def if_in_scan_in_loop():
    """Three levels; the innermost reads values of all. A bool is carried, rows of the scan are stacked."""
    then = graph([node("Add", "acc xt", "t")], [], [value("t", [2])])
    other = graph([node("Sub", "acc bias", "e")], [], [value("e", [2])])
    rows = graph([node("ReduceSum", "xt", "sum", keepdims=0), node("Greater", "sum zero", "positive"),
                  node("If", "positive", "acc2", then_branch=then, else_branch=other), node("Add", "acc2 s", "o")],
                 [value("acc", [2]), value("xt", [2])], [value("acc2", [2]), value("o", [2])])
    body = graph([node("Scan", "s x", "s2 rows", body=rows, num_scan_inputs=1, scan_input_axes=[1]),
                  node("Not", "flag", "flag2"), node("Identity", "go", "go2")],
                 [*TURN, value("s", [2]), value("flag", [], BOOL)],
                 [value("go2", [], BOOL), value("s2", [2]), value("flag2", [], BOOL), value("rows", [4, 2])])
    return model([node("Neg", "b", "bias"), loop(body, "s0 true", "y f all")],
                 [value("x", [2, 4]), value("b", [2]), value("s0", [2])],
                 [*outputs("y"), *outputs("f", dtype=BOOL), *outputs("all")],
                 [const("m", 3), TRUE, const("zero", np.float32(0))])


def unchanged_values():
    """What a turn carries on is another carried value, a constant, or something from outside."""
    body = graph([node("Identity", "b", "p"), node("Identity", "k", "q"), node("Identity", "go", "go2"),
                  node("Identity", "x", "r")], [*TURN, value("a", [2]), value("b", [2]), value("c", [2])],
                 [value("go2", [], BOOL), value("p", [2]), value("q", [2]), value("r", [2])],
                 [const("k", np.array([5, 6], np.float32))])
    return model([loop(body, "x y y", "a b c")], [value("x", [2]), value("y", [2])], outputs("a", "b", "c"),
                 [const("m", 2), TRUE])


def quantised_in_loop():
    """Quantised arithmetic in the body, with weights that are dequantised outside."""
    body = graph([node("QuantizeLinear", "s sc zp", "sq"), node("DequantizeLinear", "sq sc zp", "sd"),
                  node("MatMul", "sd w", "p"), node("QuantizeLinear", "p sc zp", "pq"),
                  node("DequantizeLinear", "pq sc zp", "s2"), node("Identity", "go", "go2")],
                 [*TURN, value("s", [2, 4])], [value("go2", [], BOOL), value("s2", [2, 4])])
    return model([node("DequantizeLinear", "wq wsc wzp", "w"), loop(body, "x", "y")], [value("x", [2, 4])],
                 outputs("y"), [const("m", 3), TRUE, const("sc", np.float32(0.05)), const("zp", np.int8(3)),
                  const("wq", RANDOM.integers(-90, 90, (4, 4)).astype(np.int8)), const("wsc", np.float32(0.01)),
                  const("wzp", np.int8(0))])


MODELS = [lstm_by_matmul, if_in_loop, both_branches, while_small, never_entered, slices_by_turn, carried_swap,
          nested_loops, convolution_in_loop, if_in_scan_in_loop, unchanged_values, quantised_in_loop, scan_axes,
          scan_integers, scan_in_batches, one_turn_and_none]


@harness.group
def models_agree_with_onnx_runtime():
    with harness.temporary_folder() as folder:
        for make in MODELS:
            path = folder / f"{make.__name__}.onnx"
            onnx.save(make(), path)
            try:
                harness.burin("verify", path, "--interpreter", "--layers")
                yield make.__name__, None
            except harness.Failure as failure:
                yield make.__name__, str(failure)[-1500:]


STRICT = ("-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-align -Wundef -Wvla "
          "-Wdouble-promotion -Werror -O2").split()
COMPILERS = [["gcc", "-std=c99", "-Wstrict-prototypes", "-Wmissing-prototypes"], ["clang-22", "-std=c99"],
             ["g++", "-std=c++17", "-x", "c++"]]


def compiled(make, folder, **options):
    path = folder / f"{make.__name__}.onnx"
    onnx.save(make(), path)
    harness.burin("compile", path, "-o", folder / "lib", "--name", "net", **options)
    return folder / "lib"


@harness.group
def the_c_has_no_warnings_and_its_stack_a_bound():
    for make in [nested_loops, both_branches, while_small]:
        with harness.temporary_folder() as folder:
            library = compiled(make, folder)
            for compiler in COMPILERS:
                result = harness.run([*compiler, *STRICT, "-c", library / "net.c", "-o", folder / "x.o"], code=None)
                yield f"{make.__name__}/{compiler[0]}", None if result.returncode == 0 else result.stderr[:1500]
            harness.run(["gcc", "-std=c99", "-O2", "-fno-inline", "-fstack-usage", "-c", library / "net.c", "-o",
                         folder / "net.o"])
            lines = [line.split("\t") for line in (folder / "net.su").read_text().splitlines()]
            frames = {where.rsplit(":", 1)[-1]: int(size) for where, size, _ in lines}
            kernels = sorted(v for k, v in frames.items() if k.startswith("brn_"))[-3:]
            helpers = [v for k, v in frames.items() if k.startswith("net_do")]
            loops = [v for k, v in frames.items() if k.startswith(("net_loop", "net_if"))]
            single = max(v for k, v in frames.items() if k.startswith("net_"))
            depth = 2 if make is nested_loops else 1
            used = frames["net_run"] + single + sum(kernels) + depth * (max(helpers) + max(loops))
            bound = json.loads((library / "report.json").read_text())["ram"]["stack_bound"]
            yield make.__name__ + "/stack", None if used <= bound else f"uses {used} B, bound {bound} B"


@harness.case
def a_loop_is_a_loop_in_c_and_its_cost_that_of_all_turns():
    with harness.temporary_folder() as folder:
        library = compiled(nested_loops, folder)
        report = json.loads((library / "report.json").read_text())
        text = (library / "net.c").read_text()
    harness.equal(report["macs"], 4 * 2 * 2 * 3 * 3, "MACs of 4 times 2 products of [2,3] and [3,3]")
    outer = next(layer for layer in report["layers"] if layer["kind"] == "loop")
    kinds = [layer["kind"] for layer in outer["layers"]]
    harness.equal(kinds.count("loop"), 1, "loops in the loop")
    harness.check("turn < 4u" in text and "turn < 2u" in text, "no for loops in the C")
    harness.equal(text.count(" brn_conv_row_f32(rows,"), 1, "calls of the product")


@harness.case
def loops_on_constants_are_computed_now():
    """Shapes that grow from turn to turn, a stacked output, and a bound that only constants know."""
    body = graph([node("Concat", "s new", "s2", axis=0), node("Add", "i one", "o"), node("Less", "o lim", "go2")],
                 [*TURN, value("s", [None], I64)],
                 [value("go2", [], BOOL), value("s2", [None], I64), value("o", [], I64)])
    made = model([helper.make_node("Loop", ["", "true", "s0"], ["shape", "turns"], name="shapes", body=body),
                  node("Expand", "x shape", "y"), node("Cast", "turns", "z", to=F)], [value("x", [1])],
                 outputs("y", "z"), [TRUE, const("s0", np.array([2], np.int64)), const("new", np.array([3], np.int64)),
                                     const("one", 1), const("lim", 3)])
    with harness.temporary_folder() as folder:
        onnx.save(made, folder / "shapes.onnx")
        harness.burin("verify", folder / "shapes.onnx", "--interpreter")
        listed = harness.burin("inspect", folder / "shapes.onnx").stdout
    harness.check("loop_" not in listed, listed)


def refused(name, made, *texts):
    with harness.temporary_folder() as folder:
        onnx.save(made, folder / "m.onnx")
        out = harness.burin("compile", folder / "m.onnx", "-o", folder / "lib", code=1).stderr
    missing = [t for t in texts if t not in out]
    return name, f"no {missing} in {out}" if missing else None


@harness.group
def what_is_not_bounded_is_refused():
    def body(stack):
        results = [value("go2", [], BOOL), value("s2", [3]), value("o", [3])]
        nodes = [node("Add", "s s", "s2"), node("ReduceMax", "s2", "most", keepdims=0), node("Less", "most big", "go2")]
        return graph(nodes + [node("Neg", "s", "o")] * stack, [*TURN, value("s", [3])], results[:2 + stack])

    big = const("big", np.float32(100))
    yield refused("no trip count", model([helper.make_node("Loop", ["", "true", "x"], ["y"], name="w", body=body(0))],
                                         [value("x", [3])], outputs("y"), [TRUE, big]), "BRN1214", "trip count")
    yield refused("stacked by data", model([node("Loop", "m true x", "y z", body=body(1))], [value("x", [3])],
                                           outputs("y", "z"), [TRUE, big, const("m", 9)]), "BRN1214", "stacked")
    grows = graph([node("Concat", "s s", "s2", axis=0), node("Identity", "go", "go2")], [*TURN, value("s", [None])],
                  [value("go2", [], BOOL), value("s2", [None])])
    yield refused("a shape that grows", model([node("Loop", "m true x", "y", body=grows)], [value("x", [3])],
                                              outputs("y"), [TRUE, const("m", 9)]), "BRN1202", "float32[6]")


if __name__ == "__main__":
    harness.main()
