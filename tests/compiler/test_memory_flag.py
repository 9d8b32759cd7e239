"""--memory: buffers and tables lie in the memories that have room for them; outputs stay the same, in poisoned memory and on
a Cortex-M; report.json says what lies where, and check-plan finds a plan that doesn't keep to it."""
import copy
import json
import pathlib
import re
import shutil
import sys

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

DIGITS = harness.ROOT / "examples/digits/int8/model.onnx"
TABLES = "flash:2K,xip:1M@slow"


def flags_of(path):
    return ("--dim", "batch=1") if path == DIGITS else ()


def models():
    found = [("digits", DIGITS)]
    for name in ("mlperf_kws_dscnn_int8", "mlperf_ic_resnet8_int8"):
        path = harness.DATA / "models" / name / "model.onnx"
        if path.exists():
            found.append((name, path))
    return found


def compiled(path, folder, *flags):
    harness.burin("compile", path, "-o", folder, "--name", "net", *flags_of(path), *flags)
    return json.loads((folder / "report.json").read_text())


def checked(report, folder):
    path = folder / "changed.json"
    path.write_text(json.dumps(report))
    result = harness.burin("check-plan", path, code=None)
    return result.returncode, result.stdout + result.stderr


def refused(code, *flags, model=DIGITS):
    with harness.temporary_folder() as folder:
        result = harness.burin("compile", model, "-o", folder / "lib", "--dim", "batch=1", *flags, code=1)
        harness.check(f"error {code}:" in result.stderr, f"{code} for {flags}, got {result.stderr}")
        return result.stderr


def split(path, folder, *flags):
    """Memories of which the first is too small for the arena, and the report of the library that lies in both."""
    arena = compiled(path, folder / "whole", *flags)["ram"]["arena"]
    memory = f"dtcm:{arena * 3 // 4},sram:{arena},{TABLES}"
    return memory, compiled(path, folder / "split", "--memory", memory, *flags)


def overlaps(report):
    """Pairs of buffers of one memory that are alive together and share a byte, of plans of whole buffers."""
    buffers = [b for b in report["plan"]["buffers"] if b["space"] == "arena"]
    return [(a["name"], b["name"]) for i, a in enumerate(buffers) for b in buffers[:i]
            if a["memory"] == b["memory"] and a["first"] <= b["last"] and b["first"] <= a["last"]
            and a["offset"] < b["offset"] + b["bytes"] and b["offset"] < a["offset"] + a["bytes"]]


def checks_of_report(report, memory):
    """What is wrong with what a report says of its memories; None if nothing is."""
    sizes = {item.split(":")[0]: item.split(":")[1] for item in memory.split(",")}
    names = [m["name"] for m in report["memories"]]
    if names != list(sizes):
        return f"memories {names}"
    used = {name: 0 for name in names}
    for b in report["plan"]["buffers"]:
        used[b["memory"]] = max(used[b["memory"]], b["offset"] + b["bytes"])
    for m in report["memories"]:
        if m["holds"] == "ram" and not m["arena"] == used[m["name"]] <= m["used"] <= m["bytes"]:
            return f"{m} holds buffers up to {used[m['name']]}"
        tables = sum(t["bytes"] for t in report["tables"] if t["memory"] == m["name"])
        if m["holds"] == "constants" and not tables <= m["used"] <= m["bytes"]:
            return f"{m} holds tables of {tables}"
    if report["ram"]["arena"] < sum(m.get("arena", 0) for m in report["memories"]):
        return "the arena is less than its parts"
    if sum(t["bytes"] for t in report["tables"]) != report["flash"]["constants"]:
        return "the tables aren't all constants"
    return None


@harness.group
def outputs_stay_the_same():
    for name, path in models():
        for target, schedule in (("c99", "auto"), ("c99", "layers"), ("cortex-m4", "auto")):
            with harness.temporary_folder() as folder:
                flags = ("--target", target, "--schedule", schedule)
                memory, report = split(path, folder, *flags)
                wrong = checks_of_report(report, memory)
                if {b["memory"] for b in report["plan"]["buffers"]} != {"dtcm", "sram"}:
                    wrong = wrong or "not in two memories"
                if schedule == "layers" and overlaps(report):
                    wrong = wrong or overlaps(report)
                said = harness.burin("check-plan", folder / "split").stdout
                if "memory dtcm:" not in said or "optimum in sram:" not in said:
                    wrong = wrong or said
                yield f"{name}/{target}/{schedule}/report", wrong
                plain = harness.verified(path, folder / "out", *flags_of(path), *flags)
                several = harness.verified(path, folder / "out-several", *flags_of(path), "--memory", memory, *flags)
                yield f"{name}/{target}/{schedule}/outputs", None if several == plain else "other outputs"


def image_to_image(path):
    """Two convolutions of an image of a channel, whose rows can come and go one by one."""
    rng = np.random.default_rng(3)
    weights = [onnx.numpy_helper.from_array(rng.normal(0, 0.3, shape).astype(np.float32), name)
               for name, shape in (("w", (4, 1, 3, 3)), ("v", (1, 4, 3, 3)))]
    nodes = [oh.make_node("Conv", ["x", "w"], ["a"], pads=[1] * 4), oh.make_node("Relu", ["a"], ["b"]),
             oh.make_node("Conv", ["b", "v"], ["y"], pads=[1] * 4)]
    graph = oh.make_graph(nodes, "image", [oh.make_tensor_value_info("x", 1, [1, 1, 24, 16])],
                          [oh.make_tensor_value_info("y", 1, None)], weights)
    onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)
    return path


@harness.group
def other_kinds_of_libraries():
    """Sizes that the caller sets, a state, rows that come and go: each in memories that divide the arena."""
    models = harness.DATA / "models"
    cases = [("sizes", DIGITS.parents[1] / "float/model.onnx", ("--dim", "batch=1..4"), "a:3K,b:300K,rom:1M"),
             ("state", models / "silero_vad_openvino_16k/model.onnx", (), "a:1400,b:300K"),
             ("state_behind", models / "silero_vad_openvino_16k/model.onnx", (), "a:1000,b:300K,flash:64K,xip:8M"),
             ("pushed", models / "mlperf_kws_dscnn_int8/model.onnx", ("--push-rows",), "a:3K,b:300K"),
             ("pulled", None, ("--push-rows", "--pull-rows"), "a:400,b:4K")]
    for name, path, flags, memory in cases:
        if path and not path.exists():
            yield name, harness.Skip(f"{path.parent.name} is not in the test data")
            continue
        with harness.temporary_folder() as folder:
            path = path or image_to_image(folder / "image.onnx")
            harness.burin("compile", path, "-o", folder / "lib", "--name", "net", "--memory", memory, *flags)
            divided = "typedef struct net_arena" in (folder / "lib/net.h").read_text()
            harness.burin("verify", path, "--memory", memory, *flags)
            yield name, None if divided else "the arena isn't divided"


@harness.case
def each_layer_of_a_divided_arena():
    with harness.temporary_folder() as folder:
        memory, _ = split(DIGITS, folder, "--schedule", "layers")
        harness.burin("verify", DIGITS, "--dim", "batch=1", "--layers", "--interpreter", "--memory", memory)


@harness.case
def the_text_of_a_divided_library():
    with harness.temporary_folder() as folder:
        memory, report = split(DIGITS, folder)
        header = (folder / "split/net.h").read_text()
        source = (folder / "split/net.c").read_text()
        weights = (folder / "split/net_weights.h").read_text()
        for name in ("dtcm", "sram"):
            harness.check(f"typedef union net_{name} {{" in header and f"    net_{name} *{name};" in header, header)
            arena = next(m["arena"] for m in report["memories"] if m["name"] == name)
            size = int(re.search(rf"#define NET_{name.upper()}_BYTES +(\d+)", header)[1])
            harness.check(arena <= size < arena + 16, f"{name} has {size} bytes for {arena}")
            harness.check(f"a->{name}->" in source and f"Map of the arena in {name}:" in source, f"no {name} in the layers")
            harness.check(f"arena->{name} == NULL" in source, f"{name} isn't checked")
        harness.check("NET_ARENA_BYTES" not in header, "an arena of its own")
        harness.check("a->s8" not in source and "a->u8" not in source, "a layer reads an arena of its own")
        memories = {t["memory"] for t in report["tables"]}
        harness.equal(memories, {"flash", "xip"}, "memories of the tables")
        for t in report["tables"]:
            place = re.search(rf"net_{t['name']}\[\d+\] (\w+);", weights)[1]
            harness.equal(place, "NET_" + t["memory"].upper(), t["name"])
        harness.check("NET_CONST" not in weights, "a macro that places nothing")
        harness.check("--memory " + memory in report["command"], "the command line")
        strict = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-Wpedantic", "-Wconversion", "-O1", "-I.",
                  "-DNET_FLASH=__attribute__((section(\".flash\")))", "-DNET_XIP=__attribute__((section(\".xip\")))",
                  "net.c", "net_weights.c", "net_test.c", "-lm", "-o", "test"]
        harness.run(strict, cwd=folder / "split")
        harness.run([folder / "split/test"])


@harness.case
def sections_have_the_bytes_of_the_report():
    arm = shutil.which("arm-none-eabi-gcc")
    if not arm:
        harness.skip("there is no arm-none-eabi-gcc")
    with harness.temporary_folder() as folder:
        _, report = split(DIGITS, folder, "--target", "cortex-m4")
        harness.run([arm, "-mcpu=cortex-m4", "-std=c99", "-c", "net_weights.c", "-o", "weights.o",
                     "-DNET_FLASH=__attribute__((section(\".flash\")))", "-DNET_XIP=__attribute__((section(\".xip\")))"],
                    cwd=folder / "split")
        text = harness.run([arm.replace("gcc", "size"), "-A", folder / "split/weights.o"]).stdout
        for m in report["memories"][2:]:
            size = int(re.search(rf"^\.{m['name']} +(\d+)", text, re.M)[1])
            harness.check(m["used"] - 4 < size <= m["used"], f"{m['name']} has {size} bytes, not {m['used']}")  # tables at multiples of 4


@harness.case
def one_memory_in_use():
    """The arena fits into the first memory: what is written differs by notes alone."""
    with harness.temporary_folder() as folder:
        plain = compiled(DIGITS, folder / "plain")
        report = compiled(DIGITS, folder / "one", "--memory", "dtcm:64K,sram:320K,flash:1M")
        source = [(folder / f"{which}/net.c").read_text() for which in ("plain", "one")]
        harness.equal(source[1], source[0], "the source")
        header = (folder / "one/net.h").read_text()
        harness.check("It belongs in dtcm." in header and "NET_ARENA_BYTES" in header, header)
        harness.equal({b["memory"] for b in report["plan"]["buffers"]}, {"dtcm"}, "memory")
        for b in report["plan"]["buffers"]:
            del b["memory"], b["accesses"]
        harness.equal(report["plan"], plain["plan"], "the plan")


@harness.case
def accesses_by_hand():
    """Of digits, layer by layer: 8x8 pixels, a convolution with 12 channels and windows of 3 rows, a pool of 2x2, convolutions
    with 24 channels at strides 1 and 2, a product."""
    with harness.temporary_folder() as folder:
        _, report = split(DIGITS, folder, "--schedule", "layers")
        rows = lambda out, window, image: out * window / image  # how often windows go over the image's rows
        expected = {"input_0": 2 * 256,                                           # written by the caller, read
                    "quantize_0": 64 * (1 + rows(8, 3, 8)), "conv2d_1": 768 * 2,  # written, read
                    "max_pool_2": 192 * (1 + rows(4, 3, 4)), "conv2d_3": 384 * (1 + rows(2, 3, 4)),
                    "conv2d_4": 96 * 2, "dense_5": 10 * 2, "dequantize_6": 2 * 40}
        harness.equal({b["name"]: b["accesses"] for b in report["plan"]["buffers"]}, expected, "accesses")
        passes = {t["name"]: t["passes"] for t in report["tables"]}
        harness.equal([passes[f"{name}_weights"] for name in ("conv2d_1", "conv2d_3", "conv2d_4", "dense_5")],
                      [8 * 8, 4 * 4, 2 * 2, 1], "uses of weights: pixels of the result")


@harness.case
def hot_buffers_and_tables_come_first():
    with harness.temporary_folder() as folder:
        _, report = split(DIGITS, folder, "--schedule", "layers")
        density = lambda b: b["accesses"] / b["bytes"]
        fast = [density(b) for b in report["plan"]["buffers"] if b["memory"] == "dtcm"]
        slow = [b for b in report["plan"]["buffers"] if b["memory"] == "sram"]
        room = 2048
        harness.check(max(fast) >= max(density(b) for b in slow), "the most accessed buffer lies in the second memory")
        # A table in the second memory found no room in the first among those that are used at least as much.
        for t in report["tables"]:
            if t["memory"] == "xip":
                before = sum((u["bytes"] + 3) // 4 * 4 for u in report["tables"] if u["memory"] == "flash" and u["passes"] >= t["passes"])
                harness.check(before + t["bytes"] > room, f"{t['name']} has room in flash")


@harness.case
def a_plan_that_is_changed_is_found():
    with harness.temporary_folder() as folder:
        for schedule in ("layers", "auto"):
            _, report = split(DIGITS, folder / schedule, "--schedule", schedule)
            harness.equal(checked(report, folder)[0], 0, "exit code of the plan as it is")
            buffers = [b for b in report["plan"]["buffers"]]
            # One that lies at the other memory's place: it overlaps, or lies outside.
            found = 0
            for i, b in enumerate(buffers):
                changed = copy.deepcopy(report)
                changed["plan"]["buffers"][i]["memory"] = "sram" if b["memory"] == "dtcm" else "dtcm"
                code, said = checked(changed, folder)
                harness.check(code == 0 or "BRN1705" in said, said)
                found += code
            harness.check(found >= 2, f"{found} of {len(buffers)} changes are found")
            for change, text in ((lambda r: r["memories"][0].update(bytes=r["memories"][0]["used"] - 1), "are used"),
                                 (lambda r: r["memories"][1].update(used=r["memories"][1]["arena"] - 1), "are said to be used"),
                                 (lambda r: r["memories"][0].update(arena=r["memories"][0]["arena"] - 1), "outside the arena in"),
                                 (lambda r: r["memories"][2].update(used=4), "its tables have"),
                                 (lambda r: r["plan"].update(arena=8), "the memories hold")):
                changed = copy.deepcopy(report)
                change(changed)
                code, said = checked(changed, folder)
                harness.check(code == 1 and "BRN1705" in said and text in said, f"{text}: {said}")
            for change in (lambda r: r["plan"]["buffers"][0].update(memory="none"), lambda r: r["tables"][0].update(memory="dtcm"),
                           lambda r: r["memories"][0].update(holds="rom"), lambda r: r["plan"]["buffers"][0].pop("memory")):
                changed = copy.deepcopy(report)
                change(changed)
                code, said = checked(changed, folder)
                harness.check(code == 1 and "BRN1706" in said, said)


@harness.case
def what_cannot_be_is_refused():
    for bad in ("dtcm", "dtcm:", "dtcm:0", "dtcm:12Q", "dtcm:64K,", "dtcm:64K@fast", ":64K", "DTCM:64K", "2ram:64K", "arena:64K",
                "int:64K", "dtcm:64K,dtcm:1K", "dtcm:4096M", "d_t:64K"):
        refused("BRN1518", "--memory", bad)
    text = refused("BRN1710", "--memory", "dtcm:256,sram:256")
    missing = int(re.search(r"with ([\d ]+) B more sram", text)[1].replace(" ", ""))
    harness.check("no place: " in text, text)
    with harness.temporary_folder() as folder:  # the figure holds, and one byte less than its alignment needs doesn't
        report = compiled(DIGITS, folder / "lib", "--memory", f"dtcm:256,sram:{256 + missing}")
        harness.check(report["memories"][1]["used"] <= 256 + missing, report["memories"])
    refused("BRN1710", "--memory", f"dtcm:256,sram:{256 + missing // 2}")
    text = refused("BRN1711", "--memory", "flash:512,xip:512")
    missing = int(re.search(r"with ([\d ]+) B more xip", text)[1].replace(" ", ""))
    with harness.temporary_folder() as folder:
        compiled(DIGITS, folder / "lib", "--memory", f"flash:512,xip:{512 + missing}")
    refused("BRN1711", "--memory", f"flash:512,xip:{512 + missing - 4}")
    refused("BRN1516", DIGITS, "--share-arena", "--memory", "dtcm:64K")


@harness.case
def other_forms_of_weights():
    with harness.temporary_folder() as folder:
        for weights, memory, files in (("files", TABLES, ["net_weights.c"]), ("bin", "flash:1M", ["net_weights.S"]),
                                       ("bin", TABLES, ["net_weights_flash.S", "net_weights_xip.S"])):
            flags = ("--weights", weights, "--memory", memory)
            harness.burin("verify", DIGITS, "--dim", "batch=1", *flags)
            harness.burin("verify", DIGITS, "--dim", "batch=1", "--target", "cortex-m4", *flags)
            lib = folder / str(len(list(folder.iterdir())))
            report = compiled(DIGITS, lib, *flags)
            harness.equal(sorted(p.name for p in lib.glob("net_weights*.[cS]")), files, "files of tables")
            for m in report["memories"]:
                if len(files) == 2:
                    size = (lib / f"net_weights_{m['name']}.bin").stat().st_size
                    harness.check(m["used"] - 4 < size <= m["used"], f"{m['name']} has {size} bytes, not {m['used']}")
            harness.run(["cmake", "-B", lib / "build", "-S", lib])
            harness.run(["cmake", "--build", lib / "build"])
            harness.run([lib / "build/net_test"])
        harness.burin("inspect", DIGITS, "--dim", "batch=1", "--memory", "dtcm:1K,sram:64K," + TABLES)
        harness.burin("bench", DIGITS, "--dim", "batch=1", "--target", "cortex-m4", "--memory", "dtcm:2K,sram:64K," + TABLES)


if __name__ == "__main__":
    harness.main()
