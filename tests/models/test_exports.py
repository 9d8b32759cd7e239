"""Small networks in the manner of exporters, as they come, without a simplifier: compiled, run and compared with ONNX Runtime."""
import pathlib
import sys

import onnx

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
from exports.networks import NETWORKS


@harness.group
def verifies():
    for name, (make, arguments) in NETWORKS.items():
        with harness.temporary_folder() as folder:
            model = make()
            onnx.save(model, folder / "model.onnx")
            result = harness.run([harness.BURIN, "verify", folder / "model.onnx", "--interpreter", *arguments], code=None)
            yield name, None if result.returncode == 0 else (result.stdout + result.stderr)[-1200:]


if __name__ == "__main__":
    harness.main()
