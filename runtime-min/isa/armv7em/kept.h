/* Assembly whose loop has no registers left keeps constants in floating-point registers S, T or, where there are none, in words of its stack frame, AT bytes from its end on. */
#if defined(__ARM_FP)
#  define BRN_KEEP(A, B, S, T, AT) "vmov " #S ", " #T ", " #A ", " #B "\n\t"
#  define BRN_KEPT(A, B, S, T, AT) "vmov " #A ", " #B ", " #S ", " #T "\n\t"
#  define BRN_KEPT_ONE(A, S, AT) "vmov " #A ", " #S "\n\t"
#  define BRN_KEPT_LAST(A, S, AT) "ldr " #A ", [sp, #" #AT "]\n\tvmov " #S ", " #A "\n\t"
#  define BRN_KEPT_IN "s0", "s1", "s2", "s3", "s4", "s5", "s6",
#else
#  define BRN_KEEP(A, B, S, T, AT) "strd " #A ", " #B ", [sp, #" #AT "]\n\t"
#  define BRN_KEPT(A, B, S, T, AT) "ldrd " #A ", " #B ", [sp, #" #AT "]\n\t"
#  define BRN_KEPT_ONE(A, S, AT) "ldr " #A ", [sp, #" #AT "]\n\t"
#  define BRN_KEPT_LAST(A, S, AT)
#  define BRN_KEPT_IN
#endif
