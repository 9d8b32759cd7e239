"""Random ONNX graphs through ONNX Runtime, the interpreter and the generated C.

    build/venv/bin/python tests/fuzz/fuzz_graphs.py --graphs 500 --seed 1 [--save FOLDER] [--only NUMBER] [--jobs N]

Graph NUMBER of a seed is always the same. A failing graph is made small and saved: model.onnx, test_data_set_0 and what went
wrong. README.md says what is compared."""
import argparse
import collections
import concurrent.futures
import concurrent.futures.process
import os
import pathlib
import re
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import check
import generate
from generate import random_program
from minimise import minimise

BATCH = 100


def run_batch(seed, numbers, save):
    """(results, lines about failures) of the graphs `numbers`."""
    programs = [random_program(seed, n) for n in numbers]
    turn = numbers[0] // BATCH
    results = check.check(programs, turn)
    reports = []
    for number, program, result in zip(numbers, programs, results):
        if not result.failed:
            continue
        small = minimise(program, result.kind, turn)
        where = ""
        if save:
            folder = save / f"{seed}-{number}"
            small.save(folder)
            (folder / "failure.txt").write_text(f"{result.kind}: {result.text}\n")
            where = f", saved as {folder}"
        reports.append(f"graph {number}: {result.kind}: {small.operators()}: {result.text.strip()[:600]}{where}")
    return [(r.kind, r.text, r.ties) for r in results], reports


def run_apart(seed, numbers, save):
    """`run_batch` in a process of its own. A graph that ONNX Runtime dies of is found by halves, and left out."""
    try:
        with concurrent.futures.ProcessPoolExecutor(1) as process:
            return process.submit(run_batch, seed, numbers, save).result()
    except concurrent.futures.process.BrokenProcessPool:
        if len(numbers) == 1:
            return [("reference crashed", "", 0)], []
        middle = len(numbers) // 2
        halves = [run_apart(seed, part, save) for part in (numbers[:middle], numbers[middle:])]
        return [r for results, _ in halves for r in results], [line for _, lines in halves for line in lines]


def run(graphs, seed, jobs=None, save=None, first=0, progress=None):
    """(outcomes, reports) of `graphs` graphs; an outcome is (kind, text, ties)."""
    outcomes, reports = [], []
    jobs = jobs or os.cpu_count()
    size = min(BATCH, -(-graphs // jobs))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        batches = [range(k, min(k + size, first + graphs)) for k in range(first, first + graphs, size)]
        waiting = [pool.submit(run_apart, seed, numbers, save) for numbers in batches]
        for finished in concurrent.futures.as_completed(waiting):
            more, told = finished.result()
            outcomes += more
            reports += told
            if progress:
                progress(len(outcomes), told)
    return outcomes, reports


def refusals(outcomes):
    """How often each diagnostic came, without the names in it, and an example."""
    count, example = collections.Counter(), {}
    for kind, text, _ in outcomes:
        if kind == "refused":
            found = re.search(r"error (BRN\d{4}: [^\n]*)", text)
            words = found.group(1)[:110] if found else text[:80]
            kind = re.sub(r"\d+|\"[^\"]*\"", "*", words)
            example.setdefault(kind, words)
            count[kind] += 1
    return [(n, example[kind]) for kind, n in count.most_common()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--graphs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first graph")
    parser.add_argument("--only", type=int, help="just this graph")
    parser.add_argument("--generators", default="", metavar="NAME,NAME", help="only these functions of *ops.py")
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--save", type=pathlib.Path, help="folder for failing graphs")
    options = parser.parse_args()
    first, graphs = (options.only, 1) if options.only is not None else (options.first, options.graphs)
    generate.ONLY.update(filter(None, options.generators.split(",")))
    start = time.monotonic()

    def progress(done, told):
        for line in told:
            print(line, flush=True)
        if sys.stderr.isatty():
            print(f"\r{done} of {graphs}", end="", file=sys.stderr)
        elif done % 1000 < BATCH:  # a long run that is interrupted leaves how far it came
            print(f"{done} of {graphs}, {(time.monotonic() - start) / 60:.0f} minutes", file=sys.stderr, flush=True)

    outcomes, reports = run(graphs, options.seed, options.jobs, options.save, first, progress)
    for count, words in refusals(outcomes)[:25]:
        print(f"{count:5} refused: {words}")
    counts = collections.Counter(kind for kind, _, _ in outcomes)
    minutes = (time.monotonic() - start) / 60
    print(f"seed {options.seed}: {graphs} graphs, {len(reports)} failed, "
          + ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
          + f"; {sum(t for _, _, t in outcomes)} elements a tie's step off; {graphs / minutes:.0f} graphs a minute")
    return int(bool(reports))


if __name__ == "__main__":
    sys.exit(main())
