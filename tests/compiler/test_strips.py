"""--strips: the first layers in strips of columns, one after the other; the same bytes in less RAM."""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

# Of shared networks: strips, the bytes of RAM (arena, and the counters of the caller) that are then needed at most, and
# the tolerance that the network has in test_models.py.
SHARED = {"mlperf_vww_mbv1_int8": (2, 11_900, "steps=2")}
LARGE = {"armnn_mobilenetv2_224_uint8": (4, 54_100, "steps=5")}


def wide(path):
    """Windows of all kinds on an image 40 wide: dilated, strided, padded on one side; pools that count padding; residuals."""
    rng = np.random.default_rng(9)
    weights, nodes = [], []

    def node(op, inputs, out, **attributes):
        nodes.append(oh.make_node(op, inputs, [out], name=out, **attributes))
        return out

    def conv(x, out, shape, **attributes):
        weights.append(onnx.numpy_helper.from_array(rng.normal(0, 0.4, shape).astype(np.float32), "w_" + out))
        return node("Conv", [x, "w_" + out], out, **attributes)

    x = conv("x", "first", (6, 3, 3, 5), strides=[2, 1], pads=[1, 0, 1, 4])
    x = node("AveragePool", [x], "average", kernel_shape=[3, 3], strides=[1, 2], pads=[1, 1, 1, 1], count_include_pad=1)
    y = conv(x, "deep", (6, 1, 3, 3), group=6, pads=[2, 2, 2, 2], dilations=[2, 2])
    x = node("Add", [x, node("Relu", [y], "relu")], "sum")
    x = node("MaxPool", [x], "pool", kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1)
    x = conv(x, "last", (5, 6, 3, 3), pads=[1, 1, 1, 1])
    node("GlobalAveragePool", [x], "y")
    graph = oh.make_graph(nodes, "wide", [oh.make_tensor_value_info("x", 1, [1, 3, 30, 40])],
                          [oh.make_tensor_value_info("y", 1, None)], weights)
    onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
    return path


def input_flags(path):
    graph = onnx.load(path, load_external_data=False).graph
    quantised = any(node.op_type == "QuantizeLinear" for node in graph.node)
    return ("--io", f"{graph.input[0].name}={'quantized' if quantised else 'nhwc'}", "--push-rows")


@harness.group
def shared_networks():
    yield from in_strips(SHARED)


@harness.group(full=True)
def large_networks():
    yield from in_strips(LARGE)


def in_strips(networks):
    for name, (strips, limit, tolerance) in networks.items():
        with tempfile.TemporaryDirectory() as folder:
            folder, path = pathlib.Path(folder), harness.data("models") / name / "model.onnx"
            flags = input_flags(path)
            problem = None
            whole = harness.verified(path, folder / "whole", *flags, "--tolerance", tolerance)
            parts = harness.verified(path, folder / "strips", *flags, "--strips", str(strips), "--tolerance", tolerance)
            if whole != parts:
                problem = "strips give other bytes"
            plain = harness.compiled(path, folder / "a", *flags)
            split = harness.compiled(path, folder / "b", *flags, "--strips", str(strips))
            if split["ram"]["total"] > limit:
                problem = problem or f"{split['ram']['total']} B, more than {limit}"
            if split["macs"] > plain["macs"] * 1.05:
                problem = problem or f"{split['macs']} multiply-accumulates, of {plain['macs']}"
            yield name, problem


@harness.group
def windows_of_all_kinds():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        path = wide(folder / "wide.onnx")
        whole = harness.verified(path, folder / "whole", *input_flags(path))
        for strips, target in ((2, "c99"), (3, "cortex-m4")):
            split = harness.verified(path, folder / target, *input_flags(path), "--strips", str(strips), "--target", target)
            same = all(np.allclose(np.frombuffer(split[n][-20:], np.float32), np.frombuffer(whole[n][-20:], np.float32),
                                   rtol=1e-5) for n in whole)
            yield f"{strips} strips on {target}", None if same else "strips give other values"


@harness.case
def the_library_says_how_often_the_image_comes():
    """In its header and its report; its own test brings it so."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        path = wide(folder / "wide.onnx")
        said = harness.compiled(path, folder / "lib", *input_flags(path), "--strips", "3")
        harness.equal(said["push"], {"rows": 30, "row_elements": 120, "strips": 3}, "push")
        harness.equal(said["inputs"][0]["shape"], [1, 30, 40, 3], "the input's shape")
        header = (folder / "lib/net.h").read_text()
        harness.check("NET_IN_X_STRIPS" in header and "3 times over" in " ".join(header.replace(" * ", " ").split()),
                      "the header doesn't say it")
        program = folder / "test"
        subprocess.run(["gcc", "-O1", "-o", program, *sorted((folder / "lib").glob("*.c")), "-lm"], check=True)
        harness.check("PASS" in subprocess.run([program], capture_output=True, text=True).stdout, "its test fails")


@harness.case
def what_cannot_be_split_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        path = wide(folder / "wide.onnx")
        text = harness.burin("compile", path, *input_flags(path), "--strips", "41", "-o", folder / "lib", code=1).stderr
        harness.check("BRN1517" in text and "fewer strips" in text, text)
        harness.check(not (folder / "lib").exists(), "a refused model leaves a folder behind")
        text = harness.burin("compile", path, "--strips", "2", "-o", folder / "lib", code=1).stderr
        harness.check("--push-rows" in text, text)


@harness.case
def the_curve_is_that_of_strips():
    """`burin plan` offers what `burin compile` gives with the same flags."""
    path = harness.data("models") / "mlperf_vww_mbv1_int8/model.onnx"
    flags = (*input_flags(path), "--strips", "2")
    with tempfile.TemporaryDirectory() as folder:
        total = harness.compiled(path, pathlib.Path(folder) / "lib", *flags)["ram"]["total"]
    said = harness.burin("plan", path, *flags).stdout
    harness.check(f"{total:,}".replace(",", " ") in said, f"{total} isn't in {said}")


@harness.case
def a_budget_that_is_too_small_names_strips():
    path = harness.data("models") / "mlperf_vww_mbv1_int8/model.onnx"
    with tempfile.TemporaryDirectory() as folder:
        text = harness.burin("compile", path, *input_flags(path), "--ram", "12000", "-o", pathlib.Path(folder) / "lib",
                             code=1).stderr
        harness.check("BRN1707" in text and "--push-rows --strips 2" in text, text)


if __name__ == "__main__":
    harness.main()
