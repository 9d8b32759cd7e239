"""Short seeded runs of the fuzzers (README.md): random graphs, and damaged models through reader and compiler.

BURIN_FUZZ_SEED repeats or varies them. With --full, 20 000 graphs, and libFuzzer's targets with AddressSanitizer."""
import os
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path += [str(FOLDER), str(FOLDER.parent / "support")]
import fuzz_graphs
import harness
from generate import random_program

SEED = int(os.environ.get("BURIN_FUZZ_SEED", 1))
GRAPHS = 20000 if harness.FULL else 120
SANITIZED = harness.ROOT / "build/fuzzers"
LIMITS = ["-rss_limit_mb=2560", "-malloc_limit_mb=512", "-timeout=60", "-max_len=8000"]


@harness.case
def random_graphs():
    outcomes, reports = fuzz_graphs.run(GRAPHS, SEED)
    harness.check(not reports, f"BURIN_FUZZ_SEED={SEED}\n" + "\n".join(reports))
    refused = sum(kind == "refused" for kind, _, _ in outcomes)
    harness.check(refused < GRAPHS / 20 + 5, f"{refused} of {GRAPHS} graphs are refused: they test nothing")


def write_seeds(folder, graphs):
    """The shipped models and small random ones."""
    shipped = [*(harness.ROOT / "tests/models/regress").glob("*/model.onnx"), *(harness.ROOT / "examples").glob("*/*/model.onnx")]
    for path in shipped:
        (folder / ("_".join(path.parts[-3:-1]) + ".onnx")).write_bytes(path.read_bytes())
    for number in range(graphs):
        (folder / f"random_{number}.onnx").write_bytes(random_program(SEED, number).model().SerializeToString())


@harness.group
def damaged_models():
    with harness.temporary_folder() as folder:
        write_seeds(folder, 40)
        for target, runs in (("Reader", 4000), ("Compiler", 4000)):
            last = folder.parent / f"burin-fuzz-{target}-{os.getpid()}.onnx"
            program = harness.BURIN.parent / f"{target}Fuzzer"
            result = harness.run([program, f"-runs={runs}", f"-seed={SEED}", folder], code=None,
                                 env=dict(os.environ, BURIN_FUZZ_LAST=str(last)))
            if result.returncode == 0:
                last.unlink(missing_ok=True)
            yield target, None if result.returncode == 0 else f"seed {SEED}, input kept as {last}: {result.stderr[-1500:]}"


@harness.group(full=True)
def sanitized_targets():
    """libFuzzer with AddressSanitizer, in a build of its own."""
    harness.run(["cmake", "-S", harness.ROOT, "-B", SANITIZED, "-G", "Ninja", "-DBURIN_FUZZERS=ON", "-DCMAKE_BUILD_TYPE=Release",
                 "-DCMAKE_CXX_FLAGS_RELEASE=-O1", "-DCMAKE_C_COMPILER=clang-22", "-DCMAKE_CXX_COMPILER=clang++-22"])
    harness.run(["ninja", "-C", SANITIZED, "ReaderFuzzer", "CompilerFuzzer"], timeout=3600)
    for target in ("Reader", "Compiler"):
        with harness.temporary_folder() as folder:
            write_seeds(folder, 150)
            result = harness.run([SANITIZED / f"bin/{target}Fuzzer", "-runs=200000", f"-seed={SEED}", *LIMITS, folder], code=None,
                                 timeout=3600)
            yield target, None if result.returncode == 0 else result.stderr[-2500:]


if __name__ == "__main__":
    harness.main()
