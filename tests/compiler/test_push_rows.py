"""--push-rows: the input comes row by row; the same bytes as from a whole input, in the RAM that was promised."""
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

# What is taken out of the library at the input, so that its rows are rows of an int8 image, and the bytes of RAM (arena,
# state and the counters of the caller) that are then needed at most.
SHARED = {
    "mlperf_kws_dscnn_int8": ("quantized", 5_000),
    "mlperf_ic_resnet8_int8": ("quantized", 13_800),
    "mlperf_vww_mbv1_int8": ("quantized", 13_700),
    "mlperf_sww_int8": ("quantized", 3_800),
    "mnist8_cntk": ("nhwc", 20_000),
}
FOREIGN = ("cortex-m4", "cortex-m55", "rv32imc")


def input_name(path):
    return onnx.load(path, load_external_data=False).graph.input[0].name


def pushed_as_whole(path, boundary, folder, *flags):
    """Whether pushing rows gives the same outputs as a whole input, layer by layer; a text if it doesn't."""
    io = ("--io", f"{input_name(path)}={boundary}") if boundary else ()
    whole = harness.verified(path, folder / "whole", *io, *flags)
    pushed = harness.verified(path, folder / "pushed", "--push-rows", *io, *flags)
    return None if whole == pushed else "rows give other bytes than the whole input"


def branching(path):
    """Strides, residuals, pooling and paddings that differ, for images 17 wide and 23 high with channels last."""
    rng = np.random.default_rng(5)
    weights, nodes = [], []

    def constant(name, shape):
        weights.append(onnx.numpy_helper.from_array(rng.normal(0, 0.3, shape).astype(np.float32), name))
        return name

    def node(op, inputs, out, **attributes):
        nodes.append(oh.make_node(op, inputs, [out], name=out, **attributes))
        return out

    x = node("Conv", ["x", constant("w0", (8, 3, 3, 3))], "c0", pads=[1, 1, 1, 1])
    y = node("Relu", [x], "r0")
    y = node("Conv", [y, constant("w1", (8, 1, 5, 5))], "c1", group=8, pads=[2, 2, 2, 2])
    y = node("Add", [x, y], "sum")
    y = node("Conv", [y, constant("w2", (12, 8, 3, 3))], "c2", strides=[2, 2], pads=[0, 1, 1, 1])
    y = node("MaxPool", [y], "pool", kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1])
    y = node("Conv", [y, constant("w3", (4, 12, 1, 1))], "y")
    graph = oh.make_graph(nodes, "branching", [oh.make_tensor_value_info("x", 1, [1, 3, 23, 17])],
                          [oh.make_tensor_value_info("y", 1, None)], weights)
    onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
    return path


@harness.group
def shared_networks():
    for name, (boundary, limit) in SHARED.items():
        with tempfile.TemporaryDirectory() as folder:
            folder, path = pathlib.Path(folder), harness.data("models") / name / "model.onnx"
            problem = pushed_as_whole(path, boundary, folder)
            said = harness.compiled(path, folder / "lib", "--push-rows", "--io", f"{input_name(path)}={boundary}")
            if said["ram"]["total"] > limit:
                problem = problem or f"{said['ram']['total']} B, more than {limit}"
            yield name, problem


@harness.group
def other_targets():
    path = branching(pathlib.Path(tempfile.mkdtemp()) / "branching.onnx")
    for target in FOREIGN:
        with tempfile.TemporaryDirectory() as folder:
            yield target, pushed_as_whole(path, "nhwc", pathlib.Path(folder), "--target", target)


@harness.case
def the_input_is_a_ring():
    """No buffer of the arena holds the input; the checker accepts the plan, and the rows of the caller count as RAM."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        said = harness.compiled(branching(folder / "net.onnx"), folder / "lib", "--push-rows", "--io", "x=nhwc")
        harness.check(all(b["bytes"] < 23 * 17 * 3 * 4 for b in said["plan"]["buffers"] if "pushed" not in b),
                      "something is as large as the input")
        counters = len(said["plan"]["layers"][0]["stream"])
        harness.equal(said["ram"]["total"], said["ram"]["arena"] + said["ram"]["state"] + 4 * counters, "RAM")


@harness.case
def what_came_first_in_the_state_stays():
    """A network with a state takes image after image; --push-rows keeps what one leaves for the next."""
    nodes = [oh.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]), oh.make_node("GlobalAveragePool", ["c"], ["m"]),
             oh.make_node("Add", ["m", "h"], ["hn"]), oh.make_node("Tanh", ["hn"], ["y"])]
    w = np.random.default_rng(3).normal(0, 0.3, (5, 2, 3, 3)).astype(np.float32)
    info = oh.make_tensor_value_info
    graph = oh.make_graph(nodes, "state", [info("x", 1, [1, 2, 9, 6]), info("h", 1, [1, 5, 1, 1])],
                          [info("y", 1, [1, 5, 1, 1]), info("hn", 1, [1, 5, 1, 1])],
                          [onnx.numpy_helper.from_array(w, "w")])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), folder / "net.onnx")
        whole = harness.verified(folder / "net.onnx", folder / "whole", "--state", "h=hn", "--io", "x=nhwc")
        pushed = harness.verified(folder / "net.onnx", folder / "pushed", "--state", "h=hn", "--io", "x=nhwc", "--push-rows")
        harness.equal(pushed, whole, "outputs")


@harness.case
def single_layers_are_fed_in_the_librarys_layout():
    """verify --layers with channels last at the boundary, where the reference has them first."""
    with tempfile.TemporaryDirectory() as folder:
        path = branching(pathlib.Path(folder) / "net.onnx")
        said = harness.burin("verify", path, "--layers", "--io", "x=nhwc", "--io", "y=nhwc").stdout
        harness.check("fed_failed=0" in said and "fed_layers=0" not in said, said)


def refused(path, *flags):
    return harness.burin("compile", path, "--push-rows", "-o", path.parent / "lib", *flags, code=1).stderr


@harness.case
def what_cannot_be_pushed_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        path = branching(folder / "net.onnx")
        text = refused(path)
        harness.check("BRN1514" in text and "--io INPUT=nhwc" in text, f"channels first: {text}")
        text = refused(path, "--io", "x=nhwc", "--schedule", "layers")
        harness.check("BRN1514" in text and "--schedule auto" in text, f"no streams: {text}")
        info = oh.make_tensor_value_info
        last = oh.make_graph([oh.make_node("MaxPool", ["t"], ["y"], kernel_shape=[3, 3]),
                              oh.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2])][::-1], "last",
                             [info("x", 1, [1, 9, 8, 3])], [info("y", 1, None)])
        onnx.save(oh.make_model(last, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), folder / "last.onnx")
        text = refused(folder / "last.onnx", "--io", "x=nhwc")
        harness.check("BRN1514" in text and "leave nhwc out" in text, f"channels last, and turned: {text}")
        two = oh.make_graph([oh.make_node("Add", ["a", "b"], ["y"])], "two", [info(n, 1, [4, 3]) for n in "ab"],
                            [info("y", 1, [4, 3])])
        onnx.save(oh.make_model(two, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), folder / "two.onnx")
        text = refused(folder / "two.onnx")
        harness.check("BRN1514" in text and "2 inputs" in text, f"two inputs: {text}")
        harness.check(not (folder / "lib").exists(), "a refused model leaves a folder behind")


if __name__ == "__main__":
    harness.main()
