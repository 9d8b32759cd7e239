"""What report.json calls integer only needs no floating point: the machine code of the run function, for machines without a
floating-point unit, calls nothing but integer helpers of the C compiler."""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

# Compiler and flags as the targets have them, and the program that disassembles.
TARGETS = {
    "cortex-m0plus": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m0plus -mthumb", "arm-none-eabi-objdump"),
    "cortex-m3": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m3 -mthumb", "arm-none-eabi-objdump"),
    "cortex-m4": ("arm-none-eabi-gcc", "-O2 -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
                  "arm-none-eabi-objdump"),
    "rv32imc": ("riscv64-unknown-elf-gcc", "-O2 -march=rv32imc -mabi=ilp32", "riscv64-unknown-elf-objdump"),
}
# All that an integer program may call: copies, and arithmetic of 32 and 64 bits.
HELPERS = re.compile(r"mem(cpy|set|move)|__aeabi_(memcpy|memset|memmove|memclr)\d*|__aeabi_u?i?l?(idiv|idivmod|ldivmod|lmul|lcmp|lsl|lsr|asr)"
                     r"|__aeabi_l(mul|lsl|lsr|asr)|__aeabi_ul?(cmp|divmod)|__aeabi_u?ldivmod|__aeabi_u?idiv(mod)?"
                     r"|__gnu_thumb1_case_\w+|__u?(mul|div|mod|divmod|ashl|ashr|lshr|neg|cmp)[ds]i[234]|__clz[ds]i2")
FLOAT_INSTRUCTION = re.compile(r"\s(v(add|sub|mul|div|fma|fms|mla|mls|cvt|cmp|neg|abs|sqrt|nmul)\w*\.f|f(add|sub|mul|div|cvt)\.)")


def functions(listing):
    """{name: (names it refers to, instructions of floats in it)} of a disassembly with relocations."""
    out, name = {}, None
    for line in listing.splitlines():
        if head := re.match(r"[0-9a-f]+ <([^>]+)>:", line):
            name = head.group(1)
            out[name] = (set(), [])
        elif name:
            if "R_" in line:
                out[name][0].add(re.split(r"[-+]0x", line.split()[-1])[0])
            elif target := re.search(r"<([A-Za-z_]\w*)(\.\w+)*(\+0x[0-9a-f]+)?>", line):
                out[name][0].add(target.group(1))
            if FLOAT_INSTRUCTION.search(line):
                out[name][1].append(line.strip())
    return out


def floats_reached(code, start):
    """What the function calls, directly or not, that isn't an integer helper or part of the library."""
    seen, todo, problems = set(), [start], []
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in code:
            # Tables and states are names, too, but in another section: those have the library's prefix.
            if not name.startswith((".", "net_")) and not HELPERS.fullmatch(name):
                problems.append(name)
            continue
        problems += code[name][1]
        todo += code[name][0]
    return problems


def compiled(model, target, folder):
    """The report of the model with as many integers at its boundary as it has."""
    report = None
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
        listing = harness.run([objdump, "-dr", folder / "net.o"]).stdout
    problems = floats_reached(functions(listing), "net_run")
    if not report["integer_only"]:
        layers = [f"{l['name']}: {l['float_because']}" for l in report["layers"] if l.get("arithmetic") == "float"]
        return harness.Skip("; ".join(layers)) if problems else "the report says floats, the code has none"
    return f"floats in the run function: {problems[:5]}" if problems else None


@harness.group
def run_functions_without_floats():
    names = sorted(path.parent.name for path in harness.data("models").glob("*/model.onnx")
                   if re.search(r"int8|_q$|_qdq$|_quant", path.parent.name))
    targets = TARGETS if harness.FULL else {"cortex-m0plus": None, "rv32imc": None}
    for name in names:
        for target in targets:
            yield f"{name} on {target}", check(harness.data("models", name, "model.onnx"), target)


if __name__ == "__main__":
    harness.main()
