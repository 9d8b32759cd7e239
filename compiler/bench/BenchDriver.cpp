#include "compiler/bench/BenchDriver.h"

#include "codegen/CWriter.h"
#include "compiler/verify/DriverParts.h"

namespace burin {
namespace {

/// Painted for the stack: twice the bound, so that one that is wrong shows. No board has less stack than this.
int64_t paintedBytes(const codegen::Library &library) {
  return std::min<int64_t>(2 * library.stackBound + 1024, 48 * 1024);
}

constexpr llvm::StringRef markers = R"(enum { COUNT, STACK, TIME };
static int mode;

/* What the counting plug-in looks for. Each is another code, lest a compiler makes one of them. */
__attribute__((noinline)) void bench_reset(void) { __asm__ volatile("nop" : : : "memory"); }
__attribute__((noinline)) void bench_begin(void) { __asm__ volatile("nop\n\tnop" : : : "memory"); }
__attribute__((noinline)) void bench_end(void) { __asm__ volatile("nop\n\tnop\n\tnop" : : : "memory"); }

)";

constexpr llvm::StringRef stack = R"(static uintptr_t painted, caller_stack;
static uint32_t deepest;

static inline __attribute__((always_inline)) uintptr_t stack_pointer(void)
{
    uintptr_t sp;
#if defined(__x86_64__)
    __asm__ volatile("mov %%rsp, %0" : "=r"(sp));
#elif defined(__i386__)
    __asm__ volatile("mov %%esp, %0" : "=r"(sp));
#elif defined(__riscv)
    __asm__ volatile("mv %0, sp" : "=r"(sp));
#elif defined(__arm__) || defined(__aarch64__)
    __asm__ volatile("mov %0, sp" : "=r"(sp));
#else
    sp = (uintptr_t)__builtin_frame_address(0);
#endif
    return sp;
}

static uint8_t paint_at(uint32_t i) { return (uint8_t)(i * 7u + 0x5Bu); }

/* Leaves a known pattern below the caller's stack. */
static __attribute__((noinline)) void paint(void)
{
    volatile uint8_t area[PAINTED];
    for (uint32_t i = 0u; i < PAINTED; ++i) { area[i] = paint_at(i); }
    painted = (uintptr_t)&area[0];
}

/* How far below the caller's stack the pattern is gone. Inline, as all that looks: it must not write there itself. */
static inline __attribute__((always_inline)) void look_for_paint(void)
{
    const volatile uint8_t *area = (const volatile uint8_t *)painted;
    uint32_t i = 0u;
    while (i < PAINTED && area[i] == paint_at(i)) { ++i; }
    const uint32_t depth = i == 0u ? UINT32_MAX : (uint32_t)(caller_stack - (painted + i));
    if (depth > deepest) { deepest = depth; }
}

)";

constexpr llvm::StringRef noClock = R"(static inline __attribute__((always_inline)) void begin(void)
{
    if (mode == STACK) { paint(); } else { bench_begin(); }
}

static inline __attribute__((always_inline)) void finish(void)
{
    if (mode == STACK) { look_for_paint(); } else { bench_end(); }
}

)";

constexpr llvm::StringRef clocks = R"(static uint64_t began, elapsed;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A finer and quicker clock, in units of its own. */
static uint64_t ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return now();
#endif
}

)";

constexpr llvm::StringRef clocked = R"(static inline __attribute__((always_inline)) void begin(void)
{
    if (mode == STACK) { paint(); }
    began = ticks();
}

static inline __attribute__((always_inline)) void finish(void)
{
    const uint64_t ended = ticks();
    if (mode == STACK) { look_for_paint(); }
    elapsed += ended - began;
}

)";

/// The hooks of a traced library: at each, the time since the last one is the current layer's.
constexpr llvm::StringRef hooks = R"(static uint64_t spent[LAYERS + 1u], fastest[LAYERS + 1u];
static uint32_t entered[LAYERS + 1u], current;

static inline void charge(uint32_t next)
{
    const uint64_t t = ticks();
    spent[current] += t - began;
    began = t;
    current = next;
    entered[next] += 1u;
}

)";

constexpr llvm::StringRef tracedClock = R"(static inline __attribute__((always_inline)) void begin(void)
{
    if (mode == STACK) { paint(); }
    current = LAYERS;
    began = ticks();
}

static inline __attribute__((always_inline)) void finish(void)
{
    charge(LAYERS);
    if (mode == STACK) { look_for_paint(); }
}

/* What a hook costs: least time between two of them. */
static uint64_t cost_of_hook(void)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0u; i < 1000u; ++i) {
        spent[0] = 0u;
        current = 0u;
        began = ticks();
        charge(LAYERS);
        if (spent[0] < least) { least = spent[0]; }
    }
    return least;
}

static void reset_layers(void)
{
    memset(spent, 0, sizeof spent);
    memset(entered, 0, sizeof entered);
}

static void keep_fastest(uint64_t hook)
{
    for (uint32_t i = 0u; i <= LAYERS; ++i) {
        const uint64_t hooks = hook * entered[i];
        const uint64_t t = spent[i] > hooks ? spent[i] - hooks : 0u;
        if (t < fastest[i]) { fastest[i] = t; }
    }
}

)";

constexpr llvm::StringRef calls = R"(static void call(int keep)
{
    for (uint32_t i = 0u; i < INPUTS; ++i) { get(&inputs[i]); }
    RESET();
    if (run() != 0) { exit(5); }
    for (uint32_t i = 0u; keep && i < OUTPUTS; ++i) { put(&outputs[i]); }
}

/* The calls of one sample. Each forgets what was measured of the one before it. */
static void sample(int how, int keep)
{
    uint32_t head[2];
    mode = how;
    rewind(in);
    if (fread(head, sizeof head[0], 2u, in) != 2u) { exit(2); }
    FORGET_STATE();
    for (uint32_t i = 0u; i < head[1]; ++i) { call(keep); }
}

int main(void)
{
    in = fopen("verify.in", "rb");
    out = fopen("verify.out", "wb");
    if (in == NULL || out == NULL) { return 2; }
    sample(COUNT, 1);
    if (fclose(out) != 0) { return 6; }
    sample(STACK, 0);
    out = fopen(RESULTS, "w");
    if (out == NULL) { return 2; }
    fprintf(out, "stack %lu\n", (unsigned long)deepest);
    measure();
    return fclose(out) == 0 ? 0 : 6;
}
)";

/// About a second of repetitions; `ticks` become nanoseconds by what both clocks say of it.
constexpr llvm::StringRef timing = R"(static void measure(void)
{
    uint64_t best = UINT64_MAX, none = UINT64_MAX;
    uint32_t repetitions = 0u;
    for (uint32_t i = 0u; i < 1000u; ++i) {
        elapsed = 0u;
        mode = TIME;
        begin();
        finish();
        if (elapsed < none) { none = elapsed; }
    }
    const uint64_t start = now(), start_ticks = ticks();
    do {
        sample(TIME, 0);
        if (elapsed < best) { best = elapsed; }
        repetitions += 1u;
    } while (repetitions < 3u || now() - start < 1000000000u);
    const double scale = (double)(now() - start) / (double)(ticks() - start_ticks);
    fprintf(out, "time %.1f\n", (double)(best > none ? best - none : 0u) * scale);
    fprintf(out, "repetitions %lu\n", (unsigned long)repetitions);
}

)";

constexpr llvm::StringRef layerTiming = R"(static void measure(void)
{
    const uint64_t hook = cost_of_hook();
    uint32_t repetitions = 0u;
    memset(fastest, 0xFF, sizeof fastest);
    const uint64_t start = now(), start_ticks = ticks();
    do {
        sample(TIME, 0);
        keep_fastest(hook);
        repetitions += 1u;
    } while (repetitions < 3u || now() - start < 1000000000u);
    const double scale = (double)(now() - start) / (double)(ticks() - start_ticks);
    for (uint32_t i = 0u; i < LAYERS; ++i) {
        fprintf(out, "layer_calls %lu\n", (unsigned long)entered[i]);
        fprintf(out, "layer_time %.1f\n", (double)fastest[i] * scale);
    }
    fprintf(out, "between_time %.1f\n", (double)fastest[LAYERS] * scale);
}

)";

} // namespace

codegen::File BenchDriver::print(const codegen::Library &library) const {
  const std::string &name = library.info.name;
  codegen::CWriter w;
  w.comment("Measures " + name + " for `burin bench`.");
  if (timed)
    w.line("#define _POSIX_C_SOURCE 199309L").line("#include <time.h>");
  w.line("#include <stdint.h>").line("#include <stdio.h>").line("#include <stdlib.h>").line("#include <string.h>");
  w.line().line("#define PAINTED " + std::to_string(paintedBytes(library)) + "u");
  w.line("#define LAYERS " + std::to_string(codegen::workingLayers(library.layers).size()) + "u");
  w.line("#define RESULTS \"" + std::string(results) + "\"");
  w.line("#define FORGET_STATE() " + std::string(library.hasState() ? "memset(&state, 0, sizeof state)" : "(void)0"));
  w.line(traced  ? "#define RESET() reset_layers()"
         : timed ? "#define RESET() (elapsed = 0u)"
                 : "#define RESET() (mode == COUNT ? bench_reset() : (void)0)");
  w.line();
  if (timed)
    w.raw(clocks);
  if (traced) {
    w.raw(hooks);
    w.line("static void " + name + "_enter(uint32_t layer) { charge(layer); }");
    w.line("static void " + name + "_leave(void) { charge(LAYERS); }");
  }
  w.line("#include \"" + name + (traced ? ".c\"" : ".h\"")).line();
  w.raw(markers).raw(stack).raw(traced ? tracedClock : timed ? clocked : noClock);
  w.line("#define LIBRARY(call) (caller_stack = stack_pointer(), begin(), status = (int)(call), finish(), status)");
  w.line("static int status;").line();
  printDriverMemory(w, library);
  printDriverRun(w, library);
  printDriverBoundary(w, library);
  // Measuring time calls what `calls` defines.
  const llvm::StringRef measure = traced ? layerTiming : timed ? timing : "static void measure(void) { }\n\n";
  const auto [before, main] = calls.split("int main");
  w.raw(before).raw(measure).raw("int main").raw(main);
  return {name + "_driver.c", w.take()};
}

} // namespace burin
