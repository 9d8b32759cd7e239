/* Makes a helper part of the loop around it, so that what the loop knows stays in registers. */
#if !defined(BRN_ALWAYS_INLINE)
#  if defined(__GNUC__)
#    define BRN_ALWAYS_INLINE inline __attribute__((always_inline))
#  else
#    define BRN_ALWAYS_INLINE inline
#  endif
#endif
