/* A plug-in of QEMU that counts executed instructions, exactly: of each function by itself, and of each "owner" with
 * all that it calls which has no owner of its own.
 *
 *   -plugin ./count.so,functions=FILE,reset=ADDRESS,begin=ADDRESS,end=ADDRESS,out=FILE
 *
 * FILE of functions has a line `ADDRESS SIZE KIND` (hexadecimal, hexadecimal, decimal) for each, in ascending order.
 * Executing the instruction at `reset` forgets all counts; between those at `begin` and at `end` instructions are
 * counted. At the end `out` gets a line for each function, and one more for code outside all of them:
 *
 *   instructions executed in it   instructions executed while it was the owner   times it became the owner
 *
 * The owner is the function of kind 1 or 2 that an instruction was executed in last: what a function without a kind
 * of its own (0: a kernel, the C library) executes belongs to whoever called it, without knowing the stack. From one
 * of kind 2 (a layer) the owner never changes to another of kind 2, since layers don't call layers: what looks so is a
 * compiler that jumps from one to the common rest of two.
 *
 * The declarations are those of version 1 of the plug-in interface, QEMU 6 to 8; Debian doesn't package its header. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { QEMU_PLUGIN_CB_NO_REGS = 0, QEMU_PLUGIN_INLINE_ADD_U64 = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
                                            void (*executed)(unsigned int vcpu, void *data), int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *place, uint64_t operand);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*ended)(qemu_plugin_id_t id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;

enum { PLAIN, CALLER, LAYER };

struct function {
    uint64_t address, end;
    int kind;
    uint64_t executed, before; /* since the start, and at the last `begin` */
    uint64_t own, owned, entered;
};

/* The last one stands for code outside all functions. */
static struct function *functions;
static size_t count;
static struct function *owner;
static uint64_t executed, since; /* of all code: since the start, and when the owner or the window changed */
static int counting;
static uint64_t reset_address, begin_address, end_address;
static const char *out_path;

static struct function *function_at(uint64_t address)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (functions[middle].end <= address) { low = middle + 1; } else { high = middle; }
    }
    return low < count && functions[low].address <= address ? &functions[low] : &functions[count];
}

static void charge_owner(void)
{
    if (counting) { owner->owned += executed - since; }
    since = executed;
}

static void on_owner(unsigned int vcpu, void *data)
{
    struct function *next = data;
    (void)vcpu;
    if (next == owner || (next->kind == LAYER && owner->kind == LAYER)) { return; }
    charge_owner();
    owner = next;
    if (counting) { owner->entered++; }
}

static void on_reset(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    for (size_t i = 0; i <= count; ++i) { functions[i].own = functions[i].owned = functions[i].entered = 0; }
}

static void on_begin(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    charge_owner();
    counting = 1;
    for (size_t i = 0; i <= count; ++i) { functions[i].before = functions[i].executed; }
}

static void on_end(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    charge_owner();
    if (counting) {
        for (size_t i = 0; i <= count; ++i) { functions[i].own += functions[i].executed - functions[i].before; }
    }
    counting = 0;
}

static void on_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    const struct function *last = NULL;
    (void)id;
    /* Control enters a function at the start of a block, or, where one falls into the next, inside it. */
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); ++i) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint64_t address = qemu_plugin_insn_vaddr(insn);
        struct function *f = function_at(address);
        if (f->kind != PLAIN && f != last) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_owner, QEMU_PLUGIN_CB_NO_REGS, f);
        }
        last = f;
        if (address == reset_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_reset, QEMU_PLUGIN_CB_NO_REGS, NULL);
        } else if (address == begin_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
        } else if (address == end_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
        }
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &f->executed, 1);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
    }
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
    FILE *file = fopen(out_path, "w");
    (void)id;
    (void)data;
    for (size_t i = 0; file != NULL && i <= count; ++i) {
        fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", functions[i].own, functions[i].owned,
                functions[i].entered);
    }
    if (file != NULL) { fclose(file); }
}

static int read_functions(const char *path)
{
    FILE *file = fopen(path, "r");
    struct function f = {0};
    uint64_t size;
    size_t capacity = 0;
    if (file == NULL) { return -1; }
    do {
        if (count == capacity) {
            capacity = capacity * 2 + 64;
            functions = realloc(functions, capacity * sizeof *functions);
            if (functions == NULL) { abort(); }
        }
        memset(&f, 0, sizeof f);
        functions[count] = f; /* the one behind the last */
        if (fscanf(file, "%" SCNx64 " %" SCNx64 " %d", &f.address, &size, &f.kind) != 3) { break; }
        f.end = f.address + size;
        functions[count++] = f;
    } while (1);
    fclose(file);
    owner = &functions[count];
    return 0;
}

/* The text behind "name=", or NULL. */
static const char *value_of(const char *argument, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
    const char *functions_path = NULL, *value;
    (void)info;
    for (int i = 0; i < argc; ++i) {
        if ((value = value_of(argv[i], "functions")) != NULL) { functions_path = value; }
        if ((value = value_of(argv[i], "reset")) != NULL) { reset_address = strtoull(value, NULL, 0); }
        if ((value = value_of(argv[i], "begin")) != NULL) { begin_address = strtoull(value, NULL, 0); }
        if ((value = value_of(argv[i], "end")) != NULL) { end_address = strtoull(value, NULL, 0); }
        if ((value = value_of(argv[i], "out")) != NULL) { out_path = value; }
    }
    if (functions_path == NULL || out_path == NULL || read_functions(functions_path) != 0) { return -1; }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translated);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
