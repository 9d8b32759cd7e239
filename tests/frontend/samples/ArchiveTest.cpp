#include "frontend/samples/ArrayFile.h"
#include "tests/frontend/samples/Media.h"

#include <numeric>

using namespace burin;
using namespace burin::samples;

TEST_CASE("numpy's archives, stored and deflated") {
  TemporaryFolder folder;
  for (const char *name : {"stored.npz", "deflated.npz"}) {
    INFO(name);
    const auto path = folder.write(name, mediaFile(name));
    CollectingSink sink;
    const auto entries = readZipDirectory(path, sink);
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    CHECK((*entries)[0].name == "x.npy");
    CHECK((*entries)[1].name == "y.npy");
    CHECK((*entries)[0].isDeflated == (std::string(name) == "deflated.npz"));

    const auto x = ArrayFile::open(path, (*entries)[0], sink), y = ArrayFile::open(path, (*entries)[1], sink);
    REQUIRE(x);
    REQUIRE(y);
    CHECK(x->shape() == std::vector<int64_t>{4, 2, 3});
    CHECK(x->name() == std::string(name) + ":x");
    std::vector<float> wanted(6);
    std::iota(wanted.begin(), wanted.end(), 12.0f);
    const auto slice = x->slice(2, sink);
    REQUIRE(slice);
    CHECK(slice->shape == std::vector<int64_t>{2, 3});
    CHECK(valuesOf<float>(*slice) == wanted);
    const auto whole = y->whole(sink);
    REQUIRE(whole);
    CHECK(valuesOf<int64_t>(*whole) == std::vector<int64_t>{3, 1, 0, 2});
    CHECK(sink.diagnostics.empty());
  }
}

TEST_CASE("archives that can't be read") {
  TemporaryFolder folder;
  const auto codeFor = [&](const std::string &bytes) {
    CollectingSink sink;
    const auto path = folder.write("bad.npz", bytes);
    const auto entries = readZipDirectory(path, sink);
    if (entries)
      for (const ZipEntry &entry : *entries)
        if (!readZipEntry(path, entry, sink))
          break;
    return onlyCode(sink);
  };
  const std::string good(mediaFile("deflated.npz"));
  CHECK(codeFor("") == "BRN1014");
  CHECK(codeFor("PK") == "BRN1014");
  CHECK(codeFor(good.substr(0, good.size() / 2)) == "BRN1014");
  std::string changed = good;
  changed[100] ^= 1; // in the first entry's deflated bytes
  CHECK(codeFor(changed) == "BRN1014");
  const size_t directory = good.find("PK\x01\x02");
  changed = good;
  changed[directory + 8] |= 1;
  CHECK(codeFor(changed) == "BRN1014"); // encrypted
  changed = good;
  changed[directory + 10] = 12;
  CHECK(codeFor(changed) == "BRN1014"); // bzip2
  changed = good;
  changed.replace(directory + 24, 4, littleEndian(0x7FFFFFFF, 4));
  CHECK(codeFor(changed) == "BRN1014"); // more than deflate can have packed
  CollectingSink sink;
  CHECK_FALSE(readZipDirectory(folder.path / "none.npz", sink));
  CHECK(onlyCode(sink) == "BRN1001");
}

TEST_CASE("arrays of either order, a slice at a time") {
  TemporaryFolder folder;
  // [2, 3]: 0 1 2 / 3 4 5; column-major 0 3 1 4 2 5; big-endian int16.
  const auto rows = folder.write("rows.npy", npyFile("<i2", "(2, 3)", pcm16({0, 1, 2, 3, 4, 5})));
  const auto columns = folder.write("columns.npy", npyFile("<i2", "(2, 3)", pcm16({0, 3, 1, 4, 2, 5}), true));
  const auto swapped = folder.write("swapped.npy", npyFile(">i2", "(2, 3)", pcm16({0, 256, 512, 768, 1024, 1280})));
  for (const auto &path : {rows, columns, swapped}) {
    INFO(path.filename().string());
    CollectingSink sink;
    const auto file = ArrayFile::open(path, sink);
    REQUIRE(file);
    const auto slice = file->slice(1, sink);
    REQUIRE(slice);
    CHECK(slice->shape == std::vector<int64_t>{3});
    CHECK(valuesOf<int16_t>(*slice) == std::vector<int16_t>{3, 4, 5});
  }
}

TEST_CASE("an array that is cut off") {
  TemporaryFolder folder;
  const std::string whole = npyFile("<f4", "(2, 3)", std::string(24, 'x'));
  for (size_t bytes : {size_t{0}, size_t{5}, size_t{9}, size_t{40}, whole.size() - 1}) {
    CollectingSink sink;
    CHECK_FALSE(ArrayFile::open(folder.write("cut.npy", whole.substr(0, bytes)), sink));
    CHECK(onlyCode(sink) == "BRN1010");
  }
  CollectingSink sink; // shorter since it was opened
  const auto path = folder.write("cut.npy", whole);
  const auto file = ArrayFile::open(path, sink);
  REQUIRE(file);
  folder.write("cut.npy", whole.substr(0, whole.size() - 1));
  CHECK(file->slice(0, sink));
  CHECK_FALSE(file->slice(1, sink));
  CHECK(onlyCode(sink) == "BRN1001");
}
