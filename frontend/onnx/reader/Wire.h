// Protobuf's wire format, as far as it must be understood before (or without) parsing.
#pragma once

#include <cstdint>
#include <google/protobuf/descriptor.h>
#include <optional>
#include <string_view>

namespace burin {

/// Reads the varint at the beginning of `bytes` and drops it; nothing if there is none.
std::optional<uint64_t> takeVarint(std::string_view &bytes);

/// About how many bytes of memory the message `type` takes once it is parsed from `bytes`. Protobuf may need a hundred
/// times the size of a file that consists of empty messages. Stops counting beyond `limit`, and where the bytes are no
/// message.
uint64_t parsedBytes(std::string_view bytes, const google::protobuf::Descriptor &type, uint64_t limit);

} // namespace burin
