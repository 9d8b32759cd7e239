#!/usr/bin/env python3
"""Trains the digit classifier and writes the two models, their test vectors and the labelled sample.

    python train.py [--output DIR]        about ten seconds on one core

Needs the packages of requirements.txt; `network.py` has the network and its gradient. Everything is seeded: on the
same machine two runs write the same bytes; on another one the weights may differ in their last digits.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is loaded: threads would change the order of sums

import argparse
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process
from sklearn.datasets import load_digits

import network

SEED = 20260
TEST_SAMPLES = 500
CALIBRATION_SAMPLES = 256
EPOCHS = 120
BATCH = 32
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 3e-2
OPSET = 17


def load_data(rng):
    """Pixels as uint8 0..16 [n,1,8,8] and labels, split at random into training and test samples."""
    digits = load_digits()
    pixels = digits.images.astype(np.uint8)[:, None]
    order = rng.permutation(len(pixels))
    test, train = order[:TEST_SAMPLES], order[TEST_SAMPLES:]
    return pixels[train], digits.target[train], pixels[test], digits.target[test]


def to_input(pixels):
    """What the models take: brightness 0..1 as float32."""
    return pixels.astype(np.float32) / np.float32(16)


def augmented(images, rng):
    """About half of the images moved by at most one pixel each way, zeros moving in; the others as they are."""
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    offsets = np.where(rng.random((len(images), 1)) < 0.5, rng.integers(0, 3, (len(images), 2)), 1)
    return np.stack([padded[k, :, dy:dy + 8, dx:dx + 8] for k, (dy, dx) in enumerate(offsets)])


def train(images, labels, rng):
    """Adam with decoupled weight decay and a cosine learning rate; returns float32 weights."""
    weights = network.initial_weights(rng)
    mean = {name: np.zeros_like(w) for name, w in weights.items()}
    square = {name: np.zeros_like(w) for name, w in weights.items()}
    steps_per_epoch = len(images) // BATCH
    step = 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(images))
        total_loss = 0.0
        for k in range(steps_per_epoch):
            batch = order[k * BATCH:(k + 1) * BATCH]
            loss, gradient = network.loss_gradient(weights, augmented(images[batch], rng), labels[batch])
            total_loss += loss
            step += 1
            rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * step / (EPOCHS * steps_per_epoch)))
            for name, g in gradient.items():
                mean[name] += 0.1 * (g - mean[name])
                square[name] += 0.001 * (g * g - square[name])
                update = (mean[name] / (1 - 0.9**step)) / (np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8)
                weights[name] -= rate * (update + WEIGHT_DECAY * weights[name])
        if (epoch + 1) % 20 == 0:
            print(f"epoch {epoch + 1:3d}  loss {total_loss / steps_per_epoch:.4f}")
    return {name: w.astype(np.float32) for name, w in weights.items()}


def float_model(weights):
    """The ONNX model of `network.forward`; the leading dim of input and output is named "batch"."""
    nodes = []
    x = "image"
    for name, _, _, stride in network.CONVOLUTIONS:
        nodes += [
            helper.make_node("Conv", [x, name + ".weight", name + ".bias"], [name + ".sum"], name, kernel_shape=[3, 3],
                             strides=[stride, stride], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [name + ".sum"], [name + ".out"], name.replace("conv", "relu")),
        ]
        x = name + ".out"
        if name == "conv1":
            nodes.append(helper.make_node("MaxPool", [x], ["pool.out"], "pool", kernel_shape=[2, 2], strides=[2, 2]))
            x = "pool.out"
    nodes += [
        helper.make_node("Flatten", [x], ["features"], "flatten", axis=1),
        helper.make_node("Gemm", ["features", "dense.weight", "dense.bias"], ["logits"], "dense", transB=1),
    ]
    graph = helper.make_graph(
        nodes, "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", network.CLASSES])],
        [numpy_helper.from_array(w, name) for name, w in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8,
                              producer_name="burin-digits")
    onnx.checker.check_model(model, full_check=True)
    return model


class Calibration(CalibrationDataReader):
    """Hands the quantiser one batch of images."""

    def __init__(self, images):
        self.batches = iter([{"image": images}])

    def get_next(self):
        return next(self.batches, None)


def quantised_model(float_path, calibration_images):
    """QDQ form: int8 activations per tensor, int8 weights per output channel, int32 biases; ranges by min-max."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = pathlib.Path(folder) / "prepared.onnx"
        quantised = pathlib.Path(folder) / "quantised.onnx"
        quant_pre_process(float_path, prepared, skip_symbolic_shape=True, skip_optimization=True)
        quantize_static(prepared, quantised, Calibration(calibration_images), quant_format=QuantFormat.QDQ,
                        per_channel=True, activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
                        calibrate_method=CalibrationMethod.MinMax)
        model = onnx.load(quantised)
    onnx.checker.check_model(model, full_check=True)
    return model


def reference_logits(model, images):
    """What ONNX Runtime computes without rewriting the graph."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"image": images})[0]


def save(folder, model, images):
    """model.onnx and test_data_set_0 with `images` and the reference's logits."""
    data = folder / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    for name, tensor, value in (("input_0", "image", images), ("output_0", "logits", reference_logits(model, images))):
        (data / f"{name}.pb").write_bytes(numpy_helper.from_array(value, tensor).SerializeToString())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent,
                        help="folder that gets float/, int8/ and samples.npz (default: beside this script)")
    output = parser.parse_args().output
    rng = np.random.default_rng(SEED)
    train_pixels, train_labels, test_pixels, test_labels = load_data(rng)
    model = float_model(train(to_input(train_pixels).astype(np.float64), train_labels, rng))

    first = to_input(test_pixels[:1])
    save(output / "float", model, first)
    quantised = quantised_model(output / "float" / "model.onnx", to_input(train_pixels[:CALIBRATION_SAMPLES]))
    save(output / "int8", quantised, first)
    np.savez_compressed(output / "samples.npz", pixels=test_pixels, labels=test_labels.astype(np.uint8))
    for name, m in (("float", model), ("int8", quantised)):
        right = int((reference_logits(m, to_input(test_pixels)).argmax(1) == test_labels).sum())
        print(f"{name}: {right} of {len(test_labels)} test samples right, {right / len(test_labels):.1%}")


if __name__ == "__main__":
    main()
