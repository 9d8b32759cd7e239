"""Bad models, flags and files: each gives a numbered diagnostic, exit code 1, and leaves nothing behind."""
import os
import pathlib
import random
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

DIGITS = harness.ROOT / "examples/digits/int8/model.onnx"
MUTATIONS = 10000 if harness.FULL else 400


def expect(code, *arguments, folder=None, env=None):
    """`burin` fails with diagnostic `code`; `folder`, if given, must not have come into being."""
    result = harness.burin(*arguments, code=1, env=env)
    harness.check(f"error {code}" in result.stderr, f"no {code} in: {result.stderr[-600:]}")
    harness.check(folder is None or not folder.exists(), f"{folder} was left behind")


def save(model, path):
    path.write_bytes(model.SerializeToString())
    return path


def graph_model(nodes, inputs, outputs, opset=17, initializers=()):
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "g", [value(*i) for i in inputs], [value(*o) for o in outputs], list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def bad_models():
    """(name, model, code)."""
    relu = helper.make_node("Relu", ["x"], ["y"], name="act")
    yield "unknown_op", graph_model([helper.make_node("Frobnicate", ["x"], ["y"], name="n")], [("x", [1])], [("y", [1])]), "BRN12"
    yield "unknown_domain", graph_model([helper.make_node("Relu", ["x"], ["y"], domain="no.such")], [("x", [1])], [("y", [1])]), "BRN1"
    yield "cycle", graph_model([helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])],
                               [("x", [1])], [("b", [1])]), "BRN11"
    yield "undefined_value", graph_model([helper.make_node("Add", ["x", "nowhere"], ["y"])], [("x", [1])], [("y", [1])]), "BRN11"
    yield "wrong_rank", graph_model([helper.make_node("Conv", ["x", "w"], ["y"])], [("x", [4]), ("w", [1, 1, 3, 3])], [("y", [1])]), "BRN1"
    yield "shapes_do_not_fit", graph_model([helper.make_node("Add", ["x", "z"], ["y"])], [("x", [3]), ("z", [4])], [("y", [4])]), "BRN1"
    yield "huge_dim", graph_model([relu], [("x", [1 << 40, 1 << 40])], [("y", [1 << 40, 1 << 40])]), "BRN1"
    yield "open_dim", graph_model([relu], [("x", ["batch", "width"])], [("y", ["batch", "width"])]), "BRN13"
    yield "anonymous_dim", graph_model([relu], [("x", [1, None])], [("y", [1, None])]), "BRN13"
    short = helper.make_tensor("w", TensorProto.FLOAT, [4], np.ones(4, np.float32).tobytes(), raw=True)
    short.raw_data = short.raw_data[:7]
    yield "short_tensor", graph_model([helper.make_node("Add", ["x", "w"], ["y"])], [("x", [4])], [("y", [4])], initializers=[short]), "BRN11"
    external = helper.make_tensor("w", TensorProto.FLOAT, [4], np.ones(4, np.float32).tobytes(), raw=True)
    external.ClearField("raw_data")
    external.data_location = TensorProto.EXTERNAL
    external.external_data.add(key="location", value="missing.bin")
    yield "missing_external_data", graph_model([helper.make_node("Add", ["x", "w"], ["y"])], [("x", [4])], [("y", [4])], initializers=[external]), "BRN10"
    outside = onnx.TensorProto()
    outside.CopyFrom(external)
    outside.external_data[0].value = "../../../../../../etc/hostname"
    yield "external_data_outside", graph_model([helper.make_node("Add", ["x", "w"], ["y"])], [("x", [4])], [("y", [4])], initializers=[outside]), "BRN10"


@harness.group
def bad_models_are_diagnosed():
    with harness.temporary_folder() as folder:
        for name, model, code in bad_models():
            try:
                expect(code, "compile", save(model, folder / (name + ".onnx")), "-o", folder / "out", folder=folder / "out")
                yield name, None
            except harness.Failure as failure:
                yield name, str(failure)


@harness.case
def tensors_without_elements_compile():
    with harness.temporary_folder() as folder:
        model = graph_model([helper.make_node("Relu", ["x"], ["y"])], [("x", [0, 3])], [("y", [0, 3])])
        harness.burin("verify", save(model, folder / "empty.onnx"), "--shape", "x=0,3")


@harness.case
def files_that_are_no_models():
    with harness.temporary_folder() as folder:
        expect("BRN1001", "compile", folder / "nowhere.onnx", "-o", folder / "out", folder=folder / "out")
        (folder / "text.onnx").write_text("this is no protobuf")
        expect("BRN10", "compile", folder / "text.onnx", "-o", folder / "out", folder=folder / "out")
        (folder / "empty.onnx").write_bytes(b"")
        expect("BRN1", "compile", folder / "empty.onnx", "-o", folder / "out", folder=folder / "out")
        expect("BRN1001", "compile", folder, "-o", folder / "out", folder=folder / "out")


@harness.case
def flags_are_checked():
    with harness.temporary_folder() as folder:
        out = folder / "out"
        expect("BRN1501", "compile", DIGITS, "-o", out, "--name", "9-lives", folder=out)
        expect("BRN1502", "compile", DIGITS, "-o", out, "--target", "abacus", folder=out)
        expect("BRN1503", "compile", DIGITS, "-o", out, "--io", "nobody=nhwc", folder=out)
        expect("BRN1507", "compile", DIGITS, "-o", out, "--dim", "batch", folder=out)
        expect("BRN1507", "compile", DIGITS, "-o", out, "--shape", "x=1,two", folder=out)
        expect("BRN1511", "compile", DIGITS, "-o", out, "--state", "nobody=y", folder=out)
        expect("BRN1511", "compile", DIGITS, "-o", out, "--state", "some", folder=out)
        expect("BRN1506", "verify", DIGITS, "--tolerance", "1e-3")
        expect("BRN1505", "explain", "BRN9999")
        harness.burin("compile", DIGITS, code=1)  # no -o: CLI11 says so
        harness.burin("frobnicate", code=1)


@harness.case
def an_unwritable_output_leaves_nothing():
    with harness.temporary_folder() as folder:
        (folder / "file").write_text("mine")
        expect("BRN1602", "compile", DIGITS, "-o", folder / "file")
        expect("BRN1602", "compile", DIGITS, "-o", folder / "file" / "below")
        harness.equal((folder / "file").read_text(), "mine", "the file")
        harness.equal(sorted(p.name for p in folder.iterdir()), ["file"], "the folder's contents")
        expect("BRN1602", "compile", DIGITS, "-o", "/proc/nowhere/lib")


@harness.case
def a_missing_compiler_and_a_missing_reference():
    expect("BRN1801", "verify", DIGITS, "--data", DIGITS.parent / "test_data_set_0", "--cc", "no-such-compiler")
    expect("BRN1804", "verify", DIGITS, "--python", "/no/such/python")


@harness.case
def no_file_is_left_in_the_temporary_folder():
    with harness.temporary_folder() as folder:
        env = dict(os.environ, TMPDIR=str(folder))
        harness.burin("verify", DIGITS, "--data", DIGITS.parent / "test_data_set_0", env=env)
        harness.burin("verify", DIGITS, "--data", DIGITS.parent / "test_data_set_0", "--cc", "false", env=env, code=1)
        harness.equal(list(folder.iterdir()), [], "the temporary folder")


@harness.group
def damaged_models_never_crash():
    """Truncations and bit flips: success (the damage may be harmless) or a numbered diagnostic, nothing else."""
    source = DIGITS.read_bytes()
    seed = 20261121
    rng = random.Random(seed)
    with harness.temporary_folder() as folder:
        for i in range(MUTATIONS):
            damaged = bytearray(source)
            if i % 4 == 0:
                del damaged[rng.randrange(len(damaged)):]
            else:
                # Most bytes are weights, which may hold anything: aim at the structure around them too.
                for _ in range(rng.choice([1, 1, 2, 8])):
                    at = rng.randrange(len(damaged)) if rng.random() < 0.5 else rng.randrange(min(4000, len(damaged)))
                    damaged[at] ^= 1 << rng.randrange(8)
            (folder / "m.onnx").write_bytes(damaged)
            result = harness.run([harness.BURIN, "compile", folder / "m.onnx", "-o", folder / "out", "--name", "m"], code=None)
            fine = result.returncode == 0 or (result.returncode == 1 and "error BRN1" in result.stderr and
                                              "error BRN19" not in result.stderr)
            left = [p.name for p in folder.iterdir() if p.name not in ("m.onnx", "out")]
            if result.returncode == 0:
                shutil.rmtree(folder / "out")
            elif (folder / "out").exists():
                left.append("out")
            if not fine or left:
                yield f"seed {seed} mutation {i}", f"exit {result.returncode}, left {left}: {result.stderr[-500:]}"
    yield f"{MUTATIONS}_mutations", None


if __name__ == "__main__":
    harness.main()
