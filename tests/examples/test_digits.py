"""examples/digits: the models are what the README says, by ONNX Runtime and in C; the training's gradient is right."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

DIGITS = harness.ROOT / "examples/digits"


def reference(kind, images):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(DIGITS / kind / "model.onnx", options, providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"image": images})[0]


def stored(kind, name):
    return numpy_helper.to_array(onnx.load_tensor(DIGITS / kind / "test_data_set_0" / f"{name}.pb"))


@harness.group
def accuracy_is_the_documented_one():
    samples = np.load(DIGITS / "samples.npz")
    images = samples["pixels"].astype(np.float32) / 16
    for kind in ("float", "int8"):
        right = int((reference(kind, images).argmax(1) == samples["labels"]).sum())
        # Another processor sums in another order, which may turn one close decision.
        yield kind, None if abs(right - 495) <= 1 else f"{right} of {len(images)} right, README.md says 495"


@harness.group
def generated_c_classifies_as_well():
    samples = np.load(DIGITS / "samples.npz")
    for kind in ("float", "int8"):
        with harness.temporary_folder() as folder:
            harness.burin("compile", DIGITS / kind / "model.onnx", "-o", folder / "digits", "--name", "digits")
            sources = [DIGITS / "classify.c", folder / "digits/digits.c", folder / "digits/digits_weights.c"]
            flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-I", folder / "digits"]
            harness.run(["cc", *flags, *sources, "-lm", "-o", folder / "classify"])
            (folder / "pixels").write_bytes(samples["pixels"].tobytes())
            with open(folder / "pixels") as pixels:
                answers = harness.run([folder / "classify"], stdin=pixels).stdout.split()
        right = int((np.array(answers, dtype=int) == samples["labels"]).sum())
        yield kind, None if abs(right - 495) <= 1 else f"{right} of {len(answers)} right, the reference has 495"


@harness.group
def stored_outputs_are_the_reference():
    for kind in ("float", "int8"):
        difference = np.abs(reference(kind, stored(kind, "input_0")) - stored(kind, "output_0")).max()
        yield kind, None if difference < 1e-4 else f"largest difference is {difference}"


@harness.case
def training_gradient_matches_finite_differences():
    sys.path.insert(0, str(DIGITS))
    import network

    rng = np.random.default_rng(0)
    weights = network.initial_weights(rng)
    images, labels = rng.random((3, 1, 8, 8)), np.array([1, 5, 9])
    _, gradient = network.loss_gradient(weights, images, labels)
    step = 1e-6
    for name, weight in weights.items():
        place = tuple(rng.integers(0, size) for size in weight.shape)
        middle = weight[place]
        losses = []
        for weight[place] in (middle + step, middle - step):
            losses.append(network.loss_gradient(weights, images, labels)[0])
        weight[place] = middle
        slope = (losses[0] - losses[1]) / (2 * step)
        harness.check(abs(slope - gradient[name][place]) < 1e-7, f"{name}{place}: {gradient[name][place]}, not {slope}")


@harness.case(full=True)
def demo_shows_the_digit():
    output = harness.run([harness.ROOT / "scripts/demo"], timeout=3600).stdout
    harness.check("The generated C says 4; ONNX Runtime says 4." in output, "the demo says:\n" + output)


if __name__ == "__main__":
    harness.main()
