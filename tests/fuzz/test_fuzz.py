"""Short seeded runs of the fuzzers (README.md): random graphs, and damaged models through reader, importer and compiler.

BURIN_FUZZ_SEED repeats or varies them. With --full, 20 000 graphs, and libFuzzer's targets with AddressSanitizer."""
import os
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path += [str(FOLDER), str(FOLDER.parent / "support")]
import damage
import fuzz_graphs
import harness
import seeds

SEED = int(os.environ.get("BURIN_FUZZ_SEED", 1))
GRAPHS = 20000 if harness.FULL else 120
SANITIZED = harness.ROOT / "build/fuzzers"
LIMITS = ["-rss_limit_mb=2560", "-malloc_limit_mb=512", "-timeout=60", "-max_len=2000", "-reload=0"]
RUNS = {"Reader": 1000000, "Importer": 500000, "Compiler": 100000}
DAMAGED = 100000 if harness.FULL else 3000


@harness.case
def random_graphs():
    outcomes, reports = fuzz_graphs.run(GRAPHS, SEED)
    harness.check(not reports, f"BURIN_FUZZ_SEED={SEED}\n" + "\n".join(reports))
    refused = sum(kind == "refused" for kind, _, _ in outcomes)
    harness.check(refused < GRAPHS / 20 + 5, f"{refused} of {GRAPHS} graphs are refused: they test nothing")


@harness.group
def damaged_models():
    with harness.temporary_folder() as folder, harness.temporary_folder() as wrong:
        seeds.write(folder, random=40, seed=SEED, others=seeds.OTHERS)
        damage.write(folder.glob("*.onnx"), wrong, DAMAGED, SEED)
        for name, target, runs, start in (("Reader", "Reader", 4000, folder), ("Importer", "Importer", 4000, folder),
                                          ("Compiler", "Compiler", 2000, folder), ("Importer, whole but wrong", "Importer", 0, wrong)):
            last = folder.parent / f"burin-fuzz-{target}-{os.getpid()}.onnx"
            program = harness.BURIN.parent / f"{target}Fuzzer"
            result = harness.run([program, f"-runs={runs}", f"-seed={SEED}", start], code=None,
                                 env=dict(os.environ, BURIN_FUZZ_LAST=str(last)))
            if result.returncode == 0:
                last.unlink(missing_ok=True)
            yield name, None if result.returncode == 0 else f"seed {SEED}, input kept as {last}: {result.stderr[-1500:]}"


@harness.group(full=True)
def sanitized_targets():
    """libFuzzer with AddressSanitizer, in a build of its own."""
    harness.run(["cmake", "-S", harness.ROOT, "-B", SANITIZED, "-G", "Ninja", "-DBURIN_FUZZERS=ON", "-DCMAKE_BUILD_TYPE=Release",
                 "-DCMAKE_CXX_FLAGS_RELEASE=-O2", "-DCMAKE_C_COMPILER=clang-22", "-DCMAKE_CXX_COMPILER=clang++-22"])
    harness.run(["ninja", "-C", SANITIZED, *(f"{target}Fuzzer" for target in RUNS)], timeout=3600)
    with harness.temporary_folder() as folder:
        seeds.write(folder / "seeds", seed=SEED, others=seeds.OTHERS)
        for target, runs in RUNS.items():
            corpus = folder / target
            corpus.mkdir()
            result = harness.run([SANITIZED / f"bin/{target}Fuzzer", f"-runs={runs}", f"-seed={SEED}", *LIMITS, corpus, folder / "seeds"],
                                 code=None, timeout=7200, env=dict(os.environ, ASAN_OPTIONS="malloc_context_size=2:quarantine_size_mb=8"))
            yield target, None if result.returncode == 0 else result.stderr[-2500:]
        damage.write((folder / "seeds").glob("*.onnx"), folder / "wrong", DAMAGED, SEED)
        result = harness.run([SANITIZED / "bin/ImporterFuzzer", "-runs=0", *LIMITS, folder / "wrong"], code=None, timeout=7200)
        yield "Importer, whole but wrong", None if result.returncode == 0 else result.stderr[-2500:]


if __name__ == "__main__":
    harness.main()
