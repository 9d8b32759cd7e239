"""check-plan: the plans of real models hold in every schedule; changed ones are refused exactly when a naive execution of
docs/report.md, byte by byte, finds them wrong; damaged reports are refused without a crash."""
import copy
import json
import pathlib
import random
import sys

import numpy as np
import onnx
import onnx.helper as oh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

SCHEDULES = ("layers", "overlap", "streams", "auto")
QUICK = [("mlperf_kws_dscnn_int8", SCHEDULES), ("mlperf_vww_mbv1_int8", ("layers", "auto")),
         ("mlperf_ic_resnet8_int8", SCHEDULES), ("st_mobilenetv2_128_05", ("auto",)),
         ("silero_vad_openvino_16k", ("layers", "auto"))]  # the last keeps a state


def compiled(path, folder, *flags):
    harness.burin("compile", path, "-o", folder, "--name", "net", *flags)
    return json.loads((folder / "report.json").read_text())


def checked(report, folder, name="changed.json"):
    """Exit code and output of check-plan on the report."""
    path = folder / name
    path.write_text(report if isinstance(report, str) else json.dumps(report))
    result = harness.burin("check-plan", path, code=None)
    return result.returncode, result.stdout + result.stderr


class Twin:
    """A plan without loops and branches, executed on an array of bytes as docs/report.md says. `wrong` is None or a text."""

    def __init__(self, report):
        self.plan = report["plan"]
        self.buffers = {b["name"]: dict({"rows": 1, "row_bytes": b["bytes"]}, **b) for b in self.plan["buffers"]}
        self.mark = {name: 1 + 1000 * i for i, name in enumerate(self.buffers)}
        self.arena = np.zeros(self.plan["arena"], np.int64)
        self.wrong = None
        for b in self.buffers.values():
            if b["space"] == "arena" and (b["offset"] < 0 or b["offset"] + b["bytes"] > len(self.arena)
                                          or b["offset"] % b["align"]):
                self.wrong = f"{b['name']} lies outside, or isn't aligned"
                return
        self.execute()

    def slice(self, name, row):
        b = self.buffers[name]
        start = b["offset"] + row % b.get("ring", b["rows"]) * b["row_bytes"]
        return slice(start, start + b["row_bytes"])

    def write(self, name, rows):
        for r in rows:
            if self.buffers[name]["space"] == "arena":
                self.arena[self.slice(name, r)] = self.mark[name] + r

    def need(self, name, rows, who):
        for r in rows:
            if self.buffers[name]["space"] == "arena" and (self.arena[self.slice(name, r)] != self.mark[name] + r).any():
                self.wrong = self.wrong or f"{who}: row {r} of {name} isn't there"

    def all(self, name):
        return range(self.buffers[name]["rows"])

    def rows(self, read, turn):
        if turn is None:
            return self.all(read["buffer"])
        begin = turn * read["stride"] + read["first"]
        return [r for r in self.all(read["buffer"]) if begin <= r < begin + read["span"]]

    def turn(self, layer, turn):
        scratch, result = layer.get("writes", []), layer["result"]
        written = self.all(result)
        if turn is not None:
            made = layer.get("rows_made", 1)
            if layer.get("accumulates"):
                written = written if turn == layer["turns"] - 1 else []
            else:
                written = written[turn * made:(turn + 1) * made]
        for read in layer["reads"]:
            self.need(read["buffer"], self.rows(read, turn), layer["name"])
        for name in scratch:
            if turn:
                self.need(name, self.all(name), layer["name"])
            else:
                self.write(name, self.all(name))
        self.write(result, written)
        for read in layer["reads"]:
            gone = [r for r in written if read.get("overwritable") and r < self.buffers[read["buffer"]]["rows"]
                    and self.slice(read["buffer"], r) == self.slice(result, r)]
            self.need(read["buffer"], [r for r in self.rows(read, turn) if r not in gone], layer["name"])
        self.need(result, written, layer["name"])
        for name in scratch:
            self.need(name, self.all(name), layer["name"])

    def stream(self, layers):
        taken = [0] * len(layers)
        producer = {layer["result"]: i for i, layer in enumerate(layers)}

        def lacks(i, read):
            p = producer.get(read["buffer"])
            if p is None or taken[p] == layers[p]["turns"]:
                return False
            last = max(self.rows(read, taken[i]), default=-1)
            return last >= (0 if layers[p].get("accumulates") else taken[p] * layers[p].get("rows_made", 1))

        def can(i):
            if taken[i] == layers[i]["turns"] or any(lacks(i, r) for r in layers[i]["reads"]):
                return False
            return not layers[i].get("lazy") or any(
                taken[j] < other["turns"] and r["buffer"] == layers[i]["result"] and lacks(j, r)
                for j, other in enumerate(layers) for r in other["reads"])

        while not self.wrong and any(t < layer["turns"] and "ring" not in self.buffers[layer["result"]]
                                     for t, layer in zip(taken, layers)):
            ready = [i for i in range(len(layers)) if can(i)]
            if not ready:
                self.wrong = "the stream halts"
                return
            self.turn(layers[ready[-1]], taken[ready[-1]])
            taken[ready[-1]] += 1

    def execute(self):
        begin = [name for name, b in self.buffers.items() if b["first"] == -1]
        for name in begin:
            self.write(name, self.all(name))
        for name in begin:
            self.need(name, self.all(name), "inputs")
        for layer in self.plan["layers"]:
            if "stream" in layer:
                self.stream(layer["stream"])
            for turn in range(layer["turns"]) if "turns" in layer else [None] if "result" in layer else []:
                self.turn(layer, turn)
        for name, b in self.buffers.items():
            if b["last"] == self.plan["steps"]:
                self.need(name, self.all(name), "outputs")


def layers_of(plan):
    for layer in plan["layers"]:
        yield from layer.get("stream", [layer])


def buffer(report, name):
    return next(b for b in report["plan"]["buffers"] if b["name"] == name)


@harness.group
def plans_hold():
    models = [(p.parent.name, SCHEDULES) for p in sorted(harness.data("models").glob("*/model.onnx"))]
    for name, schedules in models if harness.FULL else QUICK:
        for schedule in schedules:
            with harness.temporary_folder() as folder:
                result = harness.burin("compile", harness.data("models") / name / "model.onnx", "-o", folder / "lib",
                                       "--schedule", schedule, code=None)
                if result.returncode == 1:  # can't be compiled without more flags
                    yield f"{name}/{schedule}", harness.Skip(result.stderr.splitlines()[0]) if harness.FULL else result.stderr
                    continue
                plan = json.loads((folder / "lib/report.json").read_text())["plan"]
                said = harness.burin("check-plan", folder / "lib").stdout.splitlines()
                ends = said[-1].startswith(f"plan: ok, arena {plan['arena']} of bound ")
                bound = int(said[-1].split()[-1])
                proven = "optimum: proven" in said[-2]
                yield f"{name}/{schedule}", None if ends and proven == (bound == plan["arena"]) else said


def forks(path):
    """y = x + x if sum(x) > 0, else three Sigmoids in a Loop, then their sum with x."""
    value = lambda name, shape, dtype=onnx.TensorProto.FLOAT: oh.make_tensor_value_info(name, dtype, shape)
    boolean = onnx.TensorProto.BOOL
    body = oh.make_graph([oh.make_node("Sigmoid", ["s"], ["t"]), oh.make_node("Mul", ["t", "x"], ["s2"]),
                          oh.make_node("Identity", ["go"], ["go2"])], "body",
                         [value("i", [], onnx.TensorProto.INT64), value("go", [], boolean), value("s", [8])],
                         [value("go2", [], boolean), value("s2", [8])])
    then = oh.make_graph([oh.make_node("Add", ["x", "x"], ["a"])], "then", [], [value("a", [8])])
    other = oh.make_graph([oh.make_node("Loop", ["three", "", "x"], ["w"], body=body),
                           oh.make_node("Add", ["w", "x"], ["b"])], "other", [], [value("b", [8])])
    graph = oh.make_graph([oh.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
                           oh.make_node("Greater", ["sum", "zero"], ["positive"]),
                           oh.make_node("If", ["positive"], ["c"], then_branch=then, else_branch=other),
                           oh.make_node("Mul", ["c", "x"], ["y"])], "forks", [value("x", [8])], [value("y", [8])],
                          [oh.make_tensor("zero", onnx.TensorProto.FLOAT, [], [0.0]),
                           oh.make_tensor("three", onnx.TensorProto.INT64, [], [3])])
    onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), path)


@harness.case
def branches_and_loops():
    with harness.temporary_folder() as folder:
        forks(folder / "m.onnx")
        report = compiled(folder / "m.onnx", folder / "lib")
        code, said = checked(report, folder)
        harness.check(code == 0 and "1 branches both ways" in said and " loops until nothing changes" in said, said)
        # x is read behind the branches: whatever one of them computes may not lie on it.
        x = report["plan"]["inputs"][0]
        inside = [l["result"] for layer in report["plan"]["layers"] if "then" in layer for l in layer["then"]]
        harness.check(inside and x not in inside, f"results of the branch: {inside}")
        changed = copy.deepcopy(report)
        buffer(changed, inside[0])["offset"] = buffer(report, x)["offset"]
        code, said = checked(changed, folder)
        harness.check(code == 1 and "BRN1705" in said and inside[0] in said and x in said, said)


@harness.case
def open_sizes_say_what_is_not_checked():
    with harness.temporary_folder() as folder:
        value = lambda name: oh.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["T", 4])
        graph = oh.make_graph([oh.make_node("Softmax", ["x"], ["y"], axis=1), oh.make_node("Add", ["x", "y"], ["z"])], "g",
                              [value("x")], [value("z")])
        onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), folder / "m.onnx")
        said = checked(compiled(folder / "m.onnx", folder / "lib", "--dim", "T=1..64"), folder)[1]
        harness.check("not checked: sizes below the largest" in said and "plan: ok" in said, said)


def moved(report, rng):
    """The report with one buffer elsewhere, or two swapped; none of the boundary, whose places the report names twice."""
    changed = copy.deepcopy(report)
    plan = changed["plan"]
    free = [b for b in plan["buffers"] if b["space"] == "arena" and b["name"] not in plan["inputs"] + plan["outputs"]]
    a, b = rng.sample(free, 2)
    if rng.random() < 0.4:
        a["offset"], b["offset"] = b["offset"], a["offset"]
    elif rng.random() < 0.5:
        a["offset"] += rng.choice([-1, 1]) * rng.choice([1, a["align"], a.get("row_bytes", 64), 64])
    else:
        a["offset"] = rng.randrange(0, plan["arena"]) // a["align"] * a["align"]
    return changed


@harness.group
def moved_buffers():
    """Refused exactly when the naive execution, or for whole buffers two lives on common bytes, say so."""
    for name, schedule in [("mlperf_kws_dscnn_int8", "layers"), ("mlperf_kws_dscnn_int8", "auto"),
                           ("mlperf_ic_resnet8_int8", "layers"), ("mlperf_ic_resnet8_int8", "overlap"),
                           ("mlperf_sww_int8", "auto"), ("tinymaix_mnist_valid_q", "streams")]:
        with harness.temporary_folder() as folder:
            report = compiled(harness.data("models") / name / "model.onnx", folder / "lib", "--schedule", schedule)
            problem = None if Twin(report).wrong is None else f"the twin refuses the plan: {Twin(report).wrong}"
            rng, refused, held = random.Random(1705), 0, 0
            for i in range(40):
                changed = moved(report, rng)
                wrong = Twin(changed).wrong
                arena = [b for b in changed["plan"]["buffers"] if b["space"] == "arena"]
                if not changed["plan"]["by_rows"] and any(
                        a is not b and a["first"] <= b["last"] and b["first"] <= a["last"]
                        and a["offset"] < b["offset"] + b["bytes"] and b["offset"] < a["offset"] + a["bytes"]
                        for a in arena for b in arena):
                    wrong = wrong or "two lives on common bytes"
                code, said = checked(changed, folder)
                refused, held = refused + (code == 1), held + (code == 0)
                if code != (1 if wrong else 0):
                    problem = f"seed 1705, change {i}: expected {wrong}, got {said}"
                    break
            yield f"{name}/{schedule}", problem or (None if refused > 5 else f"only {refused} refused, {held} held")


@harness.group
def changed_rows():
    """Every ring has just the rows that it needs; what is read in place has to be said to be overwritable."""
    overwritten = 0
    for name, schedule in [("mlperf_kws_dscnn_int8", "auto"), ("mlperf_ic_resnet8_int8", "auto"),
                           ("armnn_mobilenetv2_224_uint8", "auto"), ("mlperf_ic_resnet8_int8", "overlap")]:
        with harness.temporary_folder() as folder:
            report = compiled(harness.data("models") / name / "model.onnx", folder / "lib", "--schedule", schedule)
            changes = []
            for i, b in enumerate(report["plan"]["buffers"]):
                if b.get("ring", 1) > 1:  # a row less: a row that is still to be read goes
                    changes.append((f"ring {b['name']}", copy.deepcopy(report)))
                    smaller = changes[-1][1]["plan"]["buffers"][i]
                    smaller["ring"] -= 1
                    smaller["bytes"] -= smaller["row_bytes"]
            for i, layer in enumerate(layers_of(report["plan"])):
                for k, read in enumerate(layer["reads"]):
                    b = buffer(report, read["buffer"])
                    if "turns" in layer and b.get("ring", b.get("rows", 1)) < b.get("rows", 1):
                        # all rows at once: a ring has fewer
                        changes.append((f"read of {b['name']}", copy.deepcopy(report)))
                        list(layers_of(changes[-1][1]["plan"]))[i]["reads"][k].update(stride=0, first=0, span=b["rows"])
                    if read.get("overwritable") and b["offset"] == buffer(report, layer["result"])["offset"]:
                        overwritten += 1
                        changes.append((f"overwritable {b['name']}", copy.deepcopy(report)))
                        del list(layers_of(changes[-1][1]["plan"]))[i]["reads"][k]["overwritable"]
            changes.append(("arena", copy.deepcopy(report)))  # what lies at the end leads beyond it
            changes[-1][1]["plan"]["arena"] = max(b["offset"] + b["bytes"] for b in report["plan"]["buffers"]) - 1
            wrong = [what for what, changed in changes
                     if (result := checked(changed, folder))[0] != 1 or "BRN1705" not in result[1]]
            yield f"{name}/{schedule}", f"not refused: {wrong}" if wrong else None
    yield "something is read in place", None if overwritten else "no layer in any of these plans"


@harness.case
def a_proof_is_searched_for_a_way_round():
    """Of the buffers that a smallest arena is blamed on none can be left out, and no larger arena can be blamed on them."""
    with harness.temporary_folder() as folder:
        report = compiled(harness.ROOT / "examples/digits/int8/model.onnx", folder / "lib", "--dim", "batch=1",
                          "--schedule", "streams")
        code, said = checked(report, folder)
        harness.check(code == 0 and f"optimum: proven; {len(report['plan']['proof'])} of the buffers" in said, said)
        for i in range(len(report["plan"]["proof"])):
            changed = copy.deepcopy(report)
            del changed["plan"]["proof"][i]
            code, said = checked(changed, folder)
            harness.check(code == 1 and "BRN1705" in said and "could lie in fewer" in said, f"without {i}: {said}")
        changed = copy.deepcopy(report)
        changed["plan"]["arena"] += 64
        changed["ram"]["arena"] += 64
        code, said = checked(changed, folder)
        harness.check(code == 1 and "could lie in fewer" in said, said)


@harness.case
def several_rows_a_turn():
    """Two rows that a turn makes are in place together, and all of them are counted as made."""
    with harness.temporary_folder() as folder:
        rng = np.random.default_rng(1707)
        weights = [onnx.numpy_helper.from_array(rng.normal(0, 0.3, shape).astype(np.float32), name)
                   for name, shape in (("w", (8, 3, 3, 3)), ("v", (2, 2, 3, 3)))]
        nodes = [oh.make_node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1]),
                 oh.make_node("DepthToSpace", ["a"], ["b"], blocksize=2),
                 oh.make_node("Conv", ["b", "v"], ["y"], pads=[1, 1, 1, 1])]
        value = lambda name, shape: oh.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        graph = oh.make_graph(nodes, "g", [value("x", [1, 3, 9, 5])], [value("y", None)], weights)
        onnx.save(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8), folder / "m.onnx")
        report = compiled(folder / "m.onnx", folder / "lib", "--schedule", "streams")
        harness.check(Twin(report).wrong is None, Twin(report).wrong)
        made = next(i for i, layer in enumerate(layers_of(report["plan"])) if layer.get("rows_made") == 2)

        def refused(code, change):
            changed = copy.deepcopy(report)
            layers = list(layers_of(changed["plan"]))
            change(layers[made], layers[made + 1], buffer(changed, layers[made]["result"]))
            result, said = checked(changed, folder)
            harness.check(result == 1 and code in said, f"{code}: {result} {said}")
            return changed

        def shorter(layer, reader, ring):
            ring["ring"] -= 1
            ring["bytes"] -= ring["row_bytes"]

        def pair(layer, reader, ring):
            ring["ring"], ring["bytes"] = 2, 2 * ring["row_bytes"]

        def further(layer, reader, ring):
            reader["reads"][0]["first"] -= 2
            reader["reads"][0]["span"] += 2

        refused("makes 2 rows a turn, and the ring of buffer", shorter)
        harness.check(Twin(refused("BRN1705", pair)).wrong, "the twin accepts a ring of one pair")
        harness.check(Twin(refused("BRN1705", further)).wrong, "the twin accepts a window that reaches further back")
        refused("BRN1706", lambda layer, reader, ring: layer.update(rows_made=3))


@harness.case
def damaged_reports_are_refused():
    with harness.temporary_folder() as folder:
        text = json.dumps(compiled(harness.data("models") / "mlperf_kws_dscnn_int8/model.onnx", folder / "lib",
                                   "--schedule", "auto"))
        rng = random.Random(1706)
        for i in range(60):
            at = rng.randrange(len(text))
            damaged = rng.choice([text[:at], text[:at] + rng.choice('{}[]",:9-') + text[at + 1:],
                                  text[:at] + text[at + rng.randrange(1, 2000):]])
            code, said = checked(damaged, folder)
            harness.check(code == 0 or (code == 1 and "error BRN170" in said), f"seed 1706, damage {i}: {code} {said}")
        for path in ("nowhere", "nowhere.json"):
            harness.check("error BRN1001" in harness.burin("check-plan", folder / path, code=1).stderr, path)


if __name__ == "__main__":
    harness.main()
