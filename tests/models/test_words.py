"""Whole networks with 16-bit activations and with mixes of 8 and 16 bits: their generated C against ONNX Runtime layer by layer,
the same bits on every target, and no floating point inside."""
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
import numpy as np
import onnx
from onnx import numpy_helper
from quantise_words import quantise

TARGETS = {"cortex-m4": "qemu-system-arm", "cortex-m55": "qemu-system-arm", "rv32imc": "qemu-system-riscv32",
           "aarch64": "qemu-aarch64"}
MIXES = {  # type of the k-th activation
    "int8": lambda k: "int8",
    "int16": lambda k: "int16",
    "uint16": lambda k: "uint16",
    "highway": lambda k: ("int8", "int8", "int16")[k % 3],
    "mixed": lambda k: ("uint8", "uint16", "int16", "int8")[k % 4],
}


def cases():
    """(name, float model, samples, labels); the digits are always there."""
    digits = np.load(harness.ROOT / "examples/digits/samples.npz")
    yield "digits", harness.ROOT / "examples/digits/float/model.onnx", digits
    for name, folder in (("mlperf_kws_dscnn_f32", "kws_sc12_mfcc"), ("mlperf_ic_resnet8_f32", "cifar10_jpeg")):
        model, data = harness.DATA / "models" / name / "model.onnx", harness.DATA / "labelled" / folder
        if model.exists() and data.exists():
            yield name, model, {"x": np.load(data / "calib_x.npy", mmap_mode="r"), "y": np.load(data / "calib_y.npy")}


def sample(data, k):
    """One input of the network: digits' pixels are scaled as its training did."""
    if "pixels" in data:
        return (data["pixels"][k:k + 1] / np.float32(16)).astype(np.float32)
    return np.asarray(data["x"][k:k + 1], np.float32)


def saved(folder, model, x, target, *more):
    """What `burin verify` says of one target, and the bytes of the outputs there."""
    out = folder / target
    (folder / "input_0.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
    result = harness.run([harness.BURIN, "verify", model, "--input", folder / "input_0.pb", "--target", target, "--save", out,
                          *more], code=None)
    if result.returncode != 0:
        return (result.stdout + result.stderr)[-1500:], None
    return None, [p.read_bytes() for p in sorted(out.glob("output_*.pb"))]


def float_routines(folder, model, inputs, outputs):
    """What the library with integers at its boundary calls of the compiler's floating-point routines on a Cortex-M without FPU."""
    boundary = [f"--io={name}=quantized" for name in (*inputs, *outputs)]
    harness.burin("compile", model, "-o", folder / "lib", "--name", "words", "--target", "cortex-m4", *boundary)
    harness.run(["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=soft", "-std=c99", "-O2", "-c",
                 folder / "lib/words.c", "-o", folder / "words.o"])
    symbols = harness.run(["arm-none-eabi-nm", "-u", folder / "words.o"]).stdout.split()
    return [s for s in symbols if re.match(r"__aeabi_([fd]|c[fd]cmp|u?[il]2[fd])", s)]


@harness.group
def no_floating_point_inside():
    if not shutil.which("arm-none-eabi-gcc"):
        yield "cortex-m4", harness.Skip("arm-none-eabi-gcc is not installed")
        return
    name, path, data = next(cases())
    float_model = onnx.load(path)
    for mix, choose in MIXES.items():
        with harness.temporary_folder() as folder:
            quantised = quantise(float_model, [sample(data, k) for k in range(12)], choose)
            onnx.save(quantised, folder / "words.onnx")
            graph = quantised.graph
            found = float_routines(folder, folder / "words.onnx", [graph.input[0].name], [graph.output[0].name])
            yield f"{name}/{mix}", f"calls {found}" if found else None


@harness.group
def whole_networks():
    for name, path, data in cases():
        float_model = onnx.load(path)
        for mix, choose in MIXES.items():
            with harness.temporary_folder() as folder:
                model = folder / "words.onnx"
                onnx.save(quantise(float_model, [sample(data, k) for k in range(12)], choose), model)
                problem, host = saved(folder, model, sample(data, 20), "c99", "--layers", "--tolerance", "atol=0.05,rtol=0.05")
                yield f"{name}/{mix}/layers", problem
                for target, emulator in TARGETS.items():
                    if not shutil.which(emulator):
                        yield f"{name}/{mix}/{target}", harness.Skip(f"{emulator} is not installed")
                        continue
                    problem, got = saved(folder, model, sample(data, 20), target, "--tolerance", "atol=0.05,rtol=0.05")
                    yield f"{name}/{mix}/{target}", problem or (None if got == host else "other outputs than on the host")


if __name__ == "__main__":
    harness.main()
