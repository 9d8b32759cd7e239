"""Small models for the fuzzers of damaged models to start from.

    build/venv/bin/python tests/fuzz/seeds.py FOLDER

ONNX's own vectors if the shared test data are there, the shipped models, random graphs, and those that tests of operators beyond
ONNX's make; none larger than LARGEST bytes."""
import hashlib
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import harness
from generate import random_program

LARGEST = 1500
RANDOM = 400
# Tests whose models have operators of other domains.
OTHERS = ["tests/frontend/contrib/test_contrib.py", "tests/frontend/ml/test_ml.py", "tests/frontend/quantised/test_qonnx.py"]
# In the place of the compiler: keeps the models that it is given, and fails.
KEEPER = """#!/bin/sh
for argument; do
  case $argument in *.onnx) cp "$argument" "$(mktemp -p "$BURIN_SEEDS" XXXXXXXX.onnx)";; esac
done
exit 1
"""


def models_of(test):
    """The models that a test file gives the compiler, as bytes."""
    with harness.temporary_folder() as folder:
        keeper = folder / "keeper"
        keeper.write_text(KEEPER)
        keeper.chmod(0o755)
        environment = dict(os.environ, BURIN=str(keeper), BURIN_SEEDS=str(folder))
        subprocess.run([sys.executable, harness.ROOT / test], env=environment, capture_output=True)
        return {path.read_bytes() for path in folder.glob("*.onnx")}


def write(folder, random=RANDOM, seed=1, largest=LARGEST, others=()):
    """Writes the models into `folder`, each under a name of its own. `others`: test files whose models are taken, too."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = [*(harness.ROOT / "tests/models/regress").glob("*/model.onnx"), *(harness.ROOT / "examples").glob("*/*/model.onnx")]
    models = {"_".join(path.parts[-3:-1]): path.read_bytes() for path in shipped}
    models |= {f"random_{n}": random_program(seed, n).model().SerializeToString() for n in range(random)}
    with harness.temporary_folder() as unpacked:
        archive = harness.DATA / "onnx_node.tar.zst"
        if archive.exists():
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", unpacked, "--wildcards", "*.onnx"], check=True)
        models |= {path.parent.name: path.read_bytes() for path in unpacked.rglob("*.onnx")}
    for test in others:
        models |= {f"{pathlib.Path(test).stem}_{hashlib.sha256(data).hexdigest()[:16]}": data for data in models_of(test)}
    for name, data in sorted(models.items()):
        if len(data) <= largest:
            (folder / f"{name}.onnx").write_bytes(data)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), others=OTHERS)
