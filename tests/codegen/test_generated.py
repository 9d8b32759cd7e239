"""The generated library as its users meet it: strict warnings, C and C++, no heap, bounded stack, same bytes twice."""
import json
import math
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
from strict import C_ONLY, STRICT

COMPILERS = [("gcc", ["-std=c99"] + C_ONLY), ("gcc", ["-std=c11"] + C_ONLY), ("clang-22", ["-std=c99"] + C_ONLY),
             ("g++", ["-std=c++17", "-x", "c++"]), ("clang++-22", ["-std=c++17", "-x", "c++"])]
LIBC_ALLOWED = {"memcpy", "memset", "memmove"}
LIBM = {"expf", "logf", "sqrtf", "tanhf", "powf", "erff", "fabsf", "floorf", "ceilf", "exp", "log", "sqrt", "pow", "rintf",
        "nearbyintf", "log1pf", "expm1f", "sinf", "cosf", "fmodf", "fmod"}


def models():
    """(name, path): the project's own models, and the shared ones where they are."""
    for kind in ("float", "int8"):
        yield "digits_" + kind, harness.ROOT / "examples/digits" / kind / "model.onnx", []
    yield "digits_int8_by_rows", harness.ROOT / "examples/digits/int8/model.onnx", ["--schedule", "auto"]
    shared = harness.DATA / "models"
    names = ["mlperf_kws_dscnn_int8", "mlperf_ic_resnet8_int8", "mlperf_ad_ae_int8", "mlperf_vww_mbv1_int8"]
    names += ["ppocr_cls", "fastestdet", "mcunet_detection_int8"] if harness.FULL else []
    for name in names:
        if (shared / name).exists():
            yield name, shared / name / "model.onnx", ["--data", shared / name / "test_data_set_0"]
    if (shared / "mlperf_kws_dscnn_int8").exists():
        yield "mlperf_kws_dscnn_int8_by_rows", shared / "mlperf_kws_dscnn_int8/model.onnx", ["--schedule", "auto"]


def compiled(path, flags, folder, name="net"):
    harness.burin("compile", path, "-o", folder, "--name", name, *flags)
    return folder


@harness.group
def strict_warnings():
    for name, path, flags in models():
        with harness.temporary_folder() as folder:
            library = compiled(path, flags, folder / "lib")
            for compiler, standard in COMPILERS:
                if not shutil.which(compiler):
                    yield f"{name}/{compiler}", harness.Skip("not installed")
                    continue
                for source in ("net.c", "net_weights.c", "net_test.c"):
                    # Weights are numbers only: one compiler is enough for the large tables.
                    if source == "net_weights.c" and compiler != "gcc":
                        continue
                    result = harness.run([compiler, *standard, *STRICT, "-O2", "-c", library / source, "-o", folder / "x.o"],
                                         code=None)
                    problem = None if result.returncode == 0 else result.stderr[:1500]
                    yield f"{name}/{compiler}/{standard[0]}/{source}", problem


@harness.group
def builds_and_passes_its_own_test():
    for name, path, flags in models():
        with harness.temporary_folder() as folder:
            library = compiled(path, flags, folder / "lib")
            harness.run(["cmake", "-S", library, "-B", folder / "build"])
            harness.run(["cmake", "--build", folder / "build"])
            out = harness.run([folder / "build" / "net_test"], code=None).stdout
            yield name, None if out.strip() == "PASS net" else out[-800:]


@harness.group
def same_bytes_twice():
    for name, path, flags in models():
        with harness.temporary_folder() as folder:
            # Another working folder and another output folder must not show.
            first = compiled(path, flags, folder / "a")
            harness.run([harness.BURIN, "compile", path, "-o", folder / "deep" / "b", "--name", "net", *flags], cwd=folder)
            differ = [f.name for f in sorted(first.iterdir()) if f.read_bytes() != (folder / "deep/b" / f.name).read_bytes()]
            yield name, None if not differ else "these differ: " + ", ".join(differ)


@harness.group
def no_heap_and_no_globals():
    for name, path, flags in models():
        with harness.temporary_folder() as folder:
            library = compiled(path, flags, folder / "lib")
            harness.run(["gcc", "-std=c99", "-O2", "-fno-stack-protector", "-fno-pie", "-c", library / "net.c", "-o", folder / "net.o"])
            symbols = harness.run(["nm", folder / "net.o"]).stdout
            wanted = {line.split()[-1] for line in symbols.splitlines() if " U " in line}
            foreign = {s for s in wanted if not s.startswith("net_") and s != "_GLOBAL_OFFSET_TABLE_"}
            writable = re.findall(r" [bBdDC] (\S+)", symbols)
            problem = None
            if foreign - LIBC_ALLOWED - LIBM:
                problem = "needs " + ", ".join(sorted(foreign - LIBC_ALLOWED - LIBM))
            elif writable:
                problem = "writable globals " + ", ".join(writable)
            yield name, problem


def stack_of(folder, library, compiler, flags):
    """Sum of the frames of the deepest call chain, by -fstack-usage and the order run -> layer -> kernel -> helpers."""
    harness.run([compiler, "-std=c99", *flags, "-fstack-usage", "-c", library / "net.c", "-o", folder / "net.o"], cwd=folder)
    frames = {}
    for line in (folder / "net.su").read_text().splitlines():
        where, size, _ = line.split("\t")
        frames[where.rsplit(":", 1)[-1]] = int(size)
    run = max((v for k, v in frames.items() if k in ("net_run", "net_run_next")), default=0)
    kernels = sorted((v for k, v in frames.items() if k.startswith("brn_")), reverse=True)
    layers = max((v for k, v in frames.items() if k.startswith("net_") and k not in ("net_run", "net_run_next")), default=0)
    # Kernels call at most two helpers below each other: the three largest bound every chain.
    return run + layers + sum(kernels[:3])


@harness.group
def stack_stays_below_its_bound():
    targets = [("c99", "gcc", ["-O2"]), ("c99", "gcc", ["-Os"]), ("c99", "clang-22", ["-O2"]),
               ("cortex-m4", "arm-none-eabi-gcc", ["-O2", "-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]),
               ("cortex-m55", "arm-none-eabi-gcc", ["-O2", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"]),
               ("rv32imc", "riscv64-unknown-elf-gcc", ["-O2", "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"]),
               ("rv32imcv", "clang-22", ["-O2", "--target=riscv32-unknown-elf", "-march=rv32imc_zve32x_zvl128b", "-mabi=ilp32",
                                         "-fno-vectorize", "-isystem", "/usr/lib/picolibc/riscv64-unknown-elf/include"])]
    for name, path, flags in models():
        for target, compiler, options in targets:
            if not shutil.which(compiler):
                yield f"{name}/{target}/{compiler}", harness.Skip("not installed")
                continue
            with harness.temporary_folder() as folder:
                library = compiled(path, [*flags, "--target", target], folder / "lib")
                bound = json.loads((library / "report.json").read_text())["ram"]["stack_bound"]
                used = stack_of(folder, library, compiler, options)
                problem = None
                if used > bound:
                    problem = f"uses {used} B, bound {bound} B"
                elif target == "cortex-m4" and "int8" in name and used >= 1024:
                    problem = f"uses {used} B on a Cortex-M4"
                yield f"{name}/{target}/{compiler}/{options[0]}", problem


@harness.case
def a_stale_pair_stops_the_build():
    with harness.temporary_folder() as folder:
        library = compiled(harness.ROOT / "examples/digits/int8/model.onnx", [], folder / "lib")
        header = (library / "net.h").read_text()
        stale = re.sub(r"(NET_MODEL_ID\s+)0x[0-9A-F]{8}u", r"\g<1>0x00000001u", header)
        harness.check(stale != header, "the header has no model id")
        (library / "net.h").write_text(stale)
        result = harness.run(["gcc", "-std=c99", "-c", library / "net.c", "-o", folder / "x.o"], code=1)
        harness.check("different runs" in result.stderr, result.stderr)


@harness.case
def run_next_equals_run():
    main = """#include "net.h"
#include <string.h>
static net_arena a, b;
int main(void)
{
    uint32_t step = 0u;
    net_status s;
    memset(net_input(&a, 0u), 3, NET_IN_BYTES);
    memset(net_input(&b, 0u), 3, NET_IN_BYTES);
    if (net_run(&a) != NET_OK) { return 1; }
    do { s = net_run_next(&b, &step); } while (s == NET_OK);
    if (s != NET_DONE || step != NET_STEPS) { return 2; }
    if (net_run_next(&b, &step) != NET_ERR_STEP || net_run(NULL) != NET_ERR_NULL) { return 3; }
    if (net_input(&a, 9u) != NULL || net_output(&a, 9u) != NULL) { return 4; }
    return memcmp(net_output(&a, 0u), net_output(&b, 0u), NET_OUT_BYTES) == 0 ? 0 : 5;
}
"""
    with harness.temporary_folder() as folder:
        library = compiled(harness.ROOT / "examples/digits/float/model.onnx", [], folder / "lib")
        report = json.loads((library / "report.json").read_text())
        size = lambda t: 4 * math.prod(t["shape"])
        (folder / "main.c").write_text("#include <stddef.h>\n" + main)
        harness.run(["gcc", "-std=c99", f"-DNET_IN_BYTES={size(report['inputs'][0])}u",
                     f"-DNET_OUT_BYTES={size(report['outputs'][0])}u", "-I", library, folder / "main.c", library / "net.c",
                     library / "net_weights.c", "-lm", "-o", folder / "main"])
        harness.run([folder / "main"])


if __name__ == "__main__":
    harness.main()
