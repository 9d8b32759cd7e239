// Calls of kernels with an array of arguments.
#ifndef BURIN_IR_KERNELS_INVOKE_H
#define BURIN_IR_KERNELS_INVOKE_H

#include "ir/kernels/Family.h"

#include <type_traits>
#include <utility>

namespace burin::kernels {

template <typename T> T unpack(const Arg &arg) {
  if constexpr (std::is_pointer_v<T>)
    return static_cast<T>(const_cast<void *>(arg.p)); // whether a kernel writes there is what its Param says
  else if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(arg.f);
  else
    return static_cast<T>(arg.i);
}

template <typename... Params, std::size_t... I>
void call(void (*function)(Params...), const Arg *args, std::index_sequence<I...>) {
  function(unpack<Params>(args[I])...);
}

template <typename... Params> void unpackAndCall(void (*function)(Params...), const Arg *args) {
  call(function, args, std::index_sequence_for<Params...>());
}

/// Calls `Function` with arguments unpacked by the types of its parameters.
template <auto Function> void invoke(const Arg *args) { unpackAndCall(Function, args); }

} // namespace burin::kernels

#endif
