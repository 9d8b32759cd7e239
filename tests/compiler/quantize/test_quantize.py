"""`burin quantize` and `burin compile --quantize`: accuracy kept, ONNX Runtime agrees, everything integer, bad flags refused.

The digits example and small graphs made here need no shared data; the shared models are measured if they are there.
"""
import json
import os
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness

DIGITS = harness.ROOT / "examples/digits"
# Model, labelled set, divisor of its samples, allowed loss in percent points at w8a8 and w4a8.
MODELS = [
    ("mlperf_kws_dscnn_f32", "kws_sc12_mfcc", 1, 0.2, 1.5),
    ("mlperf_ic_resnet8_f32", "cifar10_jpeg", 1, 0.2, 0.7),
    ("mnist8_cntk", "mnist_t10k", 1, 0.2, 0.7),
    ("tinymaix_mnist_valid_f32", "mnist_t10k", 255, 0.2, 0.7),
]


def session(model):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def classes(model, samples):
    """The largest output of each sample, by ONNX Runtime without optimisation."""
    run = session(model)
    source = run.get_inputs()[0]
    shape = [d if isinstance(d, int) else 1 for d in source.shape]
    return np.array([run.run(None, {source.name: x.reshape(shape)})[0].argmax() for x in samples])


def digit_samples(folder):
    """x.npy of the first 100 samples; all 500, and their labels."""
    data = np.load(DIGITS / "samples.npz")
    pixels = data["pixels"].astype(np.float32) / np.float32(16)
    np.save(folder / "x.npy", pixels[:100])
    np.save(folder / "all.npy", pixels)
    np.save(folder / "labels.npy", data["labels"])
    return pixels, data["labels"]


def save(folder, nodes, inputs, outputs, constants, opset=17, name="m.onnx"):
    value = lambda n, s: helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
    tensors = [numpy_helper.from_array(np.asarray(v, np.float32) if np.asarray(v).dtype != np.int64 else v, k)
               for k, v in constants.items()]
    graph = helper.make_graph(nodes, "g", [value(*i) for i in inputs], [value(*o) for o in outputs], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    path = folder / name
    path.write_bytes(model.SerializeToString())
    return path


def quantize(model, samples, output, *flags):
    """Runs the command; returns its report."""
    report = output.with_suffix(".json")
    harness.burin("quantize", model, "--data", samples, "-o", output, "--report", report, *flags)
    return json.loads(report.read_text())


def snr(expected, got):
    expected, got = np.asarray(expected, np.float64), np.asarray(got, np.float64)
    return 10 * np.log10((expected ** 2).sum() / max(((expected - got) ** 2).sum(), 1e-30))


@harness.case
def digits_keep_their_accuracy_and_onnx_runtime_agrees():
    with harness.temporary_folder() as folder:
        pixels, labels = digit_samples(folder)
        report = quantize(DIGITS / "float/model.onnx", folder / "x.npy", folder / "q.onnx")
        harness.equal(report["float"], [], "nodes that stayed float")
        harness.check(report["outputSnrDb"] > 25, f"output SNR {report['outputSnrDb']}")
        harness.equal(report["integerNodes"], report["nodes"], "integer nodes")
        onnx.checker.check_model(onnx.load(folder / "q.onnx"))
        right = (classes(DIGITS / "float/model.onnx", pixels) == labels).sum()
        quantised = classes(folder / "q.onnx", pixels)
        harness.check((quantised == labels).sum() >= right - 1, f"{(quantised == labels).sum()} of {right} right")
        outputs = folder / "y.npy"
        ours = []
        for i in range(100):
            np.save(folder / "one.npy", pixels[i:i + 1])
            harness.burin("run", folder / "q.onnx", "--dim", "batch=1", "--input", folder / "one.npy", "--output", outputs)
            ours.append(np.load(outputs).argmax())
        harness.check((np.array(ours) == quantised[:100]).sum() >= 100, "Burin and ONNX Runtime differ in a class")


@harness.case
def compiling_with_samples_gives_the_library_of_the_written_model():
    with harness.temporary_folder() as folder:
        digit_samples(folder)
        model = DIGITS / "float/model.onnx"
        quantize(model, folder / "x.npy", folder / "model.onnx")
        harness.burin("compile", model, "--quantize", "w8a8", "--data", folder / "x.npy", "--name", "net", "-o", folder / "a")
        harness.burin("compile", folder / "model.onnx", "--dim", "batch=1", "--name", "net", "-o", folder / "b")
        for part in ("net_weights.c", "net.c"):
            if not (folder / "a" / part).exists():
                continue
            strip = lambda p: [l for l in p.read_text().splitlines() if not l.lstrip().startswith(("/*", "*"))]
            harness.equal(strip(folder / "a" / part), strip(folder / "b" / part), part)


@harness.case
def threads_dont_change_the_bytes():
    with harness.temporary_folder() as folder:
        digit_samples(folder)
        files = []
        for cpus in ("0", None):
            out = folder / f"q{cpus}.onnx"
            command = ["taskset", "-c", cpus] if cpus else []
            harness.run([*command, harness.BURIN, "quantize", DIGITS / "float/model.onnx", "--data", folder / "x.npy",
                         "--scheme", "w4a8", "-o", out])
            files.append(out.read_bytes())
        harness.check(files[0] == files[1], "the files differ")


def convolution(rng, o, i, k, groups=1):
    return rng.normal(0, 1 / np.sqrt(i // groups * k * k), (o, i // groups, k, k)).astype(np.float32)


def block_graph(folder, rng):
    """Convolutions with everything around them that has an integer form."""
    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["c1"], name="conv1", pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c1", "g", "b", "m", "v"], ["n1"], name="norm1"),
        helper.make_node("Relu", ["n1"], ["r1"], name="relu1"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], name="conv2", pads=[1, 1, 1, 1], group=8),
        helper.make_node("HardSwish", ["c2"], ["h2"], name="swish"),
        helper.make_node("Add", ["h2", "r1"], ["a"], name="add"),
        helper.make_node("MaxPool", ["a"], ["p"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p", "w3", "b3"], ["c3"], name="conv3"),
        helper.make_node("Sigmoid", ["c3"], ["s3"], name="sigmoid"),
        helper.make_node("Mul", ["c3", "s3"], ["silu"], name="silu"),
        helper.make_node("Concat", ["silu", "p"], ["cat"], name="cat", axis=1),
        helper.make_node("GlobalAveragePool", ["cat"], ["gap"], name="gap"),
        helper.make_node("Flatten", ["gap"], ["flat"], name="flat"),
        helper.make_node("MatMul", ["flat", "w4"], ["mm"], name="matmul"),
        helper.make_node("Add", ["mm", "b4"], ["logits"], name="bias"),
        helper.make_node("Softmax", ["logits"], ["y"], name="softmax"),
    ]
    constants = {
        "w1": convolution(rng, 8, 3, 3), "w2": convolution(rng, 8, 8, 3, 8), "w3": convolution(rng, 8, 8, 1),
        "b3": rng.normal(0, 0.1, 8), "w4": rng.normal(0, 0.5, (16, 5)), "b4": rng.normal(0, 0.1, 5),
        "g": rng.uniform(0.5, 2, 8), "b": rng.normal(0, 0.2, 8), "m": rng.normal(0, 0.2, 8), "v": rng.uniform(0.5, 2, 8)}
    return save(folder, nodes, [("x", [1, 3, 8, 8])], [("y", [1, 5])], constants)


@harness.case
def all_that_has_an_integer_form_is_integer():
    rng = np.random.default_rng(3)
    with harness.temporary_folder() as folder:
        model = block_graph(folder, rng)
        np.save(folder / "x.npy", rng.normal(0, 1, (32, 3, 8, 8)).astype(np.float32))
        report = quantize(model, folder / "x.npy", folder / "q.onnx")
        harness.equal(report["float"], [], "nodes that stayed float")
        harness.equal(report["boundaries"], 2, "boundaries")
        text = harness.burin("inspect", folder / "q.onnx").stdout
        layers = [line.split() for line in text.split("layers", 1)[1].splitlines()[1:]]
        floats = [line for line in layers if line and line[1].startswith("float32") and
                  not line[0].startswith("dequantize")]
        harness.equal(floats, [], "float layers")
        x = np.load(folder / "x.npy")
        run, plain = session(folder / "q.onnx"), session(model)
        got = [run.run(None, {"x": v[None]})[0] for v in x]
        expected = [plain.run(None, {"x": v[None]})[0] for v in x]
        harness.check(snr(expected, got) > 25, f"ONNX Runtime has {snr(expected, got):.1f} dB")


@harness.case
def islands_without_a_layer_stay_float():
    rng = np.random.default_rng(5)
    with harness.temporary_folder() as folder:
        nodes = [
            helper.make_node("Conv", ["x", "w"], ["c"], name="conv"),
            helper.make_node("Log", ["c2"], ["l"], name="log"),
            helper.make_node("Relu", ["l"], ["r"], name="relu"),
            helper.make_node("Exp", ["r"], ["y"], name="exp"),
        ]
        nodes.insert(1, helper.make_node("Exp", ["c"], ["c2"], name="exp1"))
        model = save(folder, nodes, [("x", [1, 2, 6, 6])], [("y", [1, 4, 4, 4])], {"w": convolution(rng, 4, 2, 3)})
        np.save(folder / "x.npy", rng.normal(0, 1, (8, 2, 6, 6)).astype(np.float32))
        report = quantize(model, folder / "x.npy", folder / "q.onnx")
        harness.equal((report["integerNodes"], report["boundaries"]), (1, 2), "integer nodes, boundaries")


@harness.case
def flags_choose_what_stays_float_and_how_many_bits():
    rng = np.random.default_rng(7)
    with harness.temporary_folder() as folder:
        model = block_graph(folder, rng)
        np.save(folder / "x.npy", rng.normal(0, 1, (16, 3, 8, 8)).astype(np.float32))
        report = quantize(model, folder / "x.npy", folder / "s.onnx", "--skip", "conv3", "--range", "mse")
        harness.check("conv3" not in [l["node"] for l in report["layers"]], "conv3 was quantised")
        report = quantize(model, folder / "x.npy", folder / "f.onnx", "--first-layer", "w8", "--last-layer", "w8",
                          "--scheme", "w4a8")
        bits = {l["node"]: l.get("weightBits") for l in report["layers"]}
        harness.equal((bits["conv1"], bits["conv2"], bits["matmul"]), (8, 4, 8), "bits of weights")
        written = onnx.load(folder / "f.onnx")
        harness.equal(written.opset_import[0].version, 21, "opset with 4-bit weights")
        harness.check(any(t.data_type == TensorProto.INT4 for t in written.graph.initializer), "no INT4 initialiser")
        session(folder / "f.onnx")


@harness.case
def old_models_are_raised_with_the_same_meaning():
    rng = np.random.default_rng(9)
    with harness.temporary_folder() as folder:
        nodes = [
            helper.make_node("Conv", ["x", "w"], ["c"], name="conv"),
            helper.make_node("Clip", ["c"], ["k"], name="clip", min=0.0, max=1.5),
            helper.make_node("ReduceMean", ["k"], ["m"], name="mean", axes=[2, 3], keepdims=1),
            helper.make_node("Squeeze", ["m"], ["q"], name="squeeze", axes=[2, 3]),
            helper.make_node("Softmax", ["q"], ["y"], name="softmax"),
        ]
        for scheme in ("w8a8", "w4a8"):
            model = save(folder, nodes, [("x", [1, 2, 6, 6])], [("y", [1, 4])], {"w": convolution(rng, 4, 2, 3)}, opset=9)
            x = rng.normal(0, 1, (16, 2, 6, 6)).astype(np.float32)
            np.save(folder / "x.npy", x)
            quantize(model, folder / "x.npy", folder / "q.onnx", "--scheme", scheme)
            onnx.checker.check_model(onnx.load(folder / "q.onnx"))
            run, plain = session(folder / "q.onnx"), session(model)
            name = run.get_inputs()[0].name
            values = [(plain.run(None, {"x": v[None]})[0], run.run(None, {name: v[None]})[0]) for v in x]
            harness.check(snr(*zip(*values)) > (25 if scheme == "w8a8" else 15), f"{scheme}: {snr(*zip(*values)):.1f} dB")


@harness.group
def bad_flags_are_refused():
    with harness.temporary_folder() as folder:
        digit_samples(folder)
        model, data = DIGITS / "float/model.onnx", folder / "x.npy"
        for name, code, arguments in [
            ("range", "BRN1520", ["--range", "best"]),
            ("scheme", "BRN1520", ["--scheme", "w3a8"]),
            ("granularity", "BRN1520", ["--weights", "row"]),
            ("rounding", "BRN1520", ["--rounding", "up"]),
            ("percentile", "BRN1520", ["--range", "percentile:0"]),
            ("keep", "BRN1520", ["--keep", "conv1"]),
            ("skip", "BRN1524", ["--skip", "no/such/node"]),
        ]:
            out = folder / "bad.onnx"
            result = harness.burin("quantize", model, "--data", data, "-o", out, *arguments, code=1)
            good = f"error {code}" in result.stderr and "fix:" in result.stderr and not out.exists()
            yield name, None if good else f"{result.stderr[-300:]}; output exists: {out.exists()}"
        result = harness.burin("quantize", DIGITS / "int8/model.onnx", "--data", data, "-o", folder / "bad.onnx", code=1)
        yield "already", None if "error BRN1521" in result.stderr else result.stderr[-300:]
        result = harness.burin("quantize", model, "-o", folder / "bad.onnx", code=1)
        yield "no_samples", None if "error BRN1525" in result.stderr else result.stderr[-300:]


def labelled(name, part, divisor):
    x = np.load(harness.data("labelled", name, f"{part}_x.npy"))
    return x.astype(np.float32) / np.float32(divisor), np.load(harness.data("labelled", name, f"{part}_y.npy"))


@harness.group
def shared_models_lose_little():
    schemes = ("w8a8", "w4a8") if harness.FULL else ("w8a8",)
    for model, data, divisor, loss8, loss4 in MODELS:
        for scheme in schemes:
            try:
                source = harness.data("models", model, "model.onnx")
                calib, _ = labelled(data, "calib", divisor)
                samples, labels = labelled(data, "eval", divisor)
            except harness.Skip as reason:
                yield f"{model}/{scheme}", reason
                continue
            with harness.temporary_folder() as folder:
                np.save(folder / "x.npy", calib)
                report = quantize(source, folder / "x.npy", folder / "q.onnx", "--scheme", scheme)
                np.save(folder / "e.npy", samples)
                np.save(folder / "l.npy", labels)
                text = harness.burin("accuracy", folder / "q.onnx", "--data", folder / "e.npy", "--labels", folder / "l.npy").stdout
                before = 100 * (classes(source, samples) == labels).mean()
                theirs = classes(folder / "q.onnx", samples)
                after = 100 * (theirs == labels).mean()
                limit = loss8 if scheme == "w8a8" else loss4
                problem = None
                if before - after > limit:
                    problem = f"{before:.2f} % became {after:.2f} %"
                elif report["float"]:
                    problem = f"stayed float: {report['float']}"
                print(f"     {model} {scheme}: float {before:.2f} %, QDQ in ONNX Runtime {after:.2f} %; {text.strip()}")
                yield f"{model}/{scheme}", problem


if __name__ == "__main__":
    harness.main()
