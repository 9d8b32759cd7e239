"""--share-arena: several models in one library take turns in one arena of the greediest one's size; what they begin with
alike is computed once, equal weights are stored once, and every order of calls gives what ONNX Runtime gives."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

SHARED = ["mlperf_kws_dscnn_int8", "mlperf_ic_resnet8_int8", "mlperf_ad_ae_int8"]
SCHEDULES = ("layers", "auto")


class Net:
    """A graph node by node, with seeded weights: the same name and seed give the same bytes."""

    def __init__(self, inputs, seed=1):
        self.inputs = [oh.make_tensor_value_info(name, 1, shape) for name, shape in inputs]
        self.nodes, self.weights, self.seed = [], {}, seed

    def constant(self, name, shape):
        rng = np.random.default_rng([self.seed, *name.encode()])
        self.weights[name] = onnx.numpy_helper.from_array(rng.normal(0, 0.3, shape).astype(np.float32), name)
        return name

    def node(self, op, inputs, **attributes):
        out = attributes.pop("out", f"{op.lower()}_{len(self.nodes)}")
        self.nodes.append(oh.make_node(op, inputs, [out], name=out, **attributes))
        return out

    def save(self, path, outputs):
        path.parent.mkdir(parents=True, exist_ok=True)
        graph = oh.make_graph(self.nodes, path.stem, self.inputs,
                              [oh.make_tensor_value_info(y, 1, None) for y in outputs], list(self.weights.values()))
        onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
        return path


def backbone(extra=(), seed=1):
    """Convolutions on an image, so far the same in every model that begins so."""
    net = Net([("x", [1, 3, 16, 12]), *extra], seed)
    y = net.node("Conv", ["x", net.constant("w0", (8, 3, 3, 3)), net.constant("b0", (8,))], pads=[1, 1, 1, 1])
    y = net.node("Relu", [y])
    y = net.node("Conv", [y, net.constant("w1", (8, 1, 3, 3))], group=8, pads=[1, 1, 1, 1], strides=[2, 2])
    return net, y


def classes(path, seed=1):
    """The backbone, then an operator that would gladly write over its result, then classes."""
    net, y = backbone(seed=seed)
    y = net.node("Tanh", [y])
    y = net.node("GlobalAveragePool", [y])
    y = net.node("Flatten", [y])
    net.node("Gemm", [y, net.constant("classes", (8, 5))], out="y")
    return net.save(path, ["y"])


def boxes(path):
    """The backbone with a second look at its input, an input of its own, and two outputs."""
    net, y = backbone(extra=[("bias", [1, 8, 8, 6])])
    small = net.node("AveragePool", ["x"], kernel_shape=[2, 2], strides=[2, 2])
    y = net.node("Add", [net.node("Sigmoid", [y]), "bias"])
    y = net.node("Concat", [y, small], axis=1)
    net.node("Conv", [y, net.constant("boxes", (4, 11, 1, 1))], out="boxes_out")
    net.node("Flatten", [y], out="flat")
    return net.save(path, ["boxes_out", "flat"])


def looping(path):
    """The backbone, whose result a loop carries."""
    net, y = backbone()
    net.weights["trips"] = onnx.numpy_helper.from_array(np.array(3, np.int64), "trips")
    net.weights["go"] = onnx.numpy_helper.from_array(np.array(True), "go")
    value, flag = oh.make_tensor_value_info, oh.make_tensor_value_info("go_in", onnx.TensorProto.BOOL, [])
    body = oh.make_graph(
        [oh.make_node("Identity", ["go_in"], ["go_out"]), oh.make_node("Sin", ["carried"], ["sin"]),
         oh.make_node("Add", ["sin", "carried"], ["next"])], "body",
        [value("turn", onnx.TensorProto.INT64, []), flag, value("carried", 1, [1, 8, 8, 6])],
        [value("go_out", onnx.TensorProto.BOOL, []), value("next", 1, [1, 8, 8, 6])])
    net.node("Loop", ["trips", "go", y], out="y", body=body)
    return net.save(path, ["y"])


def straight(path):
    """The backbone itself."""
    net, y = backbone()
    net.node("Neg", [y], out="y")
    return net.save(path, ["y"])


def dense(path, name="x", size=40, seed=3, hidden=300):
    net = Net([(name, [1, size])], seed)
    y = net.node("Relu", [net.node("MatMul", [name, net.constant("dense", (size, hidden))])])
    net.node("MatMul", [y, net.constant("out", (hidden, 3))], out="y")
    return net.save(path, ["y"])


def counter(path):
    """A state: the sum of all inputs so far."""
    net = Net([("x", [1, 6]), ("state_in", [1, 6])])
    y = net.node("Add", ["x", "state_in"], out="state_out")
    net.node("MatMul", [y, net.constant("w", (6, 4))], out="y")
    return net.save(path, ["y", "state_out"])


def compiled(models, folder, *flags, name="net", code=0):
    result = harness.burin("compile", *models, "--share-arena", "-o", folder, "--name", name, *flags, code=code)
    return json.loads((folder / "report.json").read_text()) if code == 0 else result


def alone(model, folder, *flags):
    harness.burin("compile", model, "-o", folder, "--name", "net", *flags)
    return json.loads((folder / "report.json").read_text())


def verified(models, *flags):
    """What verify prints when it passes, or raises."""
    result = harness.burin("verify", *models, "--share-arena", *flags, code=None)
    harness.check(result.returncode == 0, (result.stdout + result.stderr)[-1500:])
    harness.equal(len(re.findall(r"^verify PASS model=", result.stdout, re.M)), len(models), "models that pass")
    return result.stdout


def run_test(folder, name="net", main=None):
    """Builds the library with the strict flags and its test, or another program, and runs that."""
    if main:
        (folder / f"{name}_test.c").write_text(main)
    words = ["cc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror",
             "-Wno-unused-function", f"{name}.c", f"{name}_weights.c", f"{name}_test.c", "-lm", "-o", "test"]
    built = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    harness.equal(built.returncode, 0, built.stderr[-1500:])
    ran = subprocess.run([folder / "test"], capture_output=True, text=True)
    harness.equal(ran.returncode, 0, ran.stdout)
    return ran.stdout


def temporary():
    return pathlib.Path(tempfile.mkdtemp())


def refused(*words):
    result = harness.burin(*words, code=1)
    harness.check("BRN1516" in result.stderr and "fix: " in result.stderr, result.stderr[-800:])
    return result.stderr


@harness.group
def the_greediest_decides():
    """Models that have nothing in common: each runs in the arena that it has alone, the library's is the largest."""
    folder = temporary()
    digits = harness.ROOT / "examples/digits"
    models = [digits / "int8/model.onnx", classes(folder / "classes.onnx"), dense(folder / "dense.onnx", name="v")]
    for schedule in SCHEDULES:
        flags = ("--schedule", schedule)
        report = compiled(models, folder / schedule, *flags)
        single = [alone(m, folder / f"{schedule}_{i}", *flags) for i, m in enumerate(models)]
        harness.equal([r["name"] for r in report["runs"]], ["int8", "classes", "dense"], "runs")
        harness.equal(report["ram"]["arena"], max(s["ram"]["arena"] for s in single), "arena")
        harness.equal([r["plan"]["buffers"] for r in report["runs"]], [s["plan"]["buffers"] for s in single], "plans")
        harness.equal(report["flash"]["constants"], sum(s["flash"]["constants"] for s in single), "constants")
        harness.check("run_trunk" not in (folder / schedule / "net.h").read_text(), "there is a trunk")
        harness.burin("check-plan", folder / schedule)
        run_test(folder / schedule)
        verified(models, *flags)
        yield schedule, None


@harness.group
def shared_networks():
    models = [harness.data("models") / name / "model.onnx" for name in SHARED]
    folder = temporary()
    single = [alone(m, folder / str(i)) for i, m in enumerate(models)]
    report = compiled(models, folder / "all")
    harness.equal(report["ram"]["arena"], max(s["ram"]["arena"] for s in single), "arena")
    harness.burin("check-plan", folder / "all")
    verified(models)
    yield "three", None


@harness.group
def a_common_trunk():
    """Its MACs count once, its results outlive every head, in every order; ORT's values are in the library's test."""
    folder = temporary()
    models = [classes(folder / "classes.onnx"), boxes(folder / "boxes.onnx"), straight(folder / "straight.onnx")]
    for schedule in ("layers", "overlap", "streams", "auto"):
        flags = ("--schedule", schedule)
        out = folder / schedule
        report = compiled(models, out, *flags, "--python", sys.executable)
        single = [alone(m, folder / f"{schedule}_{i}", *flags) for i, m in enumerate(models)]
        trunk, *heads = report["runs"]
        harness.equal([trunk["name"]] + [h["name"] for h in heads], ["trunk", "classes", "boxes", "straight"], "runs")
        harness.equal({h["trunk"] for h in heads}, {"trunk"}, "trunks")
        harness.equal(trunk["macs"], 16 * 12 * 8 * 27 + 8 * 6 * 8 * 9, "MACs of the trunk")
        harness.equal([m["macs"] for m in report["models"]], [s["macs"] for s in single], "MACs of the models")
        harness.equal(report["macs"], sum(s["macs"] for s in single) - 2 * trunk["macs"], "MACs of all runs")
        harness.equal(report["shared"]["trunks"][0]["saved_macs"], 2 * trunk["macs"], "MACs saved")
        harness.equal([(t["name"], t["shape"]) for t in trunk["inputs"]], [("x", [1, 3, 16, 12])], "trunk's inputs")
        harness.equal([[t["name"] for t in h["inputs"]] for h in heads], [[], ["bias"], []], "heads' inputs")
        harness.equal(len(report["shared"]["trunks"][0]["kept"]), 2, "kept: the input and the result")
        said = harness.burin("check-plan", out).stdout
        harness.equal(said.count("that trunk leaves are there at the end"), 3, "heads that keep what the trunk leaves")
        harness.check("ONNX Runtime" in (out / "net_test.c").read_text(), "the test's values aren't ORT's")
        calls = re.findall(r"if \(test_(\w+)\(\) != 0\)", (out / "net_test.c").read_text())
        harness.equal(calls, ["trunk", "classes", "boxes", "straight", "straight", "boxes", "classes"], "calls")
        harness.equal(run_test(out), "PASS net\n", "the library's test")
        said = verified(models, *flags)
        harness.check("models=3 calls=7 arena=" + str(report["ram"]["arena"]) in said, said[-400:])
        yield schedule, None


@harness.group
def a_head_with_a_loop():
    """It is planned in whole buffers, whatever its trunk is, and doesn't carry what the trunk has left in its place."""
    folder = temporary()
    models = [looping(folder / "looping.onnx"), classes(folder / "classes.onnx")]
    for schedule in SCHEDULES:
        report = compiled(models, folder / schedule, "--schedule", schedule)
        harness.equal([r["plan"]["by_rows"] for r in report["runs"]], [schedule == "auto", False, schedule == "auto"],
                      "by rows")
        harness.burin("check-plan", folder / schedule)
        run_test(folder / schedule)
        verified(models, "--schedule", schedule)
        yield schedule, None


@harness.case
def an_integer_trunk():
    """A quantised network and itself with other last weights: all but the last layer is computed once."""
    folder = temporary()
    path = harness.ROOT / "examples/digits/int8/model.onnx"
    other = onnx.load(path)
    last = next(i for i in other.graph.initializer if i.name == "dense.weight_quantized")
    values = onnx.numpy_helper.to_array(last)
    last.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(values[::-1]), last.name))
    onnx.save(other, folder / "other.onnx")
    models = [path, folder / "other.onnx"]
    for schedule in SCHEDULES:
        out, flags = folder / schedule, ("--schedule", schedule)
        report = compiled(models, out, *flags)
        single = alone(path, folder / f"{schedule}_alone", *flags)
        trunk, first, second = report["runs"]
        harness.equal(first["macs"], second["macs"], "MACs of the heads")
        harness.equal(trunk["macs"] + first["macs"], single["macs"], "MACs of a model")
        harness.check(trunk["macs"] > 50 * first["macs"], f"the trunk has {trunk['macs']} MACs, a head {first['macs']}")
        harness.equal(report["ram"]["arena"], single["ram"]["arena"], "arena")
        harness.check(report["flash"]["constants"] < 1.2 * single["flash"]["constants"], "constants")
        harness.burin("check-plan", out)
        run_test(out)
        verified(models, *flags)


@harness.case
def heads_leave_the_trunk_alone():
    """What the trunk has left is the same bytes behind any sequence of heads."""
    folder = temporary()
    models = [classes(folder / "classes.onnx"), boxes(folder / "boxes.onnx")]
    for schedule in SCHEDULES:
        out = folder / schedule
        kept = compiled(models, out, "--schedule", schedule)["shared"]["trunks"][0]["kept"]
        compares = "".join(
            f"    if (memcmp(arena.u8 + {k['offset']}u, before.u8 + {k['offset']}u, {k['bytes']}u) != 0) {{ return 1; }}\n"
            for k in kept)
        run_test(out, main=f"""#include "net.h"
#include <string.h>
static net_arena arena, before;
static int same(void)
{{
{compares}    return 0;
}}
int main(void)
{{
    uint32_t i, step = 0u;
    for (i = 0u; i < NET_TRUNK_IN_X_LEN; ++i) {{ net_trunk_in_x(&arena)[i] = (float)(i % 17u) - 8.0f; }}
    if (net_run_trunk(&arena) != NET_OK) {{ return 2; }}
    memcpy(&before, &arena, sizeof arena);
    for (i = 0u; i < 4u; ++i) {{
        memset(net_boxes_in_bias(&arena), 0x3F, NET_BOXES_IN_BIAS_LEN * 4u);
        if (net_run_boxes(&arena) != NET_OK || same()) {{ return 3; }}
        if (net_run_classes(&arena) != NET_OK || same()) {{ return 4; }}
    }}
    while (net_run_next_classes(&arena, &step) == NET_OK) {{ }}
    return step == NET_CLASSES_STEPS ? same() : 5;
}}
""")


@harness.case
def equal_weights_are_stored_once():
    """The same matrix behind inputs of other names: nothing to compute once, one table."""
    folder = temporary()
    models = [dense(folder / "a.onnx", name="p"), dense(folder / "b.onnx", name="q"),
              dense(folder / "c.onnx", name="r", seed=4)]
    single = [alone(m, folder / m.stem)["flash"]["constants"] for m in models]
    report = compiled(models, folder / "all", "--python", sys.executable)
    harness.equal([r["name"] for r in report["runs"]], ["a", "b", "c"], "runs")
    harness.equal(report["flash"]["constants"], single[0] + single[2], "constants")
    harness.equal(report["shared"]["constants"]["saved_bytes"], single[1], "saved")
    harness.equal((folder / "all/net_weights.c").read_text().count("\nconst float "), 4, "tables")
    run_test(folder / "all")
    verified(models)


@harness.case
def states_are_apart():
    """Each model goes on with its own state, whatever ran in between; what reads a state is in no trunk."""
    folder = temporary()
    models = [counter(folder / "one.onnx"), counter(folder / "two.onnx")]
    report = compiled(models, folder / "all")
    harness.equal([r["name"] for r in report["runs"]], ["one", "two"], "runs")
    harness.equal(report["ram"]["state"], sum(r["ram"]["state"] for r in report["runs"]), "state")
    harness.equal(report["ram"]["state"], 2 * 24, "bytes of state")
    verified(models)
    run_test(folder / "all")
    run_test(folder / "all", main="""#include "net.h"
static net_arena arena;
static net_one_state one;
static net_two_state two;
int main(void)
{
    uint32_t i, k;
    if (net_one_init(&one) != NET_OK || net_two_init(&two) != NET_OK) { return 1; }
    for (k = 0u; k < 3u; ++k) {
        for (i = 0u; i < 6u; ++i) { net_one_in_x(&arena)[i] = 1.0f; }
        if (net_run_one(&one, &arena) != NET_OK) { return 2; }
        for (i = 0u; i < 6u; ++i) { net_two_in_x(&arena)[i] = 10.0f; }
        if (net_run_two(&two, &arena) != NET_OK) { return 3; }
    }
    if (net_run_one(NULL, &arena) != NET_ERR_NULL) { return 4; }
    return net_one_state_state_out(&one)[5] == 3.0f && net_two_state_state_out(&two)[0] == 30.0f ? 0 : 5;
}
""".replace("#include", "#include <stddef.h>\n#include", 1))


@harness.case
def flags_are_for_the_models_that_know_the_name():
    folder = temporary()
    net = Net([("image", ["batch", 3, 8, 8])])
    net.node("Conv", ["image", net.constant("w", (2, 3, 3, 3))], out="y")
    models = [net.save(folder / "image.onnx", ["y"]), dense(folder / "dense.onnx")]
    report = compiled(models, folder / "all", "--dim", "batch=2", "--io", "image=nhwc")
    harness.equal(report["runs"][0]["inputs"][0]["shape"], [2, 8, 8, 3], "image")
    harness.equal(report["runs"][1]["inputs"][0]["shape"], [1, 40], "dense")
    harness.check("--dim batch=2 --io image=nhwc" in report["command"], report["command"])
    unknown = compiled(models, folder / "none", "--dim", "batch=2", "--io", "nobody=nhwc", code=1)
    harness.check("BRN1503" in unknown.stderr, unknown.stderr)
    rng = np.random.default_rng(1)
    np.savez(folder / "data.npz", image=rng.normal(0, 1, (1, 2, 3, 8, 8)).astype(np.float32))
    flags = ("--dim", "batch=2", "--data", folder / "data.npz")
    compiled(models, folder / "data", *flags)
    text = (folder / "data/net_test.c").read_text()
    value = np.load(folder / "data.npz")["image"].flat[0]
    numbers = [float(v) for v in re.findall(r"-?\d\.\d+e?-?\d*", text.split("input_0_image[")[1].split("}")[0])]
    harness.equal(numbers[0], float(str(value)), "the first value in the test")
    harness.check("input_0_dense[40]" in text, "dense has no seeded inputs")
    run_test(folder / "data")
    verified(models, *flags)
    np.savez(folder / "other.npz", other=np.zeros((1, 7), np.float32), third=np.zeros((1, 7), np.float32))
    unfit = compiled(models, folder / "none", "--dim", "batch=2", "--data", folder / "other.npz", code=1)
    harness.check("BRN1802" in unfit.stderr, unfit.stderr)
    ranges = refused("compile", *models, "--share-arena", "-o", folder / "none", "--dim", "batch=1..4")
    harness.check("image.onnx" in ranges, ranges)


@harness.case
def what_cannot_be_shared_is_refused():
    folder = temporary()
    models = [dense(folder / "a.onnx"), dense(folder / "b.onnx", seed=4)]
    out = ("-o", folder / "none")
    refused("compile", *models, *out)
    refused("verify", *models)
    for flags in (["--push-rows"], ["--stream", "time"], ["--samples", "2", "--data", folder],
                  ["--quantize", "w8a8", "--data", folder]):
        harness.check(flags[0] in refused("compile", *models, "--share-arena", *out, *flags), f"{flags[0]} isn't named")
    for flags in (["--layers"], ["--interpreter"], ["--save", folder / "s"], ["--input", folder / "x.npy"]):
        harness.check(flags[0] in refused("verify", *models, "--share-arena", *flags), f"{flags[0]} isn't named")
    harness.check(not (folder / "none").exists(), "something was written")
    harness.check("BRN1001" in compiled([models[0], folder / "gone.onnx"], folder / "none", code=1).stderr, "no file")


@harness.case
def a_model_may_come_twice():
    """Two of one name, two of the same bytes: all of the model is the trunk."""
    folder = temporary()
    models = [classes(folder / "p/net.onnx"), classes(folder / "q/net.onnx"), classes(folder / "r/net.onnx", seed=2)]
    report = compiled(models, folder / "all")
    harness.equal([r["name"] for r in report["runs"]], ["trunk", "net", "net_2", "net_3"], "runs")
    harness.equal(report["macs"], report["runs"][0]["macs"] + report["runs"][3]["macs"], "MACs")
    run_test(folder / "all")
    verified(models)


@harness.case
def changed_plans_are_refused():
    """check-plan sees a head that has what the trunk left elsewhere, or writes over it, or forgets it."""
    folder = temporary()
    models = [classes(folder / "classes.onnx"), straight(folder / "straight.onnx")]
    report = compiled(models, folder / "all")

    def said(change):
        changed = json.loads(json.dumps(report))
        change(changed["runs"][1]["plan"], changed["runs"][0]["plan"])
        (folder / "changed.json").write_text(json.dumps(changed))
        result = harness.burin("check-plan", folder / "changed.json", code=None)
        return result.returncode, result.stdout + result.stderr

    def kept(plan):
        return next(b for b in plan["buffers"] if "kept" in b)

    harness.equal(said(lambda head, trunk: None)[0], 0, "unchanged")
    kept_bytes = kept(report["runs"][1]["plan"])["bytes"]

    def moved(head, trunk):
        kept(head)["offset"] += 4 if kept(head)["offset"] == 0 else -4

    def overwritten(head, trunk):
        other = next(b for b in head["buffers"] if "kept" not in b and b["bytes"] <= kept_bytes)
        other["offset"] = kept(head)["offset"]

    def forgotten(head, trunk):
        del kept(head)["kept"]

    def written(head, trunk):
        head["layers"][0]["result"] = kept(head)["name"]

    def dead(head, trunk):
        kept(head)["last"] = 0
        head["outputs"].remove(kept(head)["name"])

    for change in (moved, overwritten, forgotten, written, dead):
        code, text = said(change)
        harness.check(code == 1 and "BRN1705" in text and 'in run "classes"' in text, f"{change.__name__}: {text[:400]}")


if __name__ == "__main__":
    harness.main()
