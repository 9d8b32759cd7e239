"""What the options of `burin quantize` beyond w8a8 mean for a whole network: the written file is as the option says, ONNX Runtime
(unoptimised) computes the same from it as the generated C, and little of the float net is lost."""
import collections
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SAMPLES = 300  # evaluated
# How, what flags say so, and the least signal-to-noise ratio of the outputs in dB.
SCHEMES = {
    "w8a16": (["--scheme", "w8a16"], 30),
    "w4a16": (["--scheme", "w4a16"], 12),
    "w8a8-blocks": (["--weights", "block:16"], 15),
    "w4a8-blocks": (["--scheme", "w4a8", "--weights", "block:16"], 10),
    "w8a8-powers-of-two": (["--activations", "power-of-two"], 15),
    "w8a16-powers-of-two": (["--scheme", "w8a16", "--activations", "power-of-two"], 25),
    "w8a8-equalised": (["--weights", "tensor", "--equalise"], 15),
}


def networks(folder):
    """(name, float model, flags that give calibration samples, flags that give labelled ones)."""
    data = np.load(harness.ROOT / "examples/digits/samples.npz")
    pixels = data["pixels"].astype(np.float32) / np.float32(16)
    for name, values in (("digits_calib", pixels[:100]), ("digits_x", pixels[100:]), ("digits_y", data["labels"][100:])):
        np.save(folder / f"{name}.npy", values)
    yield ("digits", harness.ROOT / "examples/digits/float/model.onnx", ["--data", folder / "digits_calib.npy"],
           ["--data", folder / "digits_x.npy", "--labels", folder / "digits_y.npy"])
    model, labelled = harness.DATA / "models/mlperf_kws_dscnn_f32/model.onnx", harness.DATA / "labelled/kws_sc12_mfcc"
    if model.exists() and labelled.exists():
        yield ("kws", model, ["--data", labelled / "calib_x.npy", "--samples", "64"],
               ["--data", labelled / "eval_x.npy", "--labels", labelled / "eval_y.npy"])


def file_problem(scheme, model):
    """What the file lacks that the scheme promises; None if nothing."""
    tensors = {t.name: t for t in model.graph.initializer}
    quantised = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    dequantised = [node for node in model.graph.node if node.op_type == "DequantizeLinear"]
    weights = [node for node in dequantised if node.input[0] in tensors and tensors[node.input[0]].data_type != TensorProto.INT32]
    want = TensorProto.INT16 if "a16" in scheme else TensorProto.INT8
    types = collections.Counter(tensors[node.input[2]].data_type for node in quantised)
    if set(types) - {want}:
        return f"types of activations: {types}"
    want = TensorProto.INT4 if scheme.startswith("w4") else TensorProto.INT8
    types = collections.Counter(tensors[node.input[0]].data_type for node in weights if len(tensors[node.input[0]].dims) > 1)
    if set(types) != {want}:
        return f"types of weights: {types}"
    if scheme.endswith("blocks"):
        blocks = [node for node in weights if any(a.name == "block_size" and a.i == 16 for a in node.attribute)]
        products = [node for node in model.graph.node if node.op_type in ("Gemm", "MatMul")]
        return None if len(blocks) == len(products) > 0 else f"{len(blocks)} weights by blocks for {len(products)} products"
    scales = [numpy_helper.to_array(tensors[node.input[1]]) for node in quantised + weights]
    if scheme.endswith("powers-of-two"):
        odd = [s for s in scales if np.any(np.frexp(s)[0] != 0.5)]
        return f"scales that are no powers of two: {odd}" if odd else None
    if scheme.endswith("equalised"):
        return None if all(s.ndim == 0 for s in scales) else "scales by channel"
    return None


def same_results_problem(path, evaluated):
    """Generated C against ONNX Runtime: layer by layer on one sample, and the classes of many."""
    result = harness.burin("verify", path, *evaluated[:2], "--layers", code=None)
    if result.returncode:
        return (result.stdout + result.stderr)[-1500:]
    last = harness.burin("accuracy", path, *evaluated, "--samples", SAMPLES, "--reference").stdout.splitlines()[-1]
    found = {key: float(value) for key, value in re.findall(r" (\w+)=([0-9.]+)(?= |$)", last)}
    print(f"     {last}")
    return None if found["agree"] >= SAMPLES - 1 else last


@harness.group
def options_do_what_they_say():
    with harness.temporary_folder() as folder:
        for name, model, calibration, evaluated in networks(folder):
            for scheme, (flags, least) in SCHEMES.items():
                path = folder / f"{name}_{scheme}.onnx"
                done = harness.burin("quantize", model, *calibration, "-o", path, "--report", folder / "report.json", *flags, code=None)
                if done.returncode:
                    yield f"{name}/{scheme}", done.stderr[-1500:]
                    continue
                report = json.loads((folder / "report.json").read_text())
                written = onnx.load(path)
                onnx.checker.check_model(written)
                problem = file_problem(scheme, written) or same_results_problem(path, evaluated)
                if report["float"]:
                    problem = f"stayed float: {report['float']}"
                elif report["outputSnrDb"] < least:
                    problem = f"{report['outputSnrDb']:.1f} dB"
                yield f"{name}/{scheme}", problem


@harness.case
def equalising_needs_unequal_channels_and_repairs_them():
    """Channels of ranges 1 to 1000 lose most of a scale per tensor, unless they are equalised: the same function of reals."""
    rng = np.random.default_rng(11)
    first = rng.normal(0, 1, (8, 3, 1, 1)) * np.logspace(0, 3, 8).reshape(8, 1, 1, 1)
    second = rng.normal(0, 1, (4, 8, 1, 1)) / np.logspace(0, 3, 8).reshape(1, 8, 1, 1)
    nodes = [helper.make_node("Conv", ["x", "w1"], ["a"], name="first"), helper.make_node("Relu", ["a"], ["b"], name="relu"),
             helper.make_node("Conv", ["b", "w2"], ["y"], name="second")]
    value = lambda n, s: helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
    graph = helper.make_graph(nodes, "g", [value("x", [1, 3, 4, 4])], [value("y", [1, 4, 4, 4])],
                              [numpy_helper.from_array(v.astype(np.float32), k) for k, v in (("w1", first), ("w2", second))])
    with harness.temporary_folder() as folder:
        model = folder / "m.onnx"
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), model)
        np.save(folder / "x.npy", rng.normal(0, 1, (32, 3, 4, 4)).astype(np.float32))
        snr = {}
        for how in ("on", "off", "auto"):
            harness.burin("quantize", model, "--data", folder / "x.npy", "-o", folder / f"{how}.onnx", "--report",
                          folder / "r.json", "--weights", "tensor", f"--equalise={how}")
            snr[how] = json.loads((folder / "r.json").read_text())["outputSnrDb"]
        harness.check(snr["on"] > 25 > snr["off"] + 10, f"{snr} dB")
        harness.equal(snr["auto"], snr["on"], "SNR of auto")


if __name__ == "__main__":
    harness.main()
