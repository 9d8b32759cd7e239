"""Libraries that are steps of a network over a moving window (--stream time): after the first whole window, each step gives
what ONNX Runtime gives on the last window. Integers are equal; floats within a tolerance."""
import json
import pathlib
import sys

import numpy as np
import onnx
import onnx.helper as oh
import onnx.numpy_helper
import onnxruntime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

MAIN = """#include "net.h"
#include <stdio.h>
#include <string.h>
static net_state state, copy;
static net_arena arena;
static %(in)s steps[%(steps)d][%(in_size)d];
int main(void)
{
    FILE *in = fopen("steps.bin", "rb"), *out = fopen("results.bin", "wb");
    if (in == NULL || out == NULL || fread(steps, sizeof steps, 1u, in) != 1u || net_init(&state) != NET_OK) { return 2; }
    for (int i = 0; i < %(steps)d; ++i) {
        memset(&arena, 0xA5, sizeof arena); /* nothing but the state lives between two steps */
        copy = state;
        if (net_step(&state, &arena, steps[i]) != NET_OK) { return 3; }
        if (fwrite(net_output(&arena, 0u), %(out_bytes)d, 1u, out) != 1u) { return 4; }
        if (net_step(&copy, &arena, steps[i]) != NET_OK || memcmp(&copy, &state, sizeof copy) != 0) { return 5; }
    }
    return net_step(NULL, &arena, steps[0]) == NET_ERR_NULL && fclose(out) == 0 ? 0 : 6;
}
"""
CTYPE = {np.dtype(np.float32): "float", np.dtype(np.int8): "int8_t"}


def run_steps(folder, model, flags, steps, out_type, out_shape):
    library = folder / "lib"
    harness.burin("compile", model, "-o", library, "--name", "net", "--stream", "time", *flags)
    size = int(np.prod(out_shape))
    (folder / "main.c").write_text(MAIN % {"in": CTYPE[steps.dtype], "steps": len(steps), "in_size": steps[0].size,
                                           "out_bytes": size * np.dtype(out_type).itemsize})
    steps.tofile(folder / "steps.bin")
    sources = [library / "net.c", library / "net_weights.c"]
    strict = "-std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
    harness.run(["gcc", *strict, *sources, library / "net_test.c", "-lm", "-o", folder / "own"])
    harness.run([folder / "own"])
    harness.run(["gcc", "-std=c99", "-O1", "-fsanitize=address,undefined", "-I", library, folder / "main.c", *sources, "-lm", "-o",
                 folder / "main"])
    harness.run([folder / "main"], cwd=folder)
    report = json.loads((library / "report.json").read_text())
    return np.fromfile(folder / "results.bin", out_type).reshape(len(steps), *out_shape), report


def reference(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def compare(folder, model, axis, count, hop=1, flags=(), rows=None, exact=False, seed=5):
    """`count` windows of the model against the steps. `rows`: (axis, first, count) of the model's output that a step gives.
    Returns what is wrong, or None, and the report."""
    session = reference(model)
    x = session.get_inputs()[0]
    window = x.shape[axis]
    first = -(-window // hop)
    total = (first + count - 1) * hop
    rng = np.random.default_rng(seed)
    shape = [*x.shape[:axis], total, *x.shape[axis + 1:]]
    sequence = rng.integers(-128, 128, shape).astype(np.int8) if exact else rng.normal(0, 1, shape).astype(np.float32)
    want = []
    for i in range(count):
        end = (first + i) * hop
        y = session.run(None, {x.name: np.take(sequence, range(end - window, end), axis)})[0]
        want.append(y if rows is None else np.take(y, range(rows[1], rows[1] + rows[2]), rows[0]))
    steps = np.stack([np.take(sequence, range(i * hop, (i + 1) * hop), axis) for i in range(first + count - 1)])
    got, report = run_steps(folder, model, flags, steps, want[0].dtype, want[0].shape)
    got, want = got[first - 1:], np.stack(want)
    stream = report["stream"]
    if (stream["step_rows"], stream["window_rows"], stream["steps_to_first_window"]) != (hop, window, first):
        return f"the report says {stream}", report
    if exact and not np.array_equal(got, want) or not exact and not np.allclose(got, want, rtol=1e-3, atol=1e-4):
        wrong = [i for i in range(count) if not np.allclose(got[i], want[i], rtol=0 if exact else 1e-3, atol=0 if exact else 1e-4)]
        return f"{len(wrong)} of {count} windows differ, first number {wrong[0]}", report
    return None, report


@harness.case
def wake_word_over_500_frames():
    model = harness.data("models") / "mlperf_sww_int8/model.onnx"
    with harness.temporary_folder() as folder:
        shape = reference(model).get_inputs()[0].shape
        problem, report = compare(folder, model, shape.index(30), 500, exact=True)
        harness.check(problem is None, problem)
        harness.check(report["ram"]["total"] <= 8000, f"needs {report['ram']['total']} B")
        windowed = folder / "windowed"
        harness.burin("compile", model, "-o", windowed)
        whole = json.loads((windowed / "report.json").read_text())["macs"]
        harness.check(report["macs"] * 8 <= whole, f"{report['macs']} of {whole} MACs a frame")


class Net:
    """A model of one input, its weights random."""

    def __init__(self, shape, opset=13):
        self.shape, self.nodes, self.constants, self.opset = shape, [], [], opset
        self.rng = np.random.default_rng(11)

    def constant(self, values):
        name = f"c{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(values, name))
        return name

    def apply(self, op, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(oh.make_node(op, list(inputs), [name], **attributes))
        return name

    def conv(self, x, channels, out, kernel, group=1, **attributes):
        weights = self.rng.normal(0, 1 / np.sqrt(channels / group * kernel), (out, channels // group, kernel)).astype(np.float32)
        bias = self.rng.normal(0, 0.1, out).astype(np.float32)
        return self.apply("Conv", x, self.constant(weights), self.constant(bias), group=group, **attributes)

    def dense(self, x, inputs, out):
        flat = self.apply("Flatten", x)
        return self.apply("Gemm", flat, self.constant(self.rng.normal(0, 1 / np.sqrt(inputs), (inputs, out)).astype(np.float32)))

    def slice(self, x, axis, start, end):
        ints = lambda v: self.constant(np.array([v], np.int64))
        return self.apply("Slice", x, ints(start), ints(end), ints(axis))

    def save(self, y, folder):
        self.nodes.append(oh.make_node("Identity", [y], ["y"]))
        info = oh.make_tensor_value_info
        graph = oh.make_graph(self.nodes, "net", [info("x", onnx.TensorProto.FLOAT, self.shape)],
                              [info("y", onnx.TensorProto.FLOAT, None)], self.constants)
        model = oh.make_model(graph, opset_imports=[oh.make_opsetid("", self.opset)], ir_version=8)
        onnx.save(onnx.shape_inference.infer_shapes(model), folder / "model.onnx")
        return folder / "model.onnx"


def valid_dilated():
    net = Net([1, 5, 40])
    x = net.apply("Relu", net.conv("x", 5, 8, 3))
    x = net.apply("Relu", net.conv(x, 8, 8, 3, dilations=[4], group=8))
    x = net.conv(x, 8, 6, 5, dilations=[2])
    return net, net.dense(x, 6 * 22, 3), {}


def strided_phases():
    """Strides 2 and 3: six rows a step; a window of 47 that leaves rows over in each layer."""
    net = Net([1, 4, 47])
    x = net.apply("Relu", net.conv("x", 4, 8, 4, strides=[2]))  # 22
    x = net.apply("MaxPool", x, kernel_shape=[2], strides=[1])  # 21
    x = net.conv(x, 8, 8, 3, strides=[3])  # 7
    return net, net.dense(x, 56, 2), {"hop": 6}


def wide_stride():
    """A stride larger than its kernel skips rows."""
    net = Net([1, 3, 24])
    x = net.conv("x", 3, 4, 1, strides=[3])  # 8
    return net, net.dense(net.conv(x, 4, 4, 2), 28, 2), {"hop": 3}


def causal_residual_last_row():
    """A TCN: padded in front, residuals; its last row has seen no padding."""
    net = Net([1, 6, 32])
    x = "x"
    for dilation in (1, 2, 4):
        pads = net.constant(np.array([0, 0, 2 * dilation, 0, 0, 0], np.int64))
        y = net.apply("Relu", net.conv(net.apply("Pad", x, pads), 6, 6, 3, dilations=[dilation]))
        x = net.apply("Add", y, x)
    return net, net.dense(net.slice(x, 2, 31, 32), 6, 4), {}


def same_residual_sequence():
    """Padded on both sides: the rows that a step gives lag behind by 3; the residual waits."""
    net = Net([1, 4, 30])
    y = net.conv(net.apply("Relu", net.conv("x", 4, 4, 3, pads=[1, 1])), 4, 4, 5, pads=[2, 2])
    return net, net.apply("Sigmoid", net.apply("Add", y, "x")), {"rows": (2, 26, 1)}


def cropped_residual():
    net = Net([1, 4, 25])
    y = net.conv(net.conv("x", 4, 4, 3), 4, 4, 5)  # 19
    y = net.apply("Add", y, net.slice("x", 2, 3, 22))
    y = net.apply("Concat", y, net.slice("x", 2, 6, 25), axis=1)
    return net, net.dense(y, 8 * 19, 2), {}


def pooled_over_time():
    net = Net([1, 3, 20])
    x = net.apply("Relu", net.conv("x", 3, 5, 3))
    return net, net.dense(net.apply("GlobalAveragePool", x), 5, 2), {}


def frames_first():
    """[1, T, F] as recurrent models have it: a product and a normalisation of each frame, then a convolution."""
    net = Net([1, 28, 6], opset=17)
    x = net.apply("MatMul", "x", net.constant(net.rng.normal(0, 0.4, (6, 8)).astype(np.float32)))
    ones = net.constant(np.ones(8, np.float32))
    x = net.apply("Softmax", net.apply("LayerNormalization", x, ones, ones, axis=-1), axis=-1)
    x = net.conv(net.apply("Transpose", x, perm=[0, 2, 1]), 8, 4, 7)
    return net, net.dense(x, 88, 3), {"axis": 1}


def gated_by_the_window():
    """A factor that depends on the whole window: what comes behind is computed on windows."""
    net = Net([1, 4, 18])
    x = net.conv("x", 4, 4, 3)
    gate = net.apply("Sigmoid", net.apply("GlobalAveragePool", x))
    return net, net.dense(net.apply("Mul", x, gate), 64, 2), {}


def time_reversed():
    """Slices that only a whole window has: all rows backwards, every other row, and a few of the newest of a step of two."""
    net = Net([1, 3, 16])
    x = net.conv("x", 3, 3, 2, strides=[2])  # 8
    ints = lambda v: net.constant(np.array([v], np.int64))
    backwards = net.apply("Slice", x, ints(-1), ints(-100), ints(2), ints(-1))
    every_other = net.apply("Slice", x, ints(1), ints(8), ints(2), ints(2))
    newest = net.slice(net.apply("Relu", "x"), 2, 13, 14)  # fewer than a step has
    return net, net.dense(net.apply("Concat", backwards, every_other, newest, axis=2), 3 * 13, 2), {"hop": 2}


NETS = [valid_dilated, strided_phases, wide_stride, causal_residual_last_row, same_residual_sequence, cropped_residual,
        pooled_over_time, frames_first, gated_by_the_window, time_reversed]


@harness.group
def temporal_networks():
    for make in NETS:
        net, y, how = make()
        with harness.temporary_folder() as folder:
            axis = how.pop("axis", 2)
            problem, _ = compare(folder, net.save(y, folder), axis, 25, flags=["--time-axis", str(axis)], **how)
        yield make.__name__, problem


@harness.case
def verify_takes_windows():
    net, y, _ = strided_phases()
    with harness.temporary_folder() as folder:
        model = net.save(y, folder)
        out = harness.burin("verify", model, "--stream", "time", "--interpreter").stdout
        harness.check("verify PASS" in out and "steps=8" in out, out)


@harness.case
def what_has_no_steps_is_refused():
    padded = Net([1, 4, 20])
    y = padded.dense(padded.conv("x", 4, 4, 3, pads=[1, 1]), 80, 2)
    whole = Net([1, 4, 20])
    with harness.temporary_folder() as folder:
        for net, result, text in ((padded, y, "has been padded"), (whole, whole.dense("x", 80, 2), "no axis of its input")):
            model = net.save(result, folder)
            failed = harness.run([harness.BURIN, "compile", model, "-o", folder / "lib", "--stream", "time"], code=1)
            harness.check("BRN1513" in failed.stderr and text in failed.stderr, failed.stderr)
            harness.check(not (folder / "lib").exists(), "a library was written")
        for command in (["verify", model, "--layers"], ["compile", model, "-o", folder / "lib", "--time-axis", "7"]):
            failed = harness.run([harness.BURIN, *command, "--stream", "time"], code=1)
            harness.check("BRN1513" in failed.stderr, failed.stderr)


if __name__ == "__main__":
    harness.main()
