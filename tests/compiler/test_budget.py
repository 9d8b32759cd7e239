"""--ram, --flash and `burin plan`: the plan that fits, or what is missing and what would help; every figure that is promised
is what a compilation with the flags named then needs."""
import json
import pathlib
import re
import sys

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

DIGITS = harness.ROOT / "examples/digits"


def chain(path):
    """A float network whose first layers are wide: schedules differ much in RAM."""
    rng = np.random.default_rng(2)
    weights, nodes, last, channels = [], [], "x", 3
    for i, (width, stride) in enumerate([(16, 1), (16, 2), (24, 1), (24, 2), (32, 1)]):
        weights.append(onnx.numpy_helper.from_array(rng.normal(0, 0.2, (width, channels, 3, 3)).astype(np.float32), f"w{i}"))
        nodes += [oh.make_node("Conv", [last, f"w{i}"], [f"c{i}"], pads=[1] * 4, strides=[stride] * 2, name=f"conv{i}"),
                  oh.make_node("Relu", [f"c{i}"], [f"r{i}"])]
        last, channels = f"r{i}", width
    nodes.append(oh.make_node("GlobalAveragePool", [last], ["y"]))
    graph = oh.make_graph(nodes, "chain", [oh.make_tensor_value_info("x", 1, [1, 3, 32, 32])],
                          [oh.make_tensor_value_info("y", 1, None)], weights)
    onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
    return path


def report(path, folder, *flags):
    harness.burin("compile", path, "-o", folder / "lib", "--name", "net", *flags)
    return json.loads((folder / "lib/report.json").read_text())


def ram(path, folder, *flags):
    return report(path, folder, *flags)["ram"]["total"]


def points(path, *flags):
    """(RAM, millions of instructions, flags) of each plan of the curve."""
    text = harness.burin("plan", path, *flags).stdout
    found = re.findall(r"^[a-z] +([\d ]+?)  +([\d.]+) M  (?:-|\d+ of \d+ layers) +(.*?)(?:, not proven)?$", text, re.M)
    harness.check(found, f"no plan in:\n{text}")
    return [(int(r.replace(" ", "")), float(m), [] if f == "the default" else f.split()) for r, m, f in found], text


@harness.case
def plans_of_the_curve_are_those_that_compile():
    with harness.temporary_folder() as folder:
        path = chain(folder / "chain.onnx")
        curve, text = points(path, "--io", "x=nhwc")
        for promised, _, flags in curve:
            harness.equal(ram(path, folder, "--io", "x=nhwc", *flags), promised, " ".join(flags) or "default")
        sizes, times = [c[0] for c in curve], [c[1] for c in curve]
        harness.equal(sizes, sorted(set(sizes), reverse=True), "RAM falls")
        harness.check(len(curve) >= 4 and sizes[-1] * 3 < sizes[0], f"a curve: {sizes}")
        harness.check(times[-1] >= times[0], f"less RAM takes no less time: {times}")
        drawing = text[text.index("time"):]
        for letter in "abcdefgh"[:len(curve)]:
            harness.check(re.search(rf"\|.*{letter}", drawing), f"{letter} isn't drawn:\n{drawing}")


@harness.case
def a_budget_gets_a_plan_that_fits_and_streams_no_more_than_needed():
    with harness.temporary_folder() as folder:
        path = chain(folder / "chain.onnx")
        flags = ["--io", "x=nhwc"]
        least = ram(path, folder, *flags)
        overlap = ram(path, folder, *flags, "--schedule", "overlap")
        streamed = []
        for budget in (overlap, (least + overlap) // 2, least):
            said = report(path, folder, *flags, "--ram", str(budget))
            harness.check(said["ram"]["total"] <= budget, f"{said['ram']['total']} B in a budget of {budget}")
            streamed.append(sum(len(l.get("stream", [])) for l in said["plan"]["layers"]))
        harness.equal(streamed[0], 0, "layers in streams where overlapping is enough")
        harness.check(streamed[1] <= streamed[2], f"layers in streams: {streamed}")
        harness.burin("verify", path, *flags, "--ram", str((least + overlap) // 2))


@harness.case
def what_would_help_does():
    with harness.temporary_folder() as folder:
        path = chain(folder / "chain.onnx")
        error = harness.burin("compile", path, "-o", folder / "lib", "--ram", "9K", code=1).stderr
        harness.check("BRN1707" in error and "conv2d" in error, error)
        needed = int(re.search(r"needs ([\d ]+) B", error)[1].replace(" ", ""))
        harness.equal(needed, ram(path, folder), "the need")
        helps = re.findall(r"^ +([\d ]+) B  with (.*)$", error, re.M)
        harness.check(helps, f"nothing helps: {error}")
        for promised, flags in helps:
            harness.equal(ram(path, folder, *flags.split()), int(promised.replace(" ", "")), flags)


@harness.case
def a_budget_that_is_too_small_leaves_no_folder():
    with harness.temporary_folder() as folder:
        model = DIGITS / "int8/model.onnx"
        for flags in (["--ram", "100"], ["--flash", "1K"]):
            error = harness.burin("compile", model, "-o", folder / "lib", *flags, code=1).stderr
            harness.check("BRN1707" in error or "BRN1708" in error, error)
            harness.check(not (folder / "lib").exists(), "a folder is there")
        error = harness.burin("compile", model, "-o", folder / "lib", "--ram", "much", code=1).stderr
        harness.check("--ram" in error, error)


@harness.case
def flash_is_constants_and_code():
    with harness.temporary_folder() as folder:
        model = DIGITS / "float/model.onnx"
        flash = report(model, folder)["flash"]
        need = flash["constants"] + flash["code_estimate"]
        report(model, folder, "--flash", str(need + 40))  # the command line stands in a comment, and is no code
        error = harness.burin("compile", model, "-o", folder / "other", "--flash", str(need - 1), code=1).stderr
        harness.check("BRN1708" in error and "--quantize" in error and "weights" in error, error)


def kernels(model, folder, *flags):
    """Of the int8 digits on a Cortex-M4: flash that is needed, instructions of the heavy layers, and these layers."""
    facts = report(model, folder, "--target", "cortex-m4", *flags)
    layers = [l for l in facts["layers"] if "instructions_estimate" in l]
    return (facts["flash"]["constants"] + facts["flash"]["code_estimate"], sum(l["instructions_estimate"] for l in layers),
            layers)


@harness.case
def speed_takes_flash_only_where_there_is_some():
    with harness.temporary_folder() as folder:
        model = DIGITS / "int8/model.onnx"
        plenty, least, layers = kernels(model, folder)
        harness.check(all("Winograd" in l["kernels_because"] for l in layers if "winograd" in l["kernel"]), layers)
        harness.equal(kernels(model, folder, "--flash", str(plenty + 60))[:2], (plenty, least), "with flash enough")
        smallest, before = kernels(model, folder, "--optimize=size")[0], least
        for quarters in (3, 2, 1):
            budget = smallest + (plenty - smallest) * quarters // 4
            need, instructions, _ = kernels(model, folder, "--flash", str(budget))
            harness.check(need <= budget and instructions >= before, f"{need} B of {budget}, {instructions} after {before}")
            before = instructions
        error = harness.burin("compile", model, "--target", "cortex-m4", "-o", folder / "other", "--flash", str(smallest // 2),
                              code=1).stderr
        harness.check("BRN1708" in error, error)
        error = harness.burin("compile", model, "--target", "cortex-m4", "-o", folder / "other", "--flash",
                              str(plenty - 4000), "--winograd", "on", "--wide-weights", "on", code=1).stderr
        harness.check("BRN1708" in error, error)


@harness.case
def kernels_can_be_ruled_out():
    with harness.temporary_folder() as folder:
        model = DIGITS / "int8/model.onnx"

        def has(name, *flags):
            return any(name in l["kernel"] for l in kernels(model, folder, *flags)[2])

        harness.check(has("winograd") and has("wide_pairs") and not has("whole"), "by default")
        harness.check(not has("winograd", "--winograd", "off") and has("wide_pairs", "--winograd", "off"), "winograd off")
        harness.check(has("winograd", "--wide-weights", "off") and not has("wide", "--wide-weights", "off"), "wide off")
        harness.check(has("winograd", "--optimize=size", "--winograd", "on"), "winograd on")


@harness.case
def what_kernels_were_chosen_over_would_cost_more():
    """At the price of flash, for each layer by itself; the report's differences are those of the whole library."""
    with harness.temporary_folder() as folder:
        model = DIGITS / "int8/model.onnx"
        _, _, layers = kernels(model, folder)
        harness.check(sum(len(l["chosen_over"]) for l in layers) >= 2, layers)
        for layer in layers:
            for other in layer["chosen_over"]:
                harness.check(other["instructions_more"] + 0.5 * other["bytes_more"] >= 0, f"{layer['name']}: {other}")
                harness.check(other["kernel"] != layer["kernel"], f"{layer['name']} over itself")
        text = (folder / "lib/net.c").read_text()
        harness.check(" over conv_" in text, "the C says what kernels were chosen over")


@harness.case
def optimize_says_what_the_build_asks_for():
    with harness.temporary_folder() as folder:
        model = DIGITS / "int8/model.onnx"
        flash = {}
        for optimize, level in (("speed", "-O3"), ("balanced", "-O2"), ("size", "-Os")):
            flash[optimize] = kernels(model, folder, f"--optimize={optimize}")[0]
            build = (folder / "lib/CMakeLists.txt").read_text()
            harness.check(f"-std=c99 {level}" in build, build)
            harness.burin("verify", model, "--target", "cortex-m4", f"--optimize={optimize}", "--interpreter")
        harness.check(flash["size"] < flash["balanced"] <= flash["speed"], flash)


@harness.case
def the_estimate_of_code_is_near():
    """Thumb-2 at -O2 by the compiler that is here, within a quarter."""
    with harness.temporary_folder() as folder:
        for kind in ("int8", "float"):
            estimate = report(DIGITS / kind / "model.onnx", folder)["flash"]["code_estimate"]
            harness.run(["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard", "-O2",
                         "-c", folder / "lib/net.c", "-o", folder / "net.o"])
            text = int(harness.run(["arm-none-eabi-size", folder / "net.o"]).stdout.splitlines()[1].split()[0])
            harness.check(0.75 * text <= estimate <= 1.25 * text, f"{kind}: {estimate} B estimated, {text} B compiled")


@harness.case
def a_longer_search_proves_more():
    """The same plan, whatever the time for it; the proof of this one takes more than a tenth of the usual steps."""
    with harness.temporary_folder() as folder:
        path = harness.data("models") / "mlperf_ic_resnet8_int8/model.onnx"
        short, usual = (report(path, folder, *flags)["plan"] for flags in (["--plan-time", "1"], []))
        harness.equal((short["arena"], short["optimal"]), (usual["arena"], False), "arena, and whether it is proven")
        harness.check(usual["optimal"], "the usual time is enough for the proof")
        error = harness.burin("compile", path, "-o", folder / "other", "--plan-time", "0", code=1).stderr
        harness.check("--plan-time" in error, error)


@harness.case
def sizes_at_run_time_have_one_plan():
    with harness.temporary_folder() as folder:
        graph = oh.make_graph([oh.make_node("Relu", ["x"], ["y"])], "g", [oh.make_tensor_value_info("x", 1, ["T", 8])],
                              [oh.make_tensor_value_info("y", 1, ["T", 8])])
        onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), folder / "net.onnx")
        error = harness.burin("plan", folder / "net.onnx", "--dim", "T=1..8", code=1).stderr
        harness.check("BRN1709" in error, error)
        error = harness.burin("compile", folder / "net.onnx", "--dim", "T=1..8", "--ram", "64", "-o", folder / "lib", code=1).stderr
        harness.check("BRN1707" in error, error)


if __name__ == "__main__":
    harness.main()
