"""--optimize and --flash on the MLPerf Tiny models: what is promised of code and instructions, counted on a Cortex-M4; outputs
are the interpreter's whatever is chosen."""
import json
import pathlib
import shutil
import sys

import onnx

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

MODELS = ["mlperf_kws_dscnn_int8", "mlperf_ic_resnet8_int8", "mlperf_vww_mbv1_int8", "mlperf_ad_ae_int8"]
MOST_TEXT = {"balanced": {"mlperf_vww_mbv1_int8": 30_000, "": 16_000}, "size": {"": 6_000}}  # bytes


def boundary(model):
    """Flags that leave integers at inputs and outputs."""
    graph = onnx.load(model).graph
    constants = {i.name for i in graph.initializer}
    return [w for v in [*graph.input, *graph.output] if v.name not in constants for w in ("--io", f"{v.name}=quantized")]


def measured(model, *flags):
    """What bench counts, and each layer's estimate by name."""
    if not shutil.which("arm-none-eabi-gcc") or not shutil.which("qemu-system-arm"):
        harness.skip("no compiler or emulator for Cortex-M4")
    flags = ["--target", "cortex-m4", *boundary(model), *flags]
    with harness.temporary_folder() as folder:
        said = json.loads(harness.burin("bench", model, "--json", "--layers", *flags).stdout)
        harness.burin("compile", model, "-o", folder / "lib", *flags)
        report = json.loads((folder / "lib/report.json").read_text())
    harness.check(said["passed"] and said["checks"][0]["source"] == "interpreter", "the output is wrong")
    return said, {l["name"]: l["instructions_estimate"] for l in report["layers"] if "instructions_estimate" in l}


@harness.group
def text_and_instructions():
    """Size: at most 6 kB of code and half as many instructions more than the default, which has its limits, too."""
    for name in MODELS:
        counts = {}
        for optimize, limits in MOST_TEXT.items():
            said, _ = measured(harness.data("models", name, "model.onnx"), f"--optimize={optimize}")
            text, most = said["objects"]["text"], limits.get(name, limits[""])
            counts[optimize] = said["instructions"]
            yield f"{name} {optimize}", None if text <= most else f"{text} B of code, at most {most}"
        more = counts["size"] / counts["balanced"]
        yield f"{name} instructions", None if more <= 1.5 else f"{more:.3f} times those of the default"


@harness.group
def estimates_are_near_counts():
    """Of a layer within a quarter (small ones within a half), of all of a network within a twentieth; of code a sixth."""
    for name in MODELS:
        for optimize in ("balanced", "size"):
            said, estimates = measured(harness.data("models", name, "model.onnx"), f"--optimize={optimize}")
            counts = {l["name"]: l["instructions"] for l in said["layers"] if l["name"] in estimates}
            problems = [f"{n}: {estimates[n]} estimated, {c} counted" for n, c in counts.items()
                        if abs(estimates[n] - c) > c / (4 if c > 5000 else 2)]
            total, counted = sum(estimates.values()), sum(counts.values())
            if abs(total - counted) > counted / 20:
                problems.append(f"all: {total} estimated, {counted} counted")
            text, code = said["objects"]["text"], said["report"]["code_estimate"]
            if abs(text - code) > text / 6:
                problems.append(f"code: {code} B estimated, {text} compiled")
            yield f"{name} {optimize}", "; ".join(problems) or None


@harness.case(full=True)
def less_flash_takes_more_instructions():
    """Every budget is kept; each next one takes more instructions, up to a twentieth."""
    model = harness.data("models", "mlperf_ic_resnet8_int8", "model.onnx")
    before = 0
    for flash in (280_000, 200_000, 150_000, 120_000, 100_000, 90_000):
        said, _ = measured(model, "--flash", str(flash))
        need = said["report"]["constants"] + said["report"]["code_estimate"]
        harness.check(need <= flash, f"{need} B of {flash}")
        harness.check(said["instructions"] > 0.95 * before, f"{said['instructions']} instructions at {flash} B, before {before}")
        before = said["instructions"]


if __name__ == "__main__":
    harness.main()
