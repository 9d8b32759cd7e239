/* Start-up for Cortex-M55 on QEMU's MPS3 AN547: vectors, FPU and vector extension on, low-overhead loops on, then main.
 * Newlib's own start isn't used: it puts stack and heap where semihosting says, which on this board is the wrong
 * memory. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t __stack[];
extern uint8_t __bss_start__[], __bss_end__[];
void initialise_monitor_handles(void);
void __libc_init_array(void);
int main(void);
void Reset_Handler(void);

/* A fault ends the run with SYS_EXIT and ADP_Stopped_RunTimeError, so that it is not mistaken for success. */
static void fault(void)
{
    register int operation __asm__("r0") = 0x18;
    register int reason __asm__("r1") = 0x20023;
    __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(reason) : "memory");
    for (;;) { }
}

__attribute__((section(".vectors"), used)) const uintptr_t vectors[16] = {
    (uintptr_t)__stack, (uintptr_t)Reset_Handler, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault,   (uintptr_t)fault,         (uintptr_t)fault, (uintptr_t)fault,
};

__attribute__((noreturn, used)) static void start(void)
{
    for (volatile uint8_t *b = __bss_start__; b != __bss_end__; ++b) { *b = 0; }
    initialise_monitor_handles();
    __libc_init_array();
    exit(main());
}

__attribute__((naked, noreturn, used)) void Reset_Handler(void)
{
    __asm__ volatile(
        "ldr r0, =0xE000ED88\n" /* CPACR: full access to CP10 and CP11, FPU and vector extension */
        "ldr r1, [r0]\n"
        "orr r1, r1, #0xF00000\n"
        "str r1, [r0]\n"
        "ldr r0, =0xE000ED14\n" /* CCR.LOB: low-overhead loops */
        "ldr r1, [r0]\n"
        "orr r1, r1, #0x80000\n"
        "str r1, [r0]\n"
        "dsb\n"
        "isb\n"
        "ldr r0, =start\n"
        "bx r0\n"
        ".ltorg\n");
}
