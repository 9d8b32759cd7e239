"""Every kernel fragment compiles without a warning, as C99, C11 and C++17, with gcc and clang, for hosts and for
microcontrollers: all together, and each in a file of its own with what it includes. The expansion itself refuses
sources that break its rules.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

RUNTIME = harness.ROOT / "runtime-min"
EMBED = RUNTIME / "tools/embed.py"
WARNINGS = ("-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-align -Wundef -Wvla "
            "-Wdouble-promotion -Wno-unused-function -Werror").split()
C_WARNINGS = ["-Wstrict-prototypes", "-Wmissing-prototypes"]
COMPILERS = {  # name of the case: command
    "gcc": ["gcc"],
    "clang": ["clang-22"],
    "cortex-m0plus": ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"],
    "cortex-m4f": ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
    "rv32imac": ["riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "-march=rv32imac", "-mabi=ilp32"],
    "g++": ["g++"],
    "clang++": ["clang++-22"],
}
STANDARDS = {"gcc": ["c99", "c11"], "clang": ["c99", "c11"], "g++": ["c++17"], "clang++": ["c++17"]}  # others: c99


def expand(folder):
    """Writes the fragments to folder/fragments and returns their paths from there."""
    harness.run([sys.executable, EMBED, "--sources", RUNTIME, "--out", folder])
    fragments = folder / "fragments"
    return sorted(path.relative_to(fragments).as_posix() for path in fragments.rglob("*.h")
                  if path.parent.parent.name != "isa" or path.parent.name == "c99")


def put_in_place(folder, isa):
    """Makes folder/isa a folder of headers that take the places of those which define the same functions in plain C."""
    fragments, place = folder / "fragments", folder / isa
    own = {path.name for path in (fragments / "isa" / isa).glob("*.h")}
    for path in fragments.rglob("*.h"):
        if path.name in own and path.parent.name != isa:
            header = place / path.relative_to(fragments)
            header.parent.mkdir(parents=True, exist_ok=True)
            header.write_text(f'#include "isa/{isa}/{path.name}"\n')
    return place


def compile_includes(folder, compiler, standard, headers, name, *options):
    """Compiles a file that includes the headers; returns the compiler's complaints."""
    cpp = standard.startswith("c++")
    source = folder / (name + (".cpp" if cpp else ".c"))
    source.write_text("".join(f'#include "{header}"\n' for header in headers))
    result = harness.run([*COMPILERS[compiler], f"-std={standard}", *WARNINGS, *([] if cpp else C_WARNINGS),
                          *options, "-I", folder / "fragments", source], code=None)
    return "" if result.returncode == 0 else result.stderr[:2000]


@harness.group
def all_together():
    with harness.temporary_folder() as folder:
        headers = expand(folder)
        harness.check(len(headers) > 500, f"only {len(headers)} fragments")
        for compiler, command in COMPILERS.items():
            for standard in STANDARDS.get(compiler, ["c99"]):
                if not shutil.which(command[0]):
                    yield f"{compiler} {standard}", harness.Skip(f"{command[0]} is not installed")
                    continue
                # Optimised: some warnings need the flow of values.
                problem = compile_includes(folder, compiler, standard, headers, "all",
                                           "-O2", "-c", "-o", folder / "all.o")
                yield f"{compiler} {standard}", problem or None


ARM = "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard".split()
VOCABULARIES = {  # compilers of each
    "armv6m": {
        "gcc": ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"],
        "clang": ["clang-22", "--target=arm-none-eabi", "-isystem", "/usr/lib/arm-none-eabi/include",
                  "-mcpu=cortex-m0plus", "-mthumb"],
    },
    "armv7m": {
        "gcc": ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb"],
        "clang": ["clang-22", "--target=arm-none-eabi", "-isystem", "/usr/lib/arm-none-eabi/include", "-mcpu=cortex-m3",
                  "-mthumb"],
    },
    "helium": {
        "gcc": ["arm-none-eabi-gcc", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"],
        "clang": ["clang-22", "--target=arm-none-eabi", "-isystem", "/usr/lib/arm-none-eabi/include", "-mcpu=cortex-m55",
                  "-mthumb", "-mfloat-abi=hard"],
    },
    "rv32im": {
        "gcc": ["riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "-march=rv32imc", "-mabi=ilp32"],
        "clang": ["clang-22", "--target=riscv32-unknown-elf", "-isystem",
                  "/usr/lib/picolibc/riscv64-unknown-elf/include", "-march=rv32imc", "-mabi=ilp32"],
    },
    "rvv": {
        "clang, 32 bits": ["clang-22", "--target=riscv32-unknown-elf", "-isystem",
                           "/usr/lib/picolibc/riscv64-unknown-elf/include", "-march=rv32imc_zve32x", "-mabi=ilp32"],
        "clang, 64 bits": ["clang-22", "--target=riscv64-linux-gnu", "-isystem", "/usr/riscv64-linux-gnu/include",
                           "-march=rv64gcv"],
    },
    "armv7em": {
        "gcc": ["arm-none-eabi-gcc", *ARM],
        "gcc, no FPU": ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=soft"],
        "clang": ["clang-22", "--target=arm-none-eabi", "-isystem", "/usr/lib/arm-none-eabi/include", *ARM],
    },
}


@harness.group
def vocabularies():
    with harness.temporary_folder() as folder:
        headers = expand(folder)
        for isa in sorted(path.name for path in (folder / "fragments/isa").iterdir() if path.name != "c99"):
            place = put_in_place(folder, isa)
            for name, command in VOCABULARIES[isa].items():
                if not shutil.which(command[0]):
                    yield f"{isa}: {name}", harness.Skip(f"{command[0]} is not installed")
                    continue
                COMPILERS[name] = command
                for level in ("-O0", "-O2", "-Os"):
                    problem = compile_includes(folder, name, "c99", headers, "all", "-I", place, level, "-c", "-o",
                                               folder / "all.o")
                    yield f"{isa}: {name} {level}", problem or None


@harness.case
def each_alone():
    with harness.temporary_folder() as folder:
        for number, header in enumerate(expand(folder)):
            problem = compile_includes(folder, "gcc", "c99", [header], f"alone{number}", "-fsyntax-only")
            harness.check(not problem, f"{header}:\n{problem}")


@harness.case
def only_documented_headers_and_no_machinery():
    with harness.temporary_folder() as folder:
        for header in expand(folder):
            text = (folder / "fragments" / header).read_text()
            system = set(re.findall(r"#include <(.*?)>", text))
            harness.check(system <= {"stdint.h", "stddef.h", "string.h", "math.h"}, f"{header} includes {system}")
            code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
            for word in ("malloc", "restrict", "goto", "#define ", "long "):
                found = [line for line in code.splitlines() if word in line and not line.startswith("#define BRN_")]
                harness.check(not found, f"{header}: {found}")


@harness.case
def a_warning_is_seen():
    with harness.temporary_folder() as folder:
        (folder / "fragments").mkdir()
        (folder / "fragments/bad.h").write_text("static int f(unsigned x) { return x > -1 ? 0 : 1; }\n")
        harness.check(compile_includes(folder, "gcc", "c99", ["bad.h"], "bad", "-fsyntax-only"), "sign comparison")


# --- rules of the expansion -------------------------------------------------------------------------------------------

GOOD = "/* y[0] = x[0]. Source: none. */\nstatic void brn_move_one(const float *x, float *y)\n{\n    y[0] = x[0];\n}\n"


def expansion_of(files):
    """Exit code, complaints and the generated files of an expansion of these sources alone."""
    with harness.temporary_folder() as folder:
        (folder / "in/isa").mkdir(parents=True)
        for path, text in files.items():
            file = folder / "in" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        result = subprocess.run([sys.executable, EMBED, "--sources", folder / "in", "--out", folder / "out"],
                                capture_output=True, text=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
        generated = {path.relative_to(folder / "out").as_posix(): path.read_text()
                     for path in (folder / "out").rglob("*") if path.is_file()}
        return result.returncode, result.stderr, generated


@harness.group
def bad_sources_are_refused():
    template = GOOD.replace("float", "@t.c@").replace("brn_move_one", "brn_@NAME@")
    cases = {
        "no docstring": ({"kernels/a/move_one.h": GOOD.split("\n", 1)[1]}, "no docstring"),
        "missing include": ({"kernels/a/move_one.h": '#include "a/none.h"\n\n' + GOOD}, "there is no a/none.h"),
        "other header": ({"kernels/a/move_one.h": "#include <stdlib.h>\n\n" + GOOD}, "may not include <stdlib.h>"),
        "long line": ({"kernels/a/move_one.h": GOOD.replace("= x[0];", "= x[0];" + " " * 70 + "/* so far away */")},
                      "100 columns"),
        "odd parameter": ({"kernels/a/move_one.h": GOOD.replace("float *y", "float **y")}, "cannot tell"),
        "unknown column": ({"kernels/a/m.tmpl.h": template.replace("x[0];", "@WHAT@;"),
                            "kernels/a/m.tsv": "NAME\tt\nm_@t@\tf32\n"}, "no column WHAT"),
        "unknown type": ({"kernels/a/m.tmpl.h": template, "kernels/a/m.tsv": "NAME\tt\nm_@t@\tf31\n"}, "no type f31"),
        "missing cell": ({"kernels/a/m.tmpl.h": template, "kernels/a/m.tsv": "NAME\tt\nm_f32\n"}, "expected 2"),
        "same name twice": ({"kernels/a/m.tmpl.h": template, "kernels/a/m.tsv": "NAME\tt\nm\tf32 f64\n"},
                            "defined twice"),
        "circle": ({"kernels/a/one.h": '#include "a/two.h"\n\n' + GOOD.replace("move_one", "one"),
                    "kernels/a/two.h": '#include "a/one.h"\n\n' + GOOD.replace("move_one", "two")}, "includes itself"),
    }
    for name, (files, message) in cases.items():
        code, complaint, _ = expansion_of(files)
        yield name, None if code == 1 and message in complaint else f"ended with {code}: {complaint}"


@harness.case
def templates_expand_over_types():
    template = GOOD.replace("float", "@t.c@").replace("brn_move_one", "brn_@NAME@")
    code, complaint, generated = expansion_of({"kernels/a/m.tmpl.h": template,
                                               "kernels/a/m.tsv": "NAME\tt\nmove_@t@\tf32 s16\n"})
    harness.equal((code, complaint), (0, ""), "expansion")
    headers = {path for path in generated if path.endswith(".h")}
    harness.equal(headers, {"fragments/a/move_f32.h", "fragments/a/move_s16.h"}, "fragments")
    harness.check("static void brn_move_s16(const int16_t *x, int16_t *y)\n{" in generated["fragments/a/move_s16.h"],
                  generated["fragments/a/move_s16.h"])
    registration = '{"brn_move_f32", "a", "a/move_f32.h", params_a_move_f32_h, &invoke<&brn_move_f32>}'
    harness.check(registration in generated["a.cpp"], generated["a.cpp"])


@harness.case
def a_kernel_gets_the_operations_it_names():
    isa = ("/* Twice x. */\nstatic int brn_twice(int x)\n{\n    return x + x;\n}\n\n"
           "/* Four times x. */\nstatic int brn_fourfold(int x)\n{\n    return brn_twice(brn_twice(x));\n}\n\n"
           "/* Minus x. */\nstatic int brn_minus(int x)\n{\n    return -x;\n}\n")
    kernel = '#include "isa.h"\n\n' + GOOD.replace("= x[0];", "= (float)brn_fourfold(3) + x[0];")
    code, complaint, generated = expansion_of({"isa/c99.h": isa, "kernels/a/move_one.h": kernel})
    harness.equal((code, complaint), (0, ""), "expansion")
    harness.check('#include "isa/c99/fourfold.h"\n' in generated["fragments/a/move_one.h"], "the operation it names")
    harness.check("minus" not in generated["fragments/a/move_one.h"], "an operation it doesn't name")
    harness.check('#include "isa/c99/twice.h"\n' in generated["fragments/isa/c99/fourfold.h"], "what that one needs")


@harness.case
def vocabularies_share_the_templates_of_a_folder_that_they_include():
    plain = "/* Minus x. */\nstatic int brn_minus_s8(int x)\n{\n    return -x;\n}\n"
    own = "/* Own. */\nstatic int brn_own(int x)\n{\n    return x;\n}\n"
    shared = plain.replace("_s8", "_@t@").replace("-x", "0 - x")
    code, complaint, generated = expansion_of({"isa/c99.h": plain, "isa/one.h": '#include "both"\n\n' + own,
                                               "isa/two.h": own, "isa/both/minus.tmpl.h": shared,
                                               "isa/both/minus.tsv": "NAME\tt\nminus_@t@\ts8 u8\n",
                                               "kernels/a/move_one.h": GOOD})
    harness.equal((code, complaint), (0, ""), "expansion")
    harness.check("0 - x" in generated["fragments/isa/one/minus_u8.h"], "a template of the folder")
    harness.check("fragments/isa/two/minus_s8.h" not in generated, "a vocabulary that doesn't include it")


@harness.case
def expansion_is_deterministic():
    with harness.temporary_folder() as first, harness.temporary_folder() as second:
        for folder in (first, second):
            expand(folder)
        for path in sorted(first.rglob("*")):
            if path.is_file():
                other = second / path.relative_to(first)
                harness.check(path.read_bytes() == other.read_bytes(), f"{path.name} differs")


if __name__ == "__main__":
    harness.main()
