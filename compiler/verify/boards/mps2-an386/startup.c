/* Start-up for Cortex-M on QEMU's MPS2 AN385 and AN386: vectors, the FPU on if there is one, then newlib's semihosting
 * start. */
#include <stdint.h>

extern uint32_t __stack[];
void _start(void);
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
    (uintptr_t)fault,   (uintptr_t)fault,         (uintptr_t)fault,
};

__attribute__((naked, noreturn, used)) void Reset_Handler(void)
{
    __asm__ volatile(
#if defined(__ARM_FP)
        "ldr r0, =0xE000ED88\n" /* CPACR: full access to CP10 and CP11 */
        "ldr r1, [r0]\n"
        "orr r1, r1, #0xF00000\n"
        "str r1, [r0]\n"
        "dsb\n"
        "isb\n"
#endif
        "ldr r0, =_start\n"
        "bx r0\n"
        ".ltorg\n");
}
