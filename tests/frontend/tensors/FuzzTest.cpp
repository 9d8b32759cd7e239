// Damaged tensor files: rejected with one diagnostic, or a tensor whose data fit its shape.
#include "frontend/tensors/TensorFiles.h"
#include "tests/frontend/reader/Mutate.h"

#include <catch2/catch.hpp>

using namespace burin;

static void checkOutcome(const std::optional<HostTensor> &tensor, const CollectingSink &sink, size_t &accepted) {
  if (!tensor) {
    REQUIRE(sink.diagnostics.size() == 1);
    REQUIRE(findPage(sink.diagnostics[0].code));
    return;
  }
  ++accepted;
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(static_cast<int64_t>(tensor->data.size()) == tensor->size() * info(tensor->dtype).bytes());
}

TEST_CASE("mutants of .npy files") {
  std::string header = "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 2), }";
  std::string original = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
  original.append(24, 'x');
  size_t accepted = 0;
  for (uint64_t seed = 1; seed <= 5'000; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    std::string mutant = original;
    mutateBytes(mutant, random);
    CollectingSink sink;
    checkOutcome(readNpyBytes(mutant, "mutant.npy", sink), sink, accepted);
  }
  CHECK(accepted > 100);
}

TEST_CASE("mutants of tensors") {
  onnx::TensorProto proto;
  proto.set_name("t");
  proto.set_data_type(toOnnx(DType::Int4));
  proto.add_dims(3);
  proto.add_dims(2);
  proto.set_raw_data("abc");
  std::string original = proto.SerializeAsString();
  size_t accepted = 0;
  for (uint64_t seed = 1; seed <= 5'000; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    std::string mutant = original;
    mutateBytes(mutant, random);
    onnx::TensorProto tensor;
    if (!tensor.ParseFromString(mutant))
      continue;
    CollectingSink sink;
    checkOutcome(fromTensorProto(tensor, sink), sink, accepted);
  }
  CHECK(accepted > 100);
}
