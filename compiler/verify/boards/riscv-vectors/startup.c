/* RISC-V on QEMU's virt: picolibc's start-up code leaves the vector unit off. */

/* Runs before main, which may use vectors: mstatus.VS = dirty. */
__attribute__((constructor)) static void switch_vectors_on(void)
{
    __asm__ volatile(".option push\n\t"
                     ".option arch, +zicsr\n\t"
                     "csrs mstatus, %0\n\t"
                     ".option pop"
                     :
                     : "r"(0x600)
                     : "memory");
}
