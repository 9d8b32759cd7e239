/* How often loops over depth are written out: where the build asks for small code, as often as costs a twentieth of the time. */
#if defined(__OPTIMIZE_SIZE__)
#  define BRN_ROUNDS 2
#else
#  define BRN_ROUNDS 8
#endif
