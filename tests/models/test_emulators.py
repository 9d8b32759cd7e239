"""The MLPerf Tiny models and the project's own, built for other machines and run in their emulators, bit-equal to the host."""
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

TARGETS = {"cortex-m4": "qemu-system-arm", "cortex-m55": "qemu-system-arm", "rv32imc": "qemu-system-riscv32",
           "rv32imcv": "qemu-system-riscv32", "aarch64": "qemu-aarch64", "rv64gc": "qemu-riscv64", "rv64gcv": "qemu-riscv64"}
ARENA_LIMITS = {"mlperf_ad_ae_int8": 768, "mlperf_kws_dscnn_int8": 16000, "mlperf_vww_mbv1_int8": 55296,
                "mlperf_ic_resnet8_int8": 49152, "mlperf_sww_int8": 6656}


def models():
    digits = harness.ROOT / "examples/digits/int8"
    yield "digits_int8", digits / "model.onnx", digits / "test_data_set_0"
    for name in ARENA_LIMITS:
        folder = harness.DATA / "models" / name
        if folder.exists():
            yield name, folder / "model.onnx", folder / "test_data_set_0"


def saved(folder, model, data, target):
    """The bytes of the outputs on one target."""
    out = folder / target
    harness.run([harness.BURIN, "verify", model, "--data", data, "--target", target, "--save", out])
    return [p.read_bytes() for p in sorted(out.glob("output_*.pb"))]


@harness.group
def bit_equal_to_the_host():
    for name, model, data in models():
        with harness.temporary_folder() as folder:
            host = saved(folder, model, data, "c99")
            for target, emulator in TARGETS.items():
                if not shutil.which(emulator):
                    yield f"{name}/{target}", harness.Skip(f"{emulator} is not installed")
                    continue
                yield f"{name}/{target}", None if saved(folder, model, data, target) == host else "other outputs than on the host"


@harness.group
def arenas():
    for name, limit in ARENA_LIMITS.items():
        with harness.temporary_folder() as folder:
            model = harness.data("models", name, "model.onnx")
            harness.burin("compile", model, "-o", folder / "lib", "--target", "cortex-m4")
            ram = json.loads((folder / "lib" / "report.json").read_text())["ram"]
            yield name, None if ram["total"] <= limit else f"{ram['total']} B, at most {limit} B"


if __name__ == "__main__":
    harness.main()
