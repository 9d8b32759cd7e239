"""The models that once showed a bug (regress/README.md): compiled to C, built, run, and compared with their stored outputs."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness


@harness.group
def fixed_bugs_stay_fixed():
    for model in sorted((pathlib.Path(__file__).parent / "regress").glob("*/model.onnx")):
        result = harness.run([harness.BURIN, "verify", "--interpreter", model, "--data", model.parent / "test_data_set_0"],
                             code=None)
        yield model.parent.name, None if result.returncode == 0 else (result.stdout + result.stderr)[-1500:]


if __name__ == "__main__":
    harness.main()
