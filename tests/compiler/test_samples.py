"""Samples through whole commands: what `--data` reads is what numpy and ONNX Runtime make of the same files."""
import pathlib
import re
import struct
import sys
import zlib

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.uint8): TensorProto.UINT8}


def model(folder, nodes, inputs, outputs, initializers=()):
    """Saves a model; inputs and outputs are (name, shape[, dtype])."""
    def values(infos):
        return [helper.make_tensor_value_info(name, TYPES[np.dtype(dtype[0] if dtype else np.float32)], shape)
                for name, shape, *dtype in infos]

    graph = helper.make_graph(list(nodes), "g", values(inputs), values(outputs),
                              [numpy_helper.from_array(a, n) for n, a in initializers])
    path = folder / "net.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8), path)
    return path


def identity(folder, shape, dtype=np.float32):
    """y = x."""
    return model(folder, [helper.make_node("Identity", ["x"], ["y"])], [("x", shape, dtype)], [("y", shape, dtype)])


def outputs_of(path, data, *flags):
    """What the interpreter gives for all samples, stacked."""
    out = path.parent / "y.npy"
    harness.burin("run", path, "--data", data, "--output", out, *flags)
    return np.load(out)


def same(got, expected, what, tolerance=0.0):
    harness.equal(got.shape, expected.shape, f"shape of {what}")
    harness.check(np.allclose(got, expected, rtol=0, atol=tolerance), f"{what} differs by {np.abs(got - expected).max()}")


def write_png(path, array):
    """8 bits, gray [h, w] or RGB [h, w, 3]."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + row.tobytes() for row in array)
    head = struct.pack(">IIBBBBB", array.shape[1], array.shape[0], 8, 0 if array.ndim == 2 else 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def resized(image, height, width):
    """ONNX Runtime's Resize of an [h, w, c] image."""
    nodes = [helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode="linear", antialias=1,
                              coordinate_transformation_mode="half_pixel")]
    nchw = image.astype(np.float32).transpose(2, 0, 1)[None]
    with harness.temporary_folder() as folder:
        shape = [*nchw.shape[:2], height, width]
        path = model(folder, nodes, [("x", nchw.shape)], [("y", shape)], [("sizes", np.array(shape))])
        session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return session.run(None, {"x": nchw})[0][0].transpose(1, 2, 0)


@harness.case
def arrays_as_numpy_has_them():
    random = np.random.default_rng(1)
    x = random.integers(0, 256, (5, 6, 4, 3), dtype=np.uint8)
    with harness.temporary_folder() as folder:
        path = identity(folder, ["N", 3, 6, 4])
        np.save(folder / "x.npy", x)
        nchw = x.transpose(0, 3, 1, 2)[:, None].astype(np.float32)
        same(outputs_of(path, folder / "x.npy"), nchw, "NHWC bytes")
        same(outputs_of(path, folder / "x.npy", "--samples", "2"), nchw[[0, 2]], "two of five")
        np.save(folder / "f.npy", np.asfortranarray(nchw[:, 0].astype(">f8")))
        same(outputs_of(path, folder / "f.npy"), nchw, "column-major, big-endian")
        np.savez_compressed(folder / "set.npz", x=nchw[:, 0], y=np.arange(5))
        same(outputs_of(path, folder / "set.npz"), nchw, "a compressed archive")
        np.save(folder / "one.npy", nchw[3, 0])
        same(outputs_of(path, folder / "one.npy"), nchw[3], "one sample")
        mean, std = np.float32([1, 2, 3]), np.float32([4, 5, 0.5])
        wanted = (nchw * np.float32(1 / 255) - mean[:, None, None]) / std[:, None, None]
        same(outputs_of(path, folder / "x.npy", "--scale", "1/255", "--mean", "1,2,3", "--std", "4,5,0.5"), wanted,
             "prepared values", 1e-6)
        sub = folder / "sub"
        sub.mkdir()
        for i, k in enumerate([2, 10, 9]):
            np.save(sub / f"s{k}.npy", nchw[i, 0])
        same(outputs_of(path, sub), nchw[[0, 2, 1]], "a folder in natural order")


@harness.case
def several_inputs():
    a, b = np.float32([[1], [2], [3]]), np.float32([[10, 20], [30, 40], [50, 60]])
    with harness.temporary_folder() as folder:
        path = model(folder, [helper.make_node("Add", ["in/a:0", "b"], ["y"])], [("in/a:0", [1, 1]), ("b", [1, 2])],
                     [("y", [1, 2])])
        np.savez(folder / "set.npz", **{"in_a_0": a, "b": b})
        same(outputs_of(path, folder / "set.npz"), (a + b)[:, None], "a sum")
        result = harness.burin("run", path, "--data", folder / "set.npz", "--resize", "3x3", code=1)
        harness.check("BRN1512" in result.stderr, result.stderr)
        np.savez(folder / "set.npz", **{"in_a_0": a, "b": b[:2]})
        result = harness.burin("run", path, "--data", folder / "set.npz", code=1)
        harness.check("BRN1802" in result.stderr and "2 samples" in result.stderr, result.stderr)


@harness.case
def images_as_onnx_resizes_them():
    random = np.random.default_rng(2)
    with harness.temporary_folder() as folder:
        images = folder / "images"
        images.mkdir()
        pixels = [random.integers(0, 256, shape, dtype=np.uint8) for shape in [(37, 50, 3), (8, 9, 3), (64, 20, 3)]]
        for i, image in enumerate(pixels):
            write_png(images / f"{i}.png", image)
        path = identity(folder, [1, 3, 16, 12])
        wanted = np.stack([resized(image, 16, 12).transpose(2, 0, 1)[None] for image in pixels])
        same(outputs_of(path, images), wanted, "resized to the input", 2e-3)
        wanted = np.stack([resized(image, 20, 17)[2:18, 2:14, ::-1] for image in pixels])
        wanted = (wanted * np.float32(1 / 255) - np.float32([0.5, 0.25, 0])) / np.float32([1, 2, 4])
        path = identity(folder, [1, 16, 12, 3])
        same(outputs_of(path, images, "--resize", "20x17", "--crop", "16x12", "--channels", "bgr", "--scale", "1/255",
                        "--mean", "0.5,0.25,0", "--std", "1,2,4"), wanted[:, None], "all steps", 1e-5)
        path = identity(folder, [1, 16, 12, 3], np.uint8)
        got = outputs_of(path, images)
        wanted = np.stack([resized(image, 16, 12) for image in pixels])
        harness.check(np.abs(got[:, 0] - wanted).max() <= 0.5 + 2e-3, "bytes are rounded to nearest")


@harness.case
def recordings_as_numpy_has_them():
    random = np.random.default_rng(3)
    x = random.integers(-32768, 32768, (3, 50), dtype=np.int16)
    with harness.temporary_folder() as folder:
        sounds = folder / "sounds"
        sounds.mkdir()
        for i, frames in enumerate(x):
            data = frames.tobytes()
            head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data" + struct.pack("<I", len(data))
            (sounds / f"{i}.wav").write_bytes(b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data)
        path = identity(folder, [1, 64])
        wanted = np.pad(x, ((0, 0), (0, 14))).astype(np.float32)[:, None] / 32768
        same(outputs_of(path, sounds, "--rate", "16000"), wanted, "padded recordings")
        same(outputs_of(path, sounds, "--scale", "32768"), wanted * 32768, "recordings in steps")


@harness.case
def sets_of_pb_files():
    with harness.temporary_folder() as folder:
        path = model(folder, [helper.make_node("Neg", ["x"], ["y"])], [("x", [1, 4])], [("y", [1, 4])])
        for i in range(3):
            sub = folder / f"test_data_set_{i}"
            sub.mkdir()
            x = np.arange(4, dtype=np.float32)[None] + i
            for name, array in (("input_0", x), ("output_0", -x if i < 2 else x)):
                (sub / f"{name}.pb").write_bytes(numpy_helper.from_array(array).SerializeToString())
        harness.burin("verify", path, "--data", folder / "test_data_set_0", "--interpreter")
        harness.burin("verify", path, "--data", folder)  # the first
        result = harness.burin("verify", path, "--data", folder, "--samples", "3", "--interpreter", code=1)
        harness.check("samples=3" in result.stdout and "mismatches=4 " in result.stdout, result.stdout)


@harness.case
def tests_and_verification_on_samples():
    random = np.random.default_rng(4)
    x = random.standard_normal((6, 5)).astype(np.float32)
    w = random.standard_normal((5, 3)).astype(np.float32)
    with harness.temporary_folder() as folder:
        path = model(folder, [helper.make_node("MatMul", ["x", "w"], ["y"])], [("x", ["N", 5])], [("y", ["N", 3])], [("w", w)])
        np.save(folder / "x.npy", x)
        result = harness.burin("verify", path, "--data", folder / "x.npy", "--samples", "4", "--interpreter")
        harness.check("samples=4" in result.stdout and "elements=12 " in result.stdout, result.stdout)
        for count in (1, 3):
            library = folder / f"lib{count}"
            harness.burin("compile", path, "-o", library, "--name", "net", "--data", folder / "x.npy", "--samples", str(count))
            test = (library / "net_test.c").read_text()
            harness.check("x.npy" in test, "the test says where its inputs come from")
            vectors = re.findall(r"input_0\w*\[\d*\]\s*=", test)
            harness.equal(len(vectors), count, "vectors in the test")
            harness.run(["cc", "-std=c99", "-I", library, library / "net_test.c", library / "net.c", library / "net_weights.c", "-lm",
                         "-o", folder / "test"])
            harness.check(harness.run([folder / "test"]).stdout.startswith("PASS"), "the library's own test")


@harness.case
def accuracy_of_folders_and_files():
    """The model's score of a class is the sum of a colour's channel."""
    with harness.temporary_folder() as folder:
        path = model(folder, [helper.make_node("ReduceSum", ["x", "axes"], ["y"], keepdims=0)], [("x", [1, 3, 4, 4])], [("y", [1, 3])],
                     [("axes", np.array([2, 3]))])
        photos = folder / "photos"
        for number, name in enumerate(["blue", "green", "red"]):
            (photos / name).mkdir(parents=True)
            for i in range(4):
                pixels = np.zeros((5, 6, 3), np.uint8)
                pixels[..., number if i else 0] = 100 + i
                write_png(photos / name / f"{i}.png", pixels)

        def accuracy(*flags, code=0):
            return harness.burin("accuracy", path, *flags, code=code)

        result = accuracy("--data", photos, "--reference")
        harness.check("samples=12 correct=10 top1=0.8333" in result.stdout, result.stdout)  # each first one is class 0
        harness.check("reference_correct=10 reference_top1=0.8333 agree=12" in result.stdout, result.stdout)
        result = accuracy("--data", photos, "--interpreter", "--channels", "bgr")
        harness.check("samples=12 correct=4 top1=0.3333" in result.stdout, result.stdout)
        (folder / "labels.csv").write_text("".join(f"{name}/{i}.png,0\n" for name in ("blue", "green", "red") for i in range(4)))
        result = accuracy("--data", photos, "--labels", folder / "labels.csv")
        harness.check("correct=6 top1=0.5000" in result.stdout, result.stdout)
        result = accuracy("--data", photos / "red", code=1)
        harness.check("BRN1808" in result.stderr, result.stderr)
        result = accuracy(code=1)
        harness.check("BRN1808" in result.stderr, result.stderr)
        np.savez(folder / "set.npz", x=np.eye(3, dtype=np.float32)[:, :, None, None] * np.ones((4, 4), np.float32), y=[0, 1, 1])
        harness.check("samples=3 correct=2" in accuracy("--data", folder / "set.npz").stdout, "labels of an archive")
        np.savez(folder / "set.npz", x=np.ones((2, 3, 4, 4), np.float32), y=[0, 3])
        harness.check("BRN1808" in accuracy("--data", folder / "set.npz", code=1).stderr, "a label that is no class")


if __name__ == "__main__":
    harness.main()
