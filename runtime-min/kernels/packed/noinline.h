/* Keeps the inner loop in a function of its own: inlined into a long one, gcc runs out of registers and spills inside it. */
#if !defined(BRN_NOINLINE)
#  if defined(__GNUC__)
#    define BRN_NOINLINE __attribute__((noinline))
#  else
#    define BRN_NOINLINE
#  endif
#endif
