"""Kernels in two forms in one program: brn_NAME over the vocabulary of an ISA and plain_NAME in portable C, for tests that
run both on an emulated board and compare.

    with harness.temporary_folder() as folder:
        twins.write(folder, ["depthwise3_s8_s8"], "armv7em")     # folder/twins.h
        twins.run_on_board(folder, source, "armv7em", "gcc", ["-O2"])   # source includes "twins.h"; raises unless it exits with 0
"""

import pathlib
import re
import shutil
import sys

import harness

RUNTIME = harness.ROOT / "runtime-min"
BOARDS = harness.ROOT / "compiler/verify/boards"
SEMIHOSTING = ["-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native", "-kernel"]
ARM_COMPILERS = {"gcc": ["arm-none-eabi-gcc"],
                 "clang": ["clang-22", "--target=arm-none-eabi", "-isystem", "/usr/lib/arm-none-eabi/include"]}


def arm_link(board):
    """The command that links for a Cortex-M board."""
    return ["arm-none-eabi-gcc", BOARDS / board / "startup.c", "--specs=rdimon.specs", "-Wl,--no-warn-rwx-segments",
            f"-T{BOARDS / board / 'link.ld'}", "-lm"]


ARM_LINK = arm_link("mps2-an386")
RISCV_LINK = ["riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "--oslib=semihost", "--crt0=hosted",
              "-Wl,--defsym=__flash=0x80000000", "-Wl,--defsym=__flash_size=0x3000000", "-Wl,--defsym=__ram=0x83000000",
              "-Wl,--defsym=__ram_size=0x4000000", "-Wl,--defsym=__stack_size=0x10000"]
RISCV_CLANG = ["clang-22", "--target=riscv32-unknown-elf", "-isystem", "/usr/lib/picolibc/riscv64-unknown-elf/include"]
RISCV_MACHINE = ["-M", "virt", "-m", "128M", "-bios", "none", *SEMIHOSTING]
MACHINES = {  # of each vocabulary: compilers, flags, what links, and the machines that run the program
    "armv7em": (ARM_COMPILERS, ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"], ARM_LINK,
                [["qemu-system-arm", "-M", "mps2-an386", *SEMIHOSTING]]),
    "armv6m": (ARM_COMPILERS, ["-mcpu=cortex-m0plus", "-mthumb"], ARM_LINK,
               [["qemu-system-arm", "-M", "mps2-an385", *SEMIHOSTING]]),
    "armv7m": (ARM_COMPILERS, ["-mcpu=cortex-m3", "-mthumb"], ARM_LINK,
               [["qemu-system-arm", "-M", "mps2-an385", *SEMIHOSTING]]),
    "helium": (ARM_COMPILERS, ["-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"], arm_link("mps3-an547"),
               [["qemu-system-arm", "-M", "mps3-an547", *SEMIHOSTING]]),
    "rv32im": ({"gcc": ["riscv64-unknown-elf-gcc", "--specs=picolibc.specs"], "clang": RISCV_CLANG},
               ["-march=rv32imc", "-mabi=ilp32"], RISCV_LINK, [["qemu-system-riscv32", *RISCV_MACHINE]]),
    "rvv": ({"clang": [*RISCV_CLANG, "-march=rv32imc_zve32x_zvl128b", "-fno-vectorize"]}, ["-mabi=ilp32"],
            [*RISCV_LINK, "-march=rv32imc", BOARDS / "riscv-vectors/startup.c"],
            [["qemu-system-riscv32", "-cpu", f"rv32,v=true,vext_spec=v1.0,vlen={bits}", *RISCV_MACHINE]
             for bits in (128, 256, 512)]),
}
INCLUDE = re.compile(r'^#include "(.*)"\n', re.MULTILINE)


def flattened(fragments, path, isa, seen):
    """The text of a fragment after all that it includes, each once; functions that the vocabulary has are its own."""
    own, stem = f"isa/{isa}/{pathlib.PurePath(path).name}", pathlib.PurePath(path).stem
    defined = re.search(rf"^static .*\bbrn_{stem}\(", (fragments / path).read_text(), re.MULTILINE)
    path = own if isa and defined and (fragments / own).exists() else path
    if path in seen:
        return ""
    seen.add(path)
    text = (fragments / path).read_text()
    return "".join(flattened(fragments, include, isa, seen) for include in INCLUDE.findall(text)) + INCLUDE.sub("", text)


def write(folder, kernels, isa):
    """Writes folder/twins.h with the kernels, named without brn_."""
    harness.run([sys.executable, RUNTIME / "tools/embed.py", "--sources", RUNTIME, "--out", folder / "embedded"])
    fragments = folder / "embedded/fragments"
    paths = {path.stem: path.relative_to(fragments).as_posix() for path in fragments.rglob("*.h")
             if path.relative_to(fragments).parts[0] != "isa"}
    text = ""
    for form, prefix in ((isa, "brn_"), (None, "plain_")):
        seen = set()
        code = "".join(flattened(fragments, paths[kernel], form, seen) for kernel in kernels)
        text += re.sub(r"\bbrn_", prefix, code.replace("BRN_", prefix.upper()))
    (folder / "twins.h").write_text(text)


def run_on_board(folder, source, isa, compiler, options):
    """Builds the program for a board of that ISA and runs it on its machines."""
    compilers, machine, link, emulators = MACHINES[isa]
    for tool in (compilers[compiler][0], link[0], emulators[0][0]):
        if not shutil.which(tool):
            harness.skip(f"{tool} is not installed")
    harness.run([*compilers[compiler], "-std=c99", *machine, *options, "-Wall", "-Wextra", "-Wno-unused-function",
                 "-Werror", "-I", folder, "-c", source, "-o", folder / "test.o"])
    harness.run([link[0], *machine, folder / "test.o", *link[1:], "-o", folder / "test.elf"])
    for emulator in emulators:
        harness.run([*emulator, folder / "test.elf"])
