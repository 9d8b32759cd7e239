#include "ir/targets/Targets.h"

namespace burin {

// A Cortex-M3 runs the code of those without an FPU, Armv6-M being a part of Armv7-M.
static constexpr std::string_view
    armV7mEmulator =
        "-M mps2-an385 -nographic -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
    armLinkFlags = "--specs=rdimon.specs -Wl,--no-warn-rwx-segments -Tlink.ld -lm",
    armPackages = "gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm";

static constexpr Target targets[] = {
    {.name = "c99",
     .description = "portable C99 for any 32- or 64-bit machine; runs on this host",
     .isa = "c99",
     .kernels = "",
     .pointerBytes = 8,
     .compiler = "",
     .flags = "-O2",
     .emulator = "",
     .emulatorFlags = "",
     .board = "",
     .linkFlags = "-lm",
     .packages = "gcc"},
    {.name = "cortex-m0plus",
     .description = "Arm Cortex-M0+ (Armv6-M, no FPU)",
     .isa = "armv6m",
     .kernels = "pairs",
     .tilePixels = 3,
     .pointerBytes = 4,
     .compiler = "arm-none-eabi-gcc",
     .flags = "-O2 -mcpu=cortex-m0plus -mthumb",
     .emulator = "qemu-system-arm",
     .emulatorFlags = armV7mEmulator,
     .board = "mps2-an386",
     .linkFlags = armLinkFlags,
     .packages = armPackages},
    {.name = "cortex-m3",
     .description = "Arm Cortex-M3 (Armv7-M, no FPU)",
     .isa = "armv7m",
     .kernels = "pairs",
     .pointerBytes = 4,
     .compiler = "arm-none-eabi-gcc",
     .flags = "-O2 -mcpu=cortex-m3 -mthumb",
     .emulator = "qemu-system-arm",
     .emulatorFlags = armV7mEmulator,
     .board = "mps2-an386",
     .linkFlags = armLinkFlags,
     .packages = armPackages},
    {.name = "cortex-m4",
     .description = "Arm Cortex-M4F (Armv7E-M, single-precision FPU)",
     .isa = "armv7em",
     .kernels = "pairs",
     .winograd = true,
     .pointerBytes = 4,
     .compiler = "arm-none-eabi-gcc",
     .flags = "-O2 -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
     .emulator = "qemu-system-arm",
     .emulatorFlags =
         "-M mps2-an386 -nographic -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
     .board = "mps2-an386",
     .linkFlags = armLinkFlags,
     .packages = armPackages},
    {.name = "cortex-m7",
     .description = "Arm Cortex-M7 (Armv7E-M, single-precision FPU)",
     .isa = "armv7em",
     .kernels = "pairs",
     .winograd = true,
     .pointerBytes = 4,
     .compiler = "arm-none-eabi-gcc",
     .flags = "-O2 -mcpu=cortex-m7 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard",
     .emulator = "qemu-system-arm",
     .emulatorFlags =
         "-M mps2-an500 -nographic -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
     .board = "mps2-an386",
     .linkFlags = armLinkFlags,
     .packages = armPackages},
    {.name = "cortex-m33",
     .description = "Arm Cortex-M33 (Armv8-M with DSP extension, single-precision FPU)",
     .isa = "armv7em",
     .kernels = "pairs",
     .winograd = true,
     .pointerBytes = 4,
     .compiler = "arm-none-eabi-gcc",
     .flags = "-O2 -mcpu=cortex-m33 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard",
     .emulator = "qemu-system-arm",
     .emulatorFlags =
         "-M mps2-an505 -nographic -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
     .board = "mps2-an386",
     .linkFlags = "--specs=rdimon.specs -Wl,--no-warn-rwx-segments -Tan505.ld -lm",
     .packages = armPackages},
    {.name = "rv32imc",
     .description = "32-bit RISC-V with multiplication and compressed instructions, no FPU",
     .isa = "rv32im",
     .kernels = "pairs",
     .pointerBytes = 4,
     .compiler = "riscv64-unknown-elf-gcc",
     .flags = "-O2 -march=rv32imc -mabi=ilp32 --specs=picolibc.specs",
     .emulator = "qemu-system-riscv32",
     .emulatorFlags = "-M virt -m 128M -bios none -nographic -monitor none -serial none "
                      "-semihosting-config enable=on,target=native -kernel",
     .board = "",
     .linkFlags = "--oslib=semihost --crt0=hosted -Wl,--defsym=__flash=0x80000000 "
                  "-Wl,--defsym=__flash_size=0x3000000 -Wl,--defsym=__ram=0x83000000 -Wl,--defsym=__ram_size=0x4000000 "
                  "-Wl,--defsym=__stack_size=0x10000 -lm",
     .packages = "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc"},
    {.name = "aarch64",
     .description = "64-bit Arm (Armv8-A)",
     .isa = "c99",
     .kernels = "",
     .pointerBytes = 8,
     .compiler = "aarch64-linux-gnu-gcc",
     .flags = "-O2",
     .emulator = "qemu-aarch64",
     .emulatorFlags = "",
     .board = "",
     .linkFlags = "-static -lm",
     .packages = "gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user"},
    {.name = "rv64gc",
     .description = "64-bit RISC-V with FPU, as Linux runs on",
     .isa = "c99",
     .kernels = "",
     .pointerBytes = 8,
     .compiler = "riscv64-linux-gnu-gcc",
     .flags = "-O2",
     .emulator = "qemu-riscv64",
     .emulatorFlags = "",
     .board = "",
     .linkFlags = "-static -lm",
     .packages = "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user"},
};

std::span<const Target> allTargets() { return targets; }

const Target *findTarget(std::string_view name) {
  for (const Target &t : targets)
    if (t.name == name)
      return &t;
  return nullptr;
}

} // namespace burin
