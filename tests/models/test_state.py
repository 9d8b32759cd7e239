"""Libraries that keep state: recurrent models frame by frame against ONNX Runtime, which is fed with its own last state; a
copy of a state resumes where the original was; initial values; the order of reads and writes."""
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

FRAMES, COPIED_AT = 100, 60
# model: (its state's input and output, whether the names say so)
RECURRENT = {"silero_vad_openvino_16k": ("state", "stateN", True), "dtln_1": ("input_3", "tf_op_layer_stack_2", False),
             "dtln_quant_1": ("input_3", "Identity_1", False)}
MAIN = """#include "net.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define FRAMES %(frames)du
#define COPIED_AT %(copied)du
static net_state state, copy;
static net_arena arena, other;
static float frames[FRAMES][%(in)d], results[FRAMES][%(out)d];

static void frame(net_state *s, net_arena *a, uint32_t i)
{
    memset(a, 0xA5, sizeof *a); /* nothing but the state lives between two runs */
    memcpy(net_input(a, 0u), frames[i], sizeof frames[i]);
    if (net_run(s, a) != NET_OK) { exit(1); }
}

int main(void)
{
    FILE *f = fopen("frames.bin", "rb");
    if (f == NULL || fread(frames, sizeof frames, 1u, f) != 1u) { return 2; }
    memset(&state, 0xA5, sizeof state);
    if (net_init(&state) != NET_OK || net_init(NULL) != NET_ERR_NULL || net_run(NULL, &arena) != NET_ERR_NULL) { return 3; }
    for (uint32_t i = 0u; i < FRAMES; ++i) {
        if (i == COPIED_AT) { copy = state; }
        frame(&state, &arena, i);
        memcpy(results[i], net_output(&arena, 0u), sizeof results[i]);
    }
    for (uint32_t i = COPIED_AT; i < FRAMES; ++i) {
        frame(&copy, &other, i);
        if (memcmp(results[i], net_output(&other, 0u), sizeof results[i]) != 0) { return 4; }
    }
    if (net_reset(&state) != NET_OK) { return 5; }
    frame(&state, &arena, 0u);
    if (memcmp(results[0], net_output(&arena, 0u), sizeof results[0]) != 0) { return 6; }
    f = fopen("results.bin", "wb");
    return f != NULL && fwrite(results, sizeof results, 1u, f) == 1u && fclose(f) == 0 ? 0 : 7;
}
"""


def run_frames(folder, model, flags, frames, outputs):
    """The library's first output after each frame of its first input; `outputs` elements each."""
    library = folder / "lib"
    harness.burin("compile", model, "-o", library, "--name", "net", *flags)
    (folder / "main.c").write_text(MAIN % {"frames": len(frames), "copied": COPIED_AT, "in": frames[0].size, "out": outputs})
    frames.astype(np.float32).tofile(folder / "frames.bin")
    # Warnings apart: gcc gives false ones beside its sanitizers.
    strict = "-std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
    harness.run(["gcc", *strict, "-c", library / "net.c", "-o", folder / "net.o"])
    harness.run(["gcc", "-std=c99", "-O1", "-fsanitize=address,undefined", "-I", library, folder / "main.c", library / "net.c", library / "net_weights.c", "-lm", "-o",
                 folder / "main"])
    harness.run([folder / "main"], cwd=folder)
    report = json.loads((library / "report.json").read_text())
    return np.fromfile(folder / "results.bin", np.float32).reshape(len(frames), outputs), report


def reference_frames(model, state_in, state_out, state, frames):
    """ONNX Runtime's first output after each frame; its state goes from call to call."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # they quantise products
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = next(i.name for i in session.get_inputs() if i.name != state_in)
    result = [o.name for o in session.get_outputs() if o.name != state_out][0]
    out = []
    for frame in frames:
        y, state = session.run([result, state_out], {name: frame, state_in: state})
        out.append(y.ravel())
    return np.stack(out)


@harness.group
def recurrent_models_frame_by_frame():
    for name, (state_in, state_out, obvious) in RECURRENT.items():
        model = harness.data("models") / name / "model.onnx"
        graph = onnx.load(model).graph
        shapes = {i.name: [d.dim_value for d in i.type.tensor_type.shape.dim] for i in graph.input}
        shape = next(s for n, s in shapes.items() if n != state_in and n not in {t.name for t in graph.initializer})
        frames = np.random.default_rng(7).normal(0, 0.3, (FRAMES, *shape)).astype(np.float32)
        if name.startswith("dtln"):
            frames = np.abs(frames)  # magnitudes of a spectrum
        want = reference_frames(model, state_in, state_out, np.zeros(shapes[state_in], np.float32), frames)
        with harness.temporary_folder() as folder:
            got, report = run_frames(folder, model, [] if obvious else ["--state", f"{state_in}={state_out}"], frames,
                                     want[0].size)
        problem = None
        if not np.allclose(got, want, rtol=1e-3, atol=1e-4):
            problem = f"differs by {np.abs(got - want).max():.3g}, first in frame {np.argmax(np.abs(got - want).max(1) > 1e-4)}"
        elif report["ram"]["state"] != int(np.prod(shapes[state_in])) * 4:
            problem = f"the report's state has {report['ram']['state']} B"
        yield name, problem


def delay_line(default):
    """y = x + a + b, then a' = b, b' = x: the new a is the old b, which must be read before it is written."""
    value = lambda n: oh.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [3])
    nodes = [oh.make_node("Add", ["x", "a"], ["t"]), oh.make_node("Add", ["t", "b"], ["y"]),
             oh.make_node("Identity", ["b"], ["a2"]), oh.make_node("Identity", ["x"], ["b2"])]
    initial = [onnx.numpy_helper.from_array(np.array([10, 20, 30], np.float32), "a")] if default else []
    graph = oh.make_graph(nodes, "delay", [value(n) for n in "xab"], [value(n) for n in ("y", "a2", "b2")], initial)
    return oh.make_model(graph, opset_imports=[oh.make_opsetid("", 13)], ir_version=8)


@harness.group
def states_move_into_each_other():
    frames = np.random.default_rng(3).normal(0, 1, (FRAMES, 3)).astype(np.float32)
    for default in (False, True):
        a, b, want = np.array([10, 20, 30]) * np.float32(default), np.zeros(3, np.float32), []
        for x in frames:
            want.append(x + a + b)
            a, b = b, x
        with harness.temporary_folder() as folder:
            onnx.save(delay_line(default), folder / "model.onnx")
            got, _ = run_frames(folder, folder / "model.onnx", ["--state", "a=a2", "--state", "b=b2"], frames, 3)
        yield "with a default" if default else "from zeros", None if np.allclose(got, want) else f"{got[:3]}, expected {want[:3]}"


@harness.case
def verify_sets_and_reads_the_state():
    with harness.temporary_folder() as folder:
        onnx.save(delay_line(False), folder / "model.onnx")
        for state in ([], ["--state", "a=a2", "--state", "b=b2"], ["--state", "none"]):
            out = harness.burin("verify", folder / "model.onnx", "--interpreter", *state).stdout
            harness.check("library_outputs=3" in out and "verify PASS" in out, out)


@harness.case
def run_needs_no_state():
    with harness.temporary_folder() as folder:
        onnx.save(delay_line(True), folder / "model.onnx")
        np.save(folder / "x.npy", np.ones(3, np.float32))
        outputs = [f"--output={folder}/{n}.npy" for n in "yab"]
        harness.burin("run", folder / "model.onnx", "--input", folder / "x.npy", *outputs, "--state", "a=a2", "--state", "b=b2")
        harness.equal(np.load(folder / "y.npy").tolist(), [11.0, 21.0, 31.0], "y")


def two_by_two(names):
    value = lambda n: oh.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1, 4])
    nodes = [oh.make_node("Add", [names[0], names[1]], [names[2]]), oh.make_node("Mul", [names[0], names[1]], [names[3]])]
    graph = oh.make_graph(nodes, "g", [value(n) for n in names[:2]], [value(n) for n in names[2:]])
    return oh.make_model(graph, opset_imports=[oh.make_opsetid("", 13)], ir_version=8)


@harness.group
def names_that_say_so():
    cases = [(["x", "h0", "y", "hn"], 16), (["x", "h_0", "y", "h_n"], 16), (["x", "state", "y", "stateN"], 16),
             (["x", "past_key", "y", "present_key"], 16), (["x", "cache_in", "y", "cache_out"], 16),
             (["x", "hidden", "y", "new_hidden"], 16), (["x", "hidden", "y", "hidden_out"], 16),
             # No state: no usual word, nothing left besides, or a choice.
             (["z", "image_in", "y", "image_out"], 0), (["z", "x", "y", "x_out"], 0), (["h0", "c0", "hn", "cn"], 0),
             (["x", "state", "state_out", "state_new"], 0), (["initial_h", "x", "Y", "Y_h"], 0)]
    for names, expected in cases:
        with harness.temporary_folder() as folder:
            onnx.save(two_by_two(names), folder / "model.onnx")
            result = harness.burin("compile", folder / "model.onnx", "-o", folder / "lib", "--name", "net")
            state = json.loads((folder / "lib/report.json").read_text())["ram"]["state"]
            said = "are a state" in result.stdout + result.stderr
            harness.burin("compile", folder / "model.onnx", "-o", folder / "none", "--name", "net", "--state", "none")
            kept = json.loads((folder / "none/report.json").read_text())["ram"]["state"]
        problem = None if (state, said, kept) == (expected, expected > 0, 0) else f"{state} B, said {said}, none {kept} B"
        yield ",".join(names), problem


if __name__ == "__main__":
    harness.main()
