"""The warnings under which generated C is clean."""
STRICT = ("-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-align -Wundef -Wvla "
          "-Wdouble-promotion -Werror").split()
C_ONLY = ["-Wstrict-prototypes", "-Wmissing-prototypes"]
