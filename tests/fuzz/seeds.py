"""Small models for the fuzzers of damaged models to start from.

    build/venv/bin/python tests/fuzz/seeds.py FOLDER

ONNX's own vectors if the shared test data are there, the shipped models, and random graphs; none larger than LARGEST bytes."""
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


def write(folder, random=RANDOM, seed=1, largest=LARGEST):
    """Writes the models into `folder`, each under a name of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = [*(harness.ROOT / "tests/models/regress").glob("*/model.onnx"), *(harness.ROOT / "examples").glob("*/*/model.onnx")]
    models = {"_".join(path.parts[-3:-1]): path.read_bytes() for path in shipped}
    models |= {f"random_{n}": random_program(seed, n).model().SerializeToString() for n in range(random)}
    with harness.temporary_folder() as unpacked:
        archive = harness.DATA / "onnx_node.tar.zst"
        if archive.exists():
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", unpacked, "--wildcards", "*.onnx"], check=True)
        models |= {path.parent.name: path.read_bytes() for path in unpacked.rglob("*.onnx")}
    for name, data in sorted(models.items()):
        if len(data) <= largest:
            (folder / f"{name}.onnx").write_bytes(data)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
