"""ONNX's cases with integer results, in the generated C of every target: the same bytes as on the host. A sample; --full: all."""
import concurrent.futures
import os
import pathlib
import shutil
import sys

import onnx

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cases
import harness

EMULATORS = {"cortex-m4": "qemu-system-arm", "cortex-m55": "qemu-system-arm", "rv32imc": "qemu-system-riscv32",
             "rv32imcv": "qemu-system-riscv32", "aarch64": "qemu-aarch64", "rv64gc": "qemu-riscv64", "rv64gcv": "qemu-riscv64"}
INTEGERS = {onnx.TensorProto.DataType.Value(name) for name in ("INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64",
                                                               "UINT64", "BOOL", "INT4", "UINT4", "INT2", "UINT2")}


def has_integer_results(case):
    outputs = onnx.load(case.folder / "model.onnx", load_external_data=False).graph.output
    return bool(outputs) and all(o.type.tensor_type.elem_type in INTEGERS for o in outputs)


def saved(case, target, folder):
    """The outputs' bytes on `target`; None where the case isn't supported, or too large for the board."""
    out = folder / target / case.name.replace("/", "_")
    result = harness.run([harness.BURIN, "verify", case.folder / "model.onnx", "--data", case.folder / "test_data_set_0",
                          "--name", "net", "--target", target, "--save", out], code=None,
                         env=dict(os.environ, BURIN_CFLAGS="-O1"))
    # Another C library's floats may lead to another integer than the reference's: equality with the host decides.
    files = sorted(out.glob("output_*.pb"))
    return [f.read_bytes() for f in files] if files and result.returncode in (0, 1) else None


@harness.group
def bit_equal_to_the_host():
    with harness.temporary_folder() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        listed = [c for c in cases.shared(folder) if c.relevant and has_integer_results(c)]
        listed = listed if harness.FULL else listed[::20]
        host = dict(zip(listed, pool.map(lambda c: saved(c, "c99", folder), listed)))
        supported = [c for c in listed if host[c] is not None]
        for target, emulator in EMULATORS.items():
            if not shutil.which(emulator):
                yield target, harness.Skip(f"{emulator} is not installed")
                continue
            results = dict(zip(supported, pool.map(lambda c: saved(c, target, folder), supported)))
            other = [c.name for c in supported if results[c] is not None and results[c] != host[c]]
            not_run = [c.name for c in supported if results[c] is None]
            print(f"{target}: {len(supported) - len(not_run)} of {len(supported)} cases run, {len(other)} differ")
            problem = ("other bytes: " + ", ".join(other)) if other else None
            # Boards have megabytes; nearly all cases fit.
            if not problem and len(not_run) > len(supported) // 50:
                problem = "not run: " + ", ".join(not_run)
            yield target, problem


if __name__ == "__main__":
    harness.main()
