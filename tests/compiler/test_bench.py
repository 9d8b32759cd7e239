"""burin bench: its figures are consistent, repeatable, and those that other tools find. No time is asserted."""
import json
import os
import pathlib
import re
import shutil
import sys

import numpy as np
import onnx

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

DIGITS = harness.ROOT / "examples/digits/int8"
MODEL, DATA = DIGITS / "model.onnx", DIGITS / "test_data_set_0"
PLUGIN = harness.BURIN.resolve().parents[1] / "lib/burin-count.so"
BOARD = harness.ROOT / "compiler/verify/boards/mps2-an386"
# target -> its compiler, and the program that prints sizes
TARGETS = {"c99": ("cc", "size"), "cortex-m4": ("arm-none-eabi-gcc", "arm-none-eabi-size"),
           "cortex-m0plus": ("arm-none-eabi-gcc", "arm-none-eabi-size"), "cortex-m55": ("clang-22", "arm-none-eabi-size"),
           "rv32imc": ("riscv64-unknown-elf-gcc", "riscv64-unknown-elf-size"),
           "rv32imcv": ("clang-22", "riscv64-unknown-elf-size")}
# What makes a clang compile for the C library of a gcc
FOREIGN = {"cortex-m55": ["--target=arm-none-eabi", "-isystem", "/usr/lib/arm-none-eabi/include"],
           "rv32imcv": ["--target=riscv64-unknown-elf", "-isystem", "/usr/lib/picolibc/riscv64-unknown-elf/include"]}
EMULATED = [t for t in TARGETS if t != "c99"]
M4 = ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]
M4_LINK = ["--specs=rdimon.specs", "-Wl,--no-warn-rwx-segments", f"-T{BOARD / 'link.ld'}", "-lm", BOARD / "startup.c"]
QEMU = ["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
        "-semihosting-config", "enable=on,target=native"]


def bench(*flags, model=MODEL, **options):
    return json.loads(harness.burin("bench", model, "--json", *flags, **options).stdout)


def needs(*programs):
    for program in programs:
        if not shutil.which(program):
            harness.skip(f"{program} is not installed")


def report(folder, *flags, model=MODEL):
    harness.burin("compile", model, "-o", folder / "lib", "--name", "net", *flags)
    return json.loads((folder / "lib/report.json").read_text())


def problem_of_figures(target, folder):
    """What is inconsistent in the figures of one target; None if nothing is."""
    needs(TARGETS[target][0])
    plan = ["--target", target, "--schedule", "streams"]
    flags = [*plan, "--data", DATA, "--layers"]
    said, stated = bench(*flags), report(folder, *plan)
    harness.equal([c["source"] for c in said["checks"]], ["interpreter", "test_data_set_0"], "sources of outputs")
    harness.check(said["passed"] and said["checks"][0]["mismatches"] == 0, "the output is wrong")
    harness.equal(said["ram"], {k: stated["ram"][k] for k in ("arena", "state", "total")}, "ram")
    harness.equal(said["report"], stated["flash"], "what report.json says of flash")
    harness.equal(said["stack"]["bound"], stated["ram"]["stack_bound"], "bound of the stack")
    harness.check(16 <= said["stack"]["used"] <= said["stack"]["bound"], f"stack {said['stack']}")
    layers = {l["name"]: l for l in said["layers"]}
    harness.equal({n: l["macs"] for n, l in layers.items()}, {l["name"]: l["macs"] for l in stated["layers"]}, "MACs")
    harness.equal(said["macs"], stated["macs"], "all MACs")
    # What a stream calls row by row is called once for each row of its result.
    rows = {l["name"]: l["shape"][1] if "stream" in l else 1 for l in stated["layers"]}
    harness.equal({n: l["calls"] for n, l in layers.items()}, rows, "calls")
    harness.check(any(n > 1 for n in rows.values()), "the model has a stream")
    unit, other = ("time_ns", "instructions") if target == "c99" else ("instructions", "time_ns")
    harness.check(said[unit] > 0 and other not in said, f"either time or instructions: {said}")
    harness.check(all(l[unit] >= 0 for l in layers.values()), "costs of layers")
    if target == "c99":
        harness.check(said["repetitions"] >= 3, f"{said['repetitions']} repetitions")
        return
    again = bench(*flags)
    harness.equal(again, said, "a second run")
    total = sum(l["instructions"] for l in layers.values()) + said["between_layers"]["instructions"]
    harness.equal((total, said["inlined_layers"]), (said["instructions"], []), "sum of the layers")
    harness.equal(sum(f["instructions"] for f in said["functions"]), said["instructions"], "sum of the functions")
    harness.check(said["between_layers"]["instructions"] < said["instructions"] / 50, "most is between layers")
    harness.check(all(l["instructions"] > l["macs"] / 8 for l in layers.values()), "a layer without its kernel")


@harness.group
def figures_are_consistent():
    with harness.temporary_folder() as folder:
        for target in TARGETS:
            try:
                yield target, problem_of_figures(target, folder)
            except harness.Failure as failure:
                yield target, str(failure)
            except harness.Skip as reason:
                yield target, reason


@harness.group
def sizes_are_those_that_size_prints():
    with harness.temporary_folder() as folder:
        for target, (compiler, size) in TARGETS.items():
            if not shutil.which(compiler):
                yield target, harness.Skip(f"{compiler} is not installed")
                continue
            said = bench("--target", target, "--name", "net", "--cflags=-Os")
            report(folder, "--target", target)
            found = [0, 0, 0]
            for source in ("net.c", "net_weights.c"):
                object_file = folder / (source + ".o")
                harness.run([compiler, *FOREIGN.get(target, []), *said["flags"].split(), "-std=c99", "-ffunction-sections",
                             "-c", folder / "lib" / source, "-o", object_file])
                columns = harness.run([size, object_file]).stdout.splitlines()[1].split()[:3]
                found = [a + int(b) for a, b in zip(found, columns)]
            o = said["objects"]
            mine = [o["text"] + o["rodata"] + o["other"], o["data"], o["bss"]]
            # Between the constants and what is in flash are tables of the kernels and of the layers' addresses.
            near = said["report"]["constants"] <= o["rodata"] + o["data"] <= said["report"]["constants"] + 600
            yield target, None if mine == found and near else f"size says {found}, bench {o}, report {said['report']}"


@harness.case
def the_stack_is_that_of_the_frames_that_gcc_reports():
    needs("arm-none-eabi-gcc", "qemu-system-arm")
    with harness.temporary_folder() as folder:
        layers = report(folder, "--target", "cortex-m4")["layers"]
        said = bench("--target", "cortex-m4")
        harness.run(["arm-none-eabi-gcc", *said["flags"].split(), "-std=c99", "-ffunction-sections", "-fstack-usage",
                     "-c", "lib/net.c", "-o", "net.o"], cwd=folder)
        frames = {}
        for line in (folder / "net.su").read_text().splitlines():
            place, size, _ = line.split("\t")
            frames[place.split(":")[-1].split(".")[0]] = int(size)
        # From NAME_run to the kernel of each layer; below that only what kernels call.
        chains = [frames["net_run"] + frames.get("net_" + l.get("stream", ""), 0) + frames["net_" + l["name"]]
                  + frames.get(l["kernel"], 0) for l in layers]
        helpers = sum(size for name, size in frames.items()
                      if name.startswith("brn_") and name not in {l["kernel"] for l in layers})
        used = said["stack"]["used"]
        harness.check(max(chains) <= used <= max(chains) + helpers, f"{used} used, frames {frames}")


KNOWN = r"""
#include <stdint.h>
#define CODE(name, text) __attribute__((naked, noinline)) void name(void) { __asm__ volatile(text); }
CODE(bench_reset, "nop\n bx lr")
CODE(bench_begin, "nop\n nop\n bx lr")
CODE(bench_end, "nop\n nop\n nop\n bx lr")
CODE(kernel, "movs r0, #100\n 1: subs r0, #1\n bne 1b\n bx lr")          /* 1 + 100 * 2 + 1 = 202 */
CODE(layer_a, "push {r4, lr}\n bl kernel\n bl kernel\n pop {r4, pc}")    /* 4, and two kernels: 408 */
CODE(layer_b, "b common")                                                /* 1, and what is in layer_c */
CODE(layer_c, "nop\n .global common\n common: movs r1, #3\n 2: subs r1, #1\n bne 2b\n bx lr") /* 1 + 6 + 1 = 8 */
CODE(net_run, "push {r4, lr}\n bl layer_a\n bl layer_b\n bl layer_a\n pop {r4, pc}")          /* 5 */
int main(void)
{
    bench_begin(); net_run(); bench_end();
    bench_reset();
    net_run();
    bench_begin(); net_run(); bench_end();
    kernel();
    return 0;
}
"""


@harness.case
def the_plugin_counts_what_was_written_by_hand():
    needs("arm-none-eabi-gcc", "arm-none-eabi-nm", "qemu-system-arm")
    with harness.temporary_folder() as folder:
        (folder / "known.c").write_text(KNOWN)
        harness.run(["arm-none-eabi-gcc", "-O1", *M4, "known.c", "-o", "known.elf", *M4_LINK], cwd=folder)
        kinds = {"main": 1, "net_run": 1, "kernel": 0, "layer_a": 2, "layer_b": 2, "layer_c": 2}
        address = {}
        for line in harness.run(["arm-none-eabi-nm", "-S", folder / "known.elf"]).stdout.splitlines():
            words = line.split()
            if len(words) == 4 and words[3] in (*kinds, "bench_reset", "bench_begin", "bench_end"):
                address[words[3]] = (int(words[0], 16) & ~1, int(words[1], 16))
        ordered = sorted(kinds, key=address.get)
        (folder / "functions.txt").write_text(
            "".join(f"{address[n][0]:x} {address[n][1]:x} {kinds[n]}\n" for n in ordered))
        markers = "".join(f",{m}={address['bench_' + m][0]:#x}" for m in ("reset", "begin", "end"))
        plugin = f"{PLUGIN},functions=functions.txt,out=counts.txt{markers}"
        harness.run([*QEMU, "-plugin", plugin, "-kernel", "known.elf"], cwd=folder)
        lines = [tuple(map(int, l.split())) for l in (folder / "counts.txt").read_text().splitlines()]
        counts = dict(zip(ordered, lines))
        del counts["main"]  # where it is in the midst of its own calls
        # own, with what it calls, entered
        harness.equal(counts, {"kernel": (4 * 202, 0, 0), "layer_a": (2 * 4, 2 * (4 + 2 * 202), 2),
                               "layer_b": (1, 9, 1), "layer_c": (8, 0, 0), "net_run": (5, 5, 4)}, "counts")


SYSTICK = r"""
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "net.h"
#define SYST ((volatile uint32_t *)0xE000E010)
static net_arena arena;
static const uint8_t input[] = { @INPUT@ };
int main(void)
{
    memcpy(net_in_image(&arena), input, sizeof input);
    SYST[1] = 0xFFFFFFu;
    SYST[2] = 0u;
    SYST[0] = 5u; /* the processor's clock, 25 MHz */
    while (SYST[2] == 0u) { }
    const uint32_t before = SYST[2];
    net_run(&arena);
    const uint32_t after = SYST[2];
    printf("ticks %lu\n", (unsigned long)(before - after));
    return 0;
}
"""


@harness.case
def the_count_is_that_of_a_clock():
    """QEMU's own clock of instructions: with -icount shift=0 one takes 1 ns, and a tick of 25 MHz is 40 of them."""
    needs("arm-none-eabi-gcc", "qemu-system-arm")
    with harness.temporary_folder() as folder:
        report(folder, "--target", "cortex-m4")
        tensor = onnx.TensorProto()
        tensor.ParseFromString((DATA / "input_0.pb").read_bytes())
        values = onnx.numpy_helper.to_array(tensor).tobytes()
        (folder / "main.c").write_text(SYSTICK.replace("@INPUT@", ", ".join(map(str, values))))
        sources = ["main.c", "lib/net.c", "lib/net_weights.c"]
        harness.run(["arm-none-eabi-gcc", "-O2", *M4, "-Ilib", *sources, "-o", "net.elf", *M4_LINK], cwd=folder)
        said = harness.run([*QEMU, "-icount", "shift=0", "-kernel", "net.elf"], cwd=folder).stdout
        ticks = int(re.search(r"ticks (\d+)", said)[1])
    counted = bench("--target", "cortex-m4", "--data", DATA)["instructions"]
    harness.check(abs(ticks * 40 - counted) < counted / 100, f"{ticks} ticks of 40, {counted} counted")


@harness.case
def flags_and_compilers_make_a_difference():
    needs("arm-none-eabi-gcc", "qemu-system-arm")
    small, fast = (bench("--target", "cortex-m4", "--cflags=" + flags) for flags in ("-Os", "-O3 -DBURIN_TEST"))
    harness.check(fast["flags"].endswith("-O3 -DBURIN_TEST") and "-O2" not in fast["flags"], fast["flags"])
    harness.check(small["objects"]["text"] < fast["objects"]["text"], "-Os is larger")
    harness.check(small["instructions"] > fast["instructions"], "-Os is faster")
    harness.equal(small["objects"]["rodata"], fast["objects"]["rodata"], "constants")
    if shutil.which("clang-22"):
        for target in EMULATED:
            needs(TARGETS[target][0])
            said = bench("--target", target, "--cc", "clang-22", "--data", DATA)
            harness.check(said["passed"] and "clang version" in said["compiler"], f"{target}: {said['compiler']}")
    none = bench("--target", "cortex-m4", "--cflags=-O2 -flto")
    harness.check(none["objects"] is None and none["passed"], f"objects without code: {none['objects']}")


@harness.case
def rows_that_are_pushed_are_all_counted():
    needs("arm-none-eabi-gcc", "qemu-system-arm")
    whole = bench("--target", "cortex-m4", "--io", "image=nhwc,quantized", "--layers")
    rows = bench("--target", "cortex-m4", "--io", "image=nhwc,quantized", "--layers", "--push-rows")
    harness.check(rows["passed"] and "rows" in rows["ram"], f"{rows['ram']}")
    harness.check(abs(rows["instructions"] / whole["instructions"] - 1) < 0.05,
                  f"{rows['instructions']} row by row, {whole['instructions']} as a whole")
    harness.equal([(l["kind"], l["macs"]) for l in rows["layers"] if l["macs"]],
                  [(l["kind"], l["macs"]) for l in whole["layers"] if l["macs"]], "layers")


def expect(code, *arguments, **options):
    result = harness.burin("bench", MODEL, *arguments, code=1, **options)
    harness.check(f"error {code}" in result.stderr, f"no {code} in: {result.stderr[-600:]}")
    return result.stdout


@harness.case
def what_goes_wrong_has_a_number():
    needs("arm-none-eabi-gcc", "qemu-system-arm")
    harness.equal(expect("BRN1502", "--target", "abacus"), "", "standard output")
    harness.equal(expect("BRN1801", "--cc", "no-such-compiler"), "", "standard output")
    harness.equal(expect("BRN1803", "--json", "--cflags=-fno-such-flag"), "", "standard output")
    expect("BRN1506", "--tolerance", "1e-3")
    expect("BRN1809", "--target", "cortex-m4", "--cflags=-O2 -s")
    with harness.temporary_folder() as folder:
        (folder / "crash.h").write_text("__attribute__((constructor)) static void crash(void) { __builtin_trap(); }\n")
        harness.equal(expect("BRN1806", "--json", f"--cflags=-include {folder / 'crash.h'}"), "", "standard output")
    harness.check("--samples" in harness.burin("bench", MODEL, "--samples", "3", code=1).stderr, "--samples is taken")


@harness.case
def a_wrong_output_fails():
    with harness.temporary_folder() as folder:
        shutil.copytree(DATA, folder / "wrong")
        tensor = onnx.TensorProto()
        tensor.ParseFromString((DATA / "output_0.pb").read_bytes())
        values = onnx.numpy_helper.to_array(tensor) + np.float32(3)
        wrong = onnx.numpy_helper.from_array(values, tensor.name)
        (folder / "wrong/output_0.pb").write_bytes(wrong.SerializeToString())
        said = json.loads(expect("BRN1810", "--json", "--data", folder / "wrong"))
        harness.equal((said["passed"], [c["mismatches"] for c in said["checks"]]), (False, [0, 10]), "what differs")


@harness.case
def without_the_plugin_nothing_is_counted():
    needs("arm-none-eabi-gcc", "qemu-system-arm")
    with harness.temporary_folder() as folder:
        shutil.copy(harness.BURIN, folder / "burin")
        result = harness.run([folder / "burin", "bench", MODEL, "--target", "cortex-m4"], code=1)
        harness.check("error BRN1809" in result.stderr and result.stdout == "", result.stderr + result.stdout)
        shutil.copy(PLUGIN, folder)
        harness.run([folder / "burin", "bench", MODEL, "--target", "cortex-m4"])


@harness.case
def no_file_is_left_in_the_temporary_folder():
    with harness.temporary_folder() as folder:
        harness.burin("bench", MODEL, "--layers", env=dict(os.environ, TMPDIR=str(folder)))
        harness.equal(list(folder.iterdir()), [], "the temporary folder")


if __name__ == "__main__":
    harness.main()
