"""Schedules: for the shared networks, every one gives the same bytes as layer by layer, in C, and the RAM that it promises."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

# What is taken out of the library at the input, so that it is int8 and NHWC, and the bytes of RAM, inputs and outputs
# inside, that `--schedule auto` then needs at most.
LIMITS = {
    "mlperf_kws_dscnn_int8": ("quantized", 5_200),
    "mlperf_vww_mbv1_int8": ("quantized", 28_100),
    "mlperf_ic_resnet8_int8": ("quantized", 13_600),
    "mlperf_sww_int8": ("quantized", 3_800),
}
SCHEDULES = ("overlap", "streams", "auto")
# Small networks of all kinds; the others only with --full.
QUICK = [*LIMITS, "mlperf_kws_dscnn_f32"]


def model(name):
    return harness.data("models") / name / "model.onnx"


def input_name(name):
    import onnx
    return onnx.load(model(name), load_external_data=False).graph.input[0].name


def report(name, schedule, *flags):
    with tempfile.TemporaryDirectory() as out:
        harness.run([harness.BURIN, "compile", model(name), "--schedule", schedule, "-o", out, "--name", "net", *flags])
        return json.loads((pathlib.Path(out) / "report.json").read_text())


@harness.group
def ram():
    for name, (boundary, limit) in LIMITS.items():
        total = report(name, "auto", "--io", input_name(name) + "=" + boundary)["ram"]["total"]
        yield name, None if total <= limit else f"{total} B, more than {limit}"


@harness.case
def the_plan_is_reported():
    """Rings, turns and rows: what an independent tool needs to draw or check the plan."""
    name = "mlperf_kws_dscnn_int8"
    plan = report(name, "auto", "--io", input_name(name) + "=quantized")
    rings = [b for b in plan["plan"]["buffers"] if "ring" in b]
    harness.check(rings and all(b["bytes"] == b["ring"] * b["row_bytes"] for b in rings), f"rings: {rings}")
    streams = [l for l in plan["plan"]["layers"] if "stream" in l]
    harness.check(streams, "no stream")
    for layer in streams[0]["stream"]:
        harness.check(layer["turns"] > 1 and layer["reads"], f"{layer['name']} says no rows")


def outputs(name, schedule, folder):
    """What the C library gives, as bytes; verification has compared it with the reference, and under poison."""
    result = harness.run([harness.BURIN, "verify", model(name), "--data", model(name).parent / "test_data_set_0",
                          "--schedule", schedule, "--save", folder / schedule], code=None)
    if result.returncode != 0:
        return None, (result.stdout + result.stderr)[-1500:]
    return {p.name: p.read_bytes() for p in sorted((folder / schedule).iterdir())}, None


@harness.group
def same_bytes():
    names = QUICK if not harness.FULL else [p.parent.name for p in sorted(harness.data("models").glob("*/model.onnx"))]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            expected, problem = outputs(name, "layers", pathlib.Path(folder))
            for schedule in SCHEDULES if expected else ():
                got, problem = outputs(name, schedule, pathlib.Path(folder))
                problem = problem or (None if got == expected else f"{schedule} gives other bytes than layers")
                if problem:
                    break
            yield name, problem


if __name__ == "__main__":
    harness.main()
