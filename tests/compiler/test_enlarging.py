"""Layers that make several rows a turn: Resize, DepthToSpace, ConvTranspose. Streams of them give the bytes that layers give;
with --push-rows --pull-rows the RAM doesn't depend on the height of the image."""
import pathlib
import sys

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

FLOAT = onnx.TensorProto.FLOAT


class Net:
    """An ONNX graph as its nodes come; weights are seeded."""

    def __init__(self, *shape):
        self.rng = np.random.default_rng(11)
        self.weights, self.nodes, self.shape = [], [], shape

    def constant(self, value):
        name = f"w{len(self.weights)}"
        self.weights.append(onnx.numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, op, inputs, out=None, **attributes):
        out = out or f"t{len(self.nodes)}"
        self.nodes.append(oh.make_node(op, inputs, [out], name=f"{op}_{len(self.nodes)}", **attributes))
        return out

    def conv(self, x, channels, of, op="Conv", kernel=3, out=None, **attributes):
        shape = (of, channels, kernel, kernel) if op == "ConvTranspose" else (channels, of, kernel, kernel)
        attributes.setdefault("pads", [kernel // 2] * 4)
        w = self.constant(self.rng.normal(0, 0.3, shape).astype(np.float32))
        return self.node(op, [x, w, self.constant(self.rng.normal(0, 0.1, channels).astype(np.float32))], out, **attributes)

    def save(self, path, *outputs):
        graph = oh.make_graph(self.nodes, "net", [oh.make_tensor_value_info("x", FLOAT, self.shape)],
                              [oh.make_tensor_value_info(y, FLOAT, None) for y in outputs or ("y",)], self.weights)
        onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
        return path


def super_resolution(path, height, width=1920, channels=1):
    """Two convolutions and a sub-pixel shuffle: three times as many rows and columns."""
    n = Net(1, channels, height, width)
    x = n.node("Relu", [n.conv("x", 4, channels)])
    n.node("DepthToSpace", [n.conv(x, 9 * channels, 4)], "y", blocksize=3, mode="CRD")
    return n.save(path)


def quantised(path, height, width=1920):
    """The same as int8 between QuantizeLinear and DequantizeLinear."""
    n = Net(1, 1, height, width)
    zero = n.constant(np.int8(3))

    def qdq(x, scale, out=None):
        s = n.constant(np.float32(scale))
        return n.node("DequantizeLinear", [n.node("QuantizeLinear", [x, s, zero]), s, zero], out)

    def conv(x, channels, of):
        w = n.node("DequantizeLinear", [n.constant(n.rng.integers(-90, 90, (channels, of, 3, 3)).astype(np.int8)),
                                        n.constant(np.float32(0.005))])
        return n.node("Conv", [x, w], pads=[1, 1, 1, 1])

    x = qdq(n.node("Relu", [conv(qdq("x", 0.02), 4, 1)]), 0.0317)
    x = qdq(conv(x, 9, 4), 0.0471)  # no sum lies half-way between two integers
    qdq(n.node("DepthToSpace", [x], blocksize=3), 0.0471, "y")
    return n.save(path)


def resize(n, x, scales, **attributes):
    return n.node("Resize", [x, "", n.constant(np.float32([1, 1, *scales]))], **attributes)


def nearest(n):
    return resize(n, n.conv("x", 4, 3), (2, 2), mode="nearest", coordinate_transformation_mode="asymmetric",
                  nearest_mode="floor"), 4


def linear(n):
    x = resize(n, n.conv("x", 4, 3), (3, 2), mode="linear")
    return resize(n, n.node("Relu", [x]), (0.5, 1), mode="linear", coordinate_transformation_mode="asymmetric"), 4


def one_and_a_half(n):
    return resize(n, n.conv("x", 4, 3), (1.5, 1.5), mode="cubic"), 4


def shuffle(n, mode):
    x = n.node("DepthToSpace", [n.conv("x", 16, 3)], blocksize=2, mode=mode)
    return n.conv(x, 4, 4), 4


def folded(n):
    return n.node("SpaceToDepth", [n.conv("x", 4, 3)], blocksize=2), 16


def transposed(n):
    x = n.conv(n.conv("x", 4, 3), 5, 4, "ConvTranspose", kernel=4, strides=[2, 2], pads=[1, 1, 1, 1])
    return n.conv(x, 6, 5, "ConvTranspose", strides=[3, 1], pads=[0, 1, 1, 1], output_padding=[1, 0]), 6


def skip(n):
    """A residual over an enlargement, as in U-Net."""
    a = n.conv("x", 4, 3)
    b = n.conv(n.node("MaxPool", [a], kernel_shape=[2, 2], strides=[2, 2]), 4, 4)
    b = n.conv(b, 4, 4, "ConvTranspose", kernel=2, strides=[2, 2], pads=[0, 0, 0, 0])
    return n.node("Concat", [a, b], axis=1), 8


NETS = {"nearest": nearest, "linear": linear, "one and a half": one_and_a_half, "DCR": lambda n: shuffle(n, "DCR"),
        "CRD": lambda n: shuffle(n, "CRD"), "SpaceToDepth": folded, "ConvTranspose": transposed, "residual": skip}


def network(path, make):
    n = Net(1, 3, 12, 10)
    x, channels = make(n)
    n.conv(x, 3, channels, out="y")
    return n.save(path)


def verified(path, folder, *flags):
    return harness.verified(path, folder, "--io", "x=nhwc", "--io", "y=nhwc", *flags)


@harness.group
def same_bytes_in_streams():
    for name, make in NETS.items():
        with harness.temporary_folder() as folder:
            path = network(folder / "net.onnx", make)
            expected = verified(path, folder / "layers")
            pulled = ("--push-rows", "--pull-rows")
            differ = [flags for i, flags in enumerate((("--schedule", "streams"), ("--schedule", "auto"), pulled))
                      if verified(path, folder / str(i), *flags) != expected]
            plan = harness.compiled(path, folder / "lib", "--schedule", "streams", "--io", "x=nhwc", "--io", "y=nhwc")["plan"]
            streams = [layer["stream"] for layer in plan["layers"] if "stream" in layer]
            made = [layer for layer in streams[0] if layer.get("rows_made", 1) > 1] if len(streams) == 1 else []
            yield name, (f"other bytes with {differ}" if differ else
                         "not one stream with several rows a turn" if not made and name != "SpaceToDepth" else None)


@harness.group
def ram_does_not_depend_on_the_height():
    for name, make, io in (("float", super_resolution, ()),
                           ("int8", quantised, ("--io", "x=quantized", "--io", "y=quantized"))):
        with harness.temporary_folder() as folder:
            said, problem = {}, None
            for height in (12, 24):
                path = make(folder / f"{height}.onnx", height)
                said[height] = harness.compiled(path, folder / f"lib{height}", "--push-rows", "--pull-rows", *io)
                result = harness.burin("verify", path, "--push-rows", "--pull-rows", *io, code=None)
                if result.returncode != 0:
                    problem = (result.stdout + result.stderr)[-1500:]
            ram = {height: r["ram"]["total"] for height, r in said.items()}
            size = 1 if io else 4
            # Three rows of the input, three of four channels between, three of the output, and what one turn makes.
            limit = size * 1920 * (3 + 3 * 4 + 9 + 9) + 64
            if ram[12] != ram[24] or ram[12] > limit:
                problem = problem or f"{ram} B of RAM for 12 and 24 rows, at most {limit} are expected"
            if said[24]["pull"] != {"rows": 72, "row_elements": 5760}:
                problem = problem or f"pull: {said[24]['pull']}"
            yield name, problem


@harness.case
def the_rows_are_those_of_the_image():
    """A first layer that takes two rows as one changes nothing for the caller, nor does a last one that makes two."""
    with harness.temporary_folder() as folder:
        n = Net(1, 3, 12, 10)
        x = n.conv(n.node("SpaceToDepth", ["x"], blocksize=2), 8, 12)
        n.node("DepthToSpace", [x], "y", blocksize=2)
        path = n.save(folder / "net.onnx")
        rows = ("--push-rows", "--pull-rows")
        harness.equal(verified(path, folder / "rows", *rows), verified(path, folder / "whole"), "outputs")
        said = harness.compiled(path, folder / "lib", *rows, "--io", "x=nhwc", "--io", "y=nhwc")
        harness.equal(said["push"], {"rows": 12, "row_elements": 30}, "push")
        harness.equal(said["pull"], {"rows": 12, "row_elements": 20}, "pull")


WRONG_CALLER = r"""#include "net.h"
#include <stddef.h>
int main(void)
{
    static net_arena arena;
    static net_rows rows;
    static const float row[NET_IN_X_ROW_LEN] = { 0 };
    const float *out = row;
    unsigned taken = 0u, given = 0u;
    net_status status = NET_OK;
    if (net_begin_rows(&rows) != NET_OK) { return 1; }
    if (net_next_row(&arena, &rows, &out) != NET_OK || out != NULL) { return 2; }
    while (status == NET_OK) {
        if (net_push_row(&arena, &rows, row) != NET_OK) { return 3; }
        if (net_push_row(&arena, &rows, row) != NET_ERR_ROWS) { return 4; }
        ++taken;
        while ((status = net_next_row(&arena, &rows, &out)) == NET_ROW) { ++given; }
    }
    if (status != NET_DONE || taken != NET_IN_X_ROWS || given != NET_OUT_Y_ROWS) { return 5; }
    if (net_push_row(&arena, &rows, row) != NET_ERR_ROWS) { return 6; }
    if (net_next_row(&arena, &rows, &out) != NET_DONE) { return 7; }
    return net_next_row(&arena, &rows, NULL) == NET_ERR_NULL ? 0 : 8;
}
"""


@harness.group
def the_library_tests_itself():
    """Its own test pushes and pulls; and a caller that does so wrongly is told."""
    for name, make in (("three rows a turn", lambda path: super_resolution(path, 5, width=4, channels=2)),
                       ("a row a turn", lambda path: network(path, linear))):
        with harness.temporary_folder() as folder:
            path = make(folder / "net.onnx")
            harness.compiled(path, folder / "lib", "--push-rows", "--pull-rows", "--io", "x=nhwc", "--io", "y=nhwc")
            header = (folder / "lib/net.h").read_text()
            missing = [text for text in ("NET_OUT_Y_ROWS ", "NET_OUT_Y_ROW_LEN ", "net_status net_next_row(")
                       if text not in header]
            (folder / "wrong.c").write_text(WRONG_CALLER)
            for main in ("net_test.c", "../wrong.c"):
                flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-I", "."]
                harness.run(["cc", *flags, main, "net.c", "net_weights.c", "-lm", "-o", "main"], cwd=folder / "lib")
                harness.run(["./main"], cwd=folder / "lib")
            yield name, f"not in the header: {missing}" if missing else None


@harness.case
def its_layers_can_be_compared_one_by_one():
    with harness.temporary_folder() as folder:
        path = super_resolution(folder / "net.onnx", 5, width=4)
        said = harness.burin("verify", path, "--push-rows", "--pull-rows", "--layers").stdout
        harness.check("verify PASS" in said and "layers=2" in said, said)


def refused(path, *flags):
    text = harness.burin("compile", path, "-o", path.parent / "refused", *flags, code=None)
    harness.check(text.returncode != 0, "it was compiled")
    return text.stderr


@harness.case
def what_cannot_be_pulled_is_refused():
    with harness.temporary_folder() as folder:
        rows = ("--push-rows", "--pull-rows", "--io", "x=nhwc")
        path = super_resolution(folder / "three.onnx", 6, width=4, channels=3)
        text = refused(path, *rows)
        harness.check("BRN1515" in text and "--io OUTPUT=nhwc" in text, f"channels first: {text}")
        harness.check("--push-rows" in refused(path, "--pull-rows"), "--pull-rows alone")
        n = Net(1, 3, 6, 4)
        n.conv(n.conv("x", 4, 3, out="a"), 4, 4, out="b")
        text = refused(n.save(folder / "two.onnx", "a", "b"), *rows, "--io", "a=nhwc", "--io", "b=nhwc")
        harness.check("BRN1515" in text and "2 outputs" in text, f"two outputs: {text}")
        n = Net(1, 3, 6, 4)
        n.node("GlobalAveragePool", [n.conv("x", 4, 3)], "y")
        text = refused(n.save(folder / "pool.onnx"), *rows)
        harness.check("BRN1515" in text, f"no rows: {text}")
        n = Net(1, 3, 6, 4)
        x = n.conv("x", 4, 3)
        n.node("Mul", [x, n.node("GlobalMaxPool", [x])], "y")
        text = refused(n.save(folder / "gate.onnx"), *rows, "--io", "y=nhwc")
        harness.check("BRN1515" in text, f"a layer that needs all: {text}")


if __name__ == "__main__":
    harness.main()
