#include "frontend/samples/NaturalOrder.h"
#include "tests/frontend/tensors/Support.h"

using namespace burin;
using namespace burin::samples;

TEST_CASE("digits are numbers in the order of names") {
  const std::vector<std::string> ordered = {"",
                                            "007",
                                            "07",
                                            "7",
                                            "8",
                                            "10",
                                            "a",
                                            "a1b2",
                                            "a1b10",
                                            "a02b1",
                                            "a2b1",
                                            "a10",
                                            "a99999999999999999999999",
                                            "a100000000000000000000000",
                                            "b"};
  for (size_t i = 0; i < ordered.size(); ++i)
    for (size_t j = 0; j < ordered.size(); ++j) {
      INFO(ordered[i] << " and " << ordered[j]);
      CHECK(naturalLess(ordered[i], ordered[j]) == (i < j));
    }
}

TEST_CASE("a folder in order, without hidden files") {
  TemporaryFolder folder;
  for (const char *name : {"img10.png", "img9.png", ".hidden", "IMG1.PNG"})
    folder.write(name, "x");
  std::filesystem::create_directory(folder.path / "sub");
  CollectingSink sink;
  const auto listing = listFolder(folder.path, sink);
  REQUIRE(listing);
  REQUIRE(listing->files.size() == 3);
  CHECK(listing->files[0].filename() == "IMG1.PNG");
  CHECK(listing->files[1].filename() == "img9.png");
  CHECK(listing->files[2].filename() == "img10.png");
  REQUIRE(listing->folders.size() == 1);
  CHECK(extensionOf(listing->files[0]) == "png");
  CHECK_FALSE(listFolder(folder.path / "none", sink));
  CHECK(onlyCode(sink) == "BRN1012");
}
