// Calls of kernels by name, through the registry, with arguments checked against the kernel's parameters.
#ifndef BURIN_TESTS_RUNTIME_MIN_CALL_H
#define BURIN_TESTS_RUNTIME_MIN_CALL_H

#include "ir/kernels/Kernel.h"

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

namespace burin::test {

/// Suffix of the kernels of an element type, and its name in C.
template <typename T> struct TypeName;
#define BURIN_TYPE_NAME(TYPE, SUFFIX)                                                                                  \
  template <> struct TypeName<TYPE> {                                                                                  \
    static constexpr const char *suffix = SUFFIX;                                                                      \
    static constexpr const char *c = #TYPE;                                                                            \
  };
BURIN_TYPE_NAME(float, "f32")
BURIN_TYPE_NAME(double, "f64")
BURIN_TYPE_NAME(int8_t, "s8")
BURIN_TYPE_NAME(uint8_t, "u8")
BURIN_TYPE_NAME(int16_t, "s16")
BURIN_TYPE_NAME(uint16_t, "u16")
BURIN_TYPE_NAME(int32_t, "s32")
BURIN_TYPE_NAME(uint32_t, "u32")
BURIN_TYPE_NAME(int64_t, "s64")
BURIN_TYPE_NAME(uint64_t, "u64")
#undef BURIN_TYPE_NAME

/// "brn_" + op + "_" + suffix of T.
template <typename T> std::string kernelName(const std::string &op) { return "brn_" + op + "_" + TypeName<T>::suffix; }

template <typename T> kernels::Arg makeArg(const kernels::Param &param, T value) {
  using kernels::ParamKind;
  INFO("parameter " << param.type << " " << param.name);
  kernels::Arg arg{};
  if constexpr (std::is_same_v<T, std::nullptr_t>) {
    REQUIRE(param.kind == ParamKind::Pointer);
    arg.p = nullptr;
  } else if constexpr (std::is_pointer_v<T>) {
    using Pointee = std::remove_pointer_t<T>;
    if constexpr (std::is_pointer_v<Pointee>) {
      REQUIRE(param.kind == ParamKind::Rows);
      REQUIRE(param.elem == TypeName<std::remove_const_t<std::remove_pointer_t<Pointee>>>::c);
    } else {
      REQUIRE(param.kind == ParamKind::Pointer);
      REQUIRE(param.elem == TypeName<std::remove_const_t<Pointee>>::c);
      REQUIRE((param.isConst || !std::is_const_v<Pointee>));
    }
    arg.p = value;
  } else if constexpr (std::is_floating_point_v<T>) {
    REQUIRE(param.kind == ParamKind::Float);
    arg.f = static_cast<double>(value);
  } else {
    REQUIRE(param.kind == ParamKind::Int);
    arg.i = static_cast<int64_t>(value);
  }
  return arg;
}

template <typename... Args> void call(const std::string &name, Args... values) {
  INFO("kernel " << name);
  const kernels::Kernel *kernel = kernels::findKernel(name);
  REQUIRE(kernel != nullptr);
  REQUIRE(kernel->params.size() == sizeof...(Args));
  std::size_t i = 0;
  const kernels::Arg args[] = {makeArg(kernel->params[i++], values)...};
  kernel->invoke(args);
}

} // namespace burin::test

#endif
