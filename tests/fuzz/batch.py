"""Many generated libraries in one C program: their kernels are the same texts, so each is compiled once."""
import os
import re
import subprocess

import numpy as np

SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
WARN = ["-std=c99", "-w", "-g1"]
FIRST_KERNEL = "/* ---- kernels, quoted from"
FIRST_LAYER = "/* ---- layers:"

DRIVER = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const char *name;
    size_t arena, state;
    int (*begin)(void *state);
    void (*resize)(void *arena, uint32_t size);
    int (*run)(void *state, void *arena);
    void *(*input)(void *arena, uint32_t k);
    void *(*output)(void *arena, uint32_t k);
    const uint32_t *sizes, *in_bytes, *out_bytes; /* of each run */
    uint32_t runs, inputs, outputs;
} entry;

static void transfer(FILE *f, void *at, uint32_t bytes, int write)
{
    if (bytes > 0u && (write ? fwrite(at, 1u, bytes, f) : fread(at, 1u, bytes, f)) != bytes) {
        fprintf(stderr, "short file\n");
        exit(3);
    }
}

/* All runs for each of two fillings of the arena: what is read before it is written shows. Only the state outlives a run. */
static void run_entry(const entry *e)
{
    char path[64];
    FILE *in, *out;
    snprintf(path, sizeof path, "%s.in", e->name);
    in = fopen(path, "rb");
    snprintf(path, sizeof path, "%s.out", e->name);
    out = fopen(path, "wb");
    for (int fill = 0; fill < 2; ++fill) {
        void *state = malloc(e->state);
        memset(state, fill ? 0xFF : 0x11, e->state);
        if (e->begin(state) != 0)
            exit(6);
        rewind(in);
        for (uint32_t r = 0u; r < e->runs; ++r) {
            void *arena = malloc(e->arena);
            memset(arena, fill ? 0xFF : 0x11, e->arena);
            e->resize(arena, e->sizes[r]);
            for (uint32_t k = 0u; k < e->inputs; ++k)
                transfer(in, e->input(arena, k), e->in_bytes[r * e->inputs + k], 0);
            if (e->run(state, arena) != 0)
                exit(4);
            for (uint32_t k = 0u; k < e->outputs; ++k)
                transfer(out, e->output(arena, k), e->out_bytes[r * e->outputs + k], 1);
            free(arena);
        }
        free(state);
    }
    fclose(in);
    fclose(out);
}

int main(void)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; ++i) {
        int status = 0;
        const pid_t child = fork();
        if (child == 0) {
            char path[64];
            snprintf(path, sizeof path, "%s.log", entries[i].name);
            if (freopen(path, "w", stderr) == NULL)
                _exit(5);
            alarm(20u);
            run_entry(&entries[i]);
            fflush(NULL);
            _exit(0);
        }
        waitpid(child, &status, 0);
        printf("%s %d\n", entries[i].name, status);
    }
    return 0;
}
"""


def pieces(kernels):
    """The definitions of a source's kernel section, each with its comment, in order."""
    return re.findall(r".*?(?:^\}[^\n]*\n|^[^\n /*][^\n]*;\n(?=\n|\Z))", kernels, re.MULTILINE | re.DOTALL)


def split_source(text):
    """(before the kernels, the kernels' definitions, the layers and what follows)."""
    first_layer = text.index(FIRST_LAYER)
    if FIRST_KERNEL not in text:
        return text[:first_layer], [], text[first_layer:]
    at = text.index(FIRST_KERNEL)
    start = text.index("\n", at) + 1
    definitions = pieces(text[start:first_layer])
    # What no definition holds stays where it was: nothing gets lost.
    rest = text[start + sum(map(len, definitions)):first_layer]
    return text[:at], definitions + ([rest] if rest.strip() else []), text[first_layer:]


class Run:
    """The arrays that a library is given, and the Values that it should give."""

    def __init__(self, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs


class Library:
    """One generated library and its `runs`, each with a size of `sizes` if there are any."""

    def __init__(self, name, folder, runs, sizes, has_state):
        self.name, self.folder, self.runs, self.sizes, self.has_state = name, folder, runs, sizes, has_state

    def read(self, suffix):
        return (self.folder / (self.name + suffix)).read_text()


def translation_unit(libraries):
    seen, out = set(), ["#define _POSIX_C_SOURCE 200809L\n"]
    for library in libraries:
        head, kernels, rest = split_source(library.read(".c"))
        out.append(head)
        out += [k for k in kernels if not (k.strip() in seen or seen.add(k.strip()))]
        out += [rest, library.read("_weights.c")]
    return "".join(out)


def numbers(name, values):
    return f"static const uint32_t {name}[] = {{ {', '.join(f'{v}u' for v in values) or '0u'} }};\n"


def adapters(library):
    """Functions of one signature for all libraries."""
    n, state, sized = library.name, library.has_state, bool(library.sizes)
    begin = f"(int){n}_init(({n}_state *)s)" if state else "(void)s, 0"
    resize = f"{n}_set_t(({n}_arena *)a, size)" if sized else "(void)a, (void)size"
    arguments = f"({n}_state *)s, ({n}_arena *)a" if state else f"({n}_arena *)a"
    return (f"static int begin_{n}(void *s) {{ return {begin}; }}\n"
            f"static void resize_{n}(void *a, uint32_t size) {{ {resize}; }}\n"
            f"static int run_{n}(void *s, void *a) {{ (void)s; return (int){n}_run({arguments}); }}\n"
            f"static void *in_{n}(void *a, uint32_t k) {{ return {n}_input(({n}_arena *)a, k); }}\n"
            f"static void *out_{n}(void *a, uint32_t k) {{ return {n}_output(({n}_arena *)a, k); }}\n")


def entry_table(libraries):
    table = DRIVER.index("static void transfer")
    lines, rows = ["#include <stdint.h>\n#include <stddef.h>\n", DRIVER[:table]], []
    for library in libraries:
        n, runs = library.name, library.runs
        lines += [adapters(library), numbers(f"sizes_{n}", library.sizes or [0] * len(runs)),
                  numbers(f"in_bytes_{n}", [a.nbytes for r in runs for a in r.inputs]),
                  numbers(f"out_bytes_{n}", [v.array.nbytes for r in runs for v in r.outputs])]
        state = f"sizeof({n}_state)" if library.has_state else "1"
        rows.append(f'    {{ "{n}", sizeof({n}_arena), {state}, begin_{n}, resize_{n}, run_{n}, in_{n}, out_{n}, sizes_{n}, '
                    f"in_bytes_{n}, out_bytes_{n}, {len(runs)}u, {len(runs[0].inputs)}u, {len(runs[0].outputs)}u }},\n")
    return "".join(lines) + "static const entry entries[] = {\n" + "".join(rows) + "};\n" + DRIVER[table:]


def build(libraries, folder, compiler):
    """Compiles all into `folder`/program; returns the compiler's words if that fails, else None."""
    (folder / "all.c").write_text(translation_unit(libraries) + entry_table(libraries))
    includes = [f"-I{path}" for path in sorted({str(library.folder) for library in libraries})]
    command = [*compiler, *WARN, *SANITIZE, *includes, str(folder / "all.c"), "-o", str(folder / "program"), "-lm"]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return result.stdout + result.stderr if result.returncode else None


def run(libraries, folder):
    """Runs the program; returns, per library, the outputs of all runs or a text that says how it failed."""
    for library in libraries:
        (folder / f"{library.name}.in").write_bytes(b"".join(stored(a).tobytes() for r in library.runs for a in r.inputs))
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:abort_on_error=0", UBSAN_OPTIONS="print_stacktrace=1")
    result = subprocess.run(["./program"], cwd=folder, capture_output=True, text=True, env=environment)
    status = dict(line.split() for line in result.stdout.splitlines())
    return [outcome(library, folder, int(status.get(library.name, -1))) for library in libraries]


def stored(array):
    """As a library has the elements: integers of less than 8 bits take a byte, sign included."""
    array = np.ascontiguousarray(array)
    return array.astype(np.int8) if str(array.dtype) in ("int4", "int2") else array


def outcome(library, folder, status):
    if status != 0:
        log = folder / f"{library.name}.log"
        return f"status {status}\n" + (log.read_text(errors="replace")[:2500] if log.exists() else "")
    data = (folder / f"{library.name}.out").read_bytes()
    half = len(data) // 2
    if data[:half] != data[half:]:
        return "the outputs depend on what the arena held before"
    arrays, at = [], 0
    for expected in [v.array for run in library.runs for v in run.outputs]:
        raw = data[at:at + expected.nbytes]
        arrays.append(np.frombuffer(raw, stored(expected).dtype).astype(expected.dtype).reshape(expected.shape))
        at += expected.nbytes
    return arrays
