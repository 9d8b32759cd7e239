"""What report.json calls integer only needs no floating point: its machine code has no such instruction and calls nothing but
integer helpers of the C compiler."""
import json
import pathlib
import re
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

# Compiler and flags as the targets have them, and the program that disassembles.
TARGETS = {
    "cortex-m0plus": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m0plus -mthumb", "arm-none-eabi-objdump"),
    "cortex-m3": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m3 -mthumb", "arm-none-eabi-objdump"),
    "cortex-m4": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
                  "arm-none-eabi-objdump"),
    "cortex-m55": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m55 -mthumb -mfloat-abi=hard", "arm-none-eabi-objdump"),
    "rv32imc": ("riscv64-unknown-elf-gcc", "-O2 -march=rv32imc -mabi=ilp32 --specs=picolibc.specs", "riscv64-unknown-elf-objdump"),
}
# All that an integer program may call: copies, and arithmetic of 32 and 64 bits.
HELPERS = re.compile(r"mem(cpy|set|move)|__aeabi_(memcpy|memset|memmove|memclr)\d*|__aeabi_u?i?l?(idiv|idivmod|ldivmod|lmul|lcmp|lsl|lsr|asr)"
                     r"|__aeabi_l(mul|lsl|lsr|asr)|__aeabi_ul?(cmp|divmod)|__aeabi_u?ldivmod|__aeabi_u?idiv(mod)?"
                     r"|__gnu_thumb1_case_\w+|__u?(mul|div|mod|divmod|ashl|ashr|lshr|neg|cmp)[ds]i[234]|__clz[ds]i2")
FLOAT_INSTRUCTION = re.compile(r"\s(v(add|sub|mul|div|fma|fms|mla|mls|cvt|cmp|neg|abs|sqrt|nmul)\w*\.f|f(add|sub|mul|div|cvt)\.)")


def floats_in(listing, undefined):
    """Instructions of floats in a disassembly, and what the object calls that isn't an integer helper."""
    problems = [line.strip() for line in listing.splitlines() if FLOAT_INSTRUCTION.search(line)]
    names = [line.split()[-1] for line in undefined.splitlines() if line.strip()]
    # The tables of weights are another file's.
    return problems + [name for name in names if not name.startswith("net_") and not HELPERS.fullmatch(name)]


def compiled(model, target, folder):
    """The report of the model with as many integers at its boundary as it has."""
    flags = []
    harness.burin("compile", model, "-o", folder / "plain", "--name", "net", "--target", target)
    report = json.loads((folder / "plain" / "report.json").read_text())
    for tensor in report["inputs"] + report["outputs"]:
        if tensor["ctype"] == "float":
            tried = flags + ["--io", f"{tensor['name']}=quantized"]
            done = harness.burin("compile", model, "-o", folder / "out", "--name", "net", "--target", target, *tried, code=None)
            flags = tried if done.returncode == 0 else flags
    harness.burin("compile", model, "-o", folder / "out", "--name", "net", "--target", target, *flags)
    return json.loads((folder / "out" / "report.json").read_text())


def check(model, target):
    compiler, flags, objdump = TARGETS[target]
    with harness.temporary_folder() as folder:
        report = compiled(model, target, folder)
        harness.run([compiler, *flags.split(), "-std=c99", "-ffreestanding", "-I", folder / "out", "-c",
                     folder / "out" / "net.c", "-o", folder / "net.o"])
        listing = harness.run([objdump, "-d", folder / "net.o"]).stdout
        undefined = harness.run([objdump.replace("objdump", "nm"), "-u", folder / "net.o"]).stdout
    problems = floats_in(listing, undefined)
    if not report["integer_only"]:
        layers = [f"{l['name']}: {l['float_because']}" for l in report["layers"] if l.get("arithmetic") == "float"]
        return harness.Skip("; ".join(layers)) if problems else "the report says floats, the code has none"
    return f"floats in the code: {problems[:5]}" if problems else None


@harness.group
def run_functions_without_floats():
    names = sorted(path.parent.name for path in harness.data("models").glob("*/model.onnx")
                   if re.search(r"int8|_q$|_qdq$|_quant", path.parent.name))
    targets = TARGETS if harness.FULL else {"cortex-m0plus": None, "rv32imc": None}
    for name in names:
        for target in targets:
            yield f"{name} on {target}", check(harness.data("models", name, "model.onnx"), target)


@harness.group
def sixteen_bit_networks_without_floats():
    """What `burin quantize --scheme w8a16` makes of float networks has nothing but integers between its boundaries."""
    with harness.temporary_folder() as folder:
        pixels = np.load(harness.ROOT / "examples/digits/samples.npz")["pixels"][:50].astype(np.float32) / np.float32(16)
        np.save(folder / "digits.npy", pixels)
        nets = [("digits", harness.ROOT / "examples/digits/float/model.onnx", folder / "digits.npy")]
        for name, labelled in (("mlperf_kws_dscnn_f32", "kws_sc12_mfcc"), ("mlperf_ic_resnet8_f32", "cifar10_jpeg")):
            model, data = harness.DATA / "models" / name / "model.onnx", harness.DATA / "labelled" / labelled / "calib_x.npy"
            if model.exists() and data.exists():
                nets.append((name, model, data))
        for name, model, data in nets:
            path = folder / f"{name}.onnx"
            harness.burin("quantize", model, "--scheme", "w8a16", "--data", data, "--samples", "20", "-o", path)
            for target in TARGETS if harness.FULL else ("cortex-m0plus", "rv32imc"):
                problem = check(path, target)
                yield f"{name} on {target}", f"not integer only: {problem}" if isinstance(problem, harness.Skip) else problem


if __name__ == "__main__":
    harness.main()
