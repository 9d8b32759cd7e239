// The registry: lookup, parameters, text and the closure of fragments.
#include "ir/kernels/FloatUse.h"
#include "ir/kernels/Kernel.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

using namespace burin::kernels;

TEST_CASE("a kernel is found by its name") {
  const Kernel *kernel = findKernel("brn_conv_row_f32");
  REQUIRE(kernel != nullptr);
  CHECK(kernel->name == "brn_conv_row_f32");
  CHECK(kernel->family == "conv");
  CHECK(kernel->fragment == "conv/conv_row_f32.h");
  CHECK(findKernel("brn_add_s8")->family == "elementwise/binary");
  CHECK(findKernel("brn_dots_s8") == nullptr); // an operation of the vocabulary
  CHECK(findKernel("brn_requant") == nullptr); // a helper
  CHECK(findKernel("brn_conv_row_f3") == nullptr);
  CHECK(findKernel("") == nullptr);
}

TEST_CASE("kernels come by name, each once") {
  const auto all = allKernels();
  REQUIRE(all.size() > 500);
  for (std::size_t i = 1; i < all.size(); ++i)
    CHECK(all[i - 1].name < all[i].name);
  for (const Kernel &kernel : all)
    CHECK(findKernel(kernel.name) == &kernel);
}

TEST_CASE("parameters follow from the C signature") {
  const auto params = findKernel("brn_conv_row_f32")->params;
  REQUIRE(params.size() == 17);
  CHECK(params[0].type == "const float *const *");
  CHECK(params[0].name == "rows");
  CHECK(params[0].kind == ParamKind::Rows);
  CHECK(params[0].elem == "float");
  CHECK(params[0].isConst);
  CHECK(params[7].type == "int32_t");
  CHECK(params[7].name == "pad");
  CHECK(params[7].kind == ParamKind::Int);
  CHECK(params[7].elem.empty());
  CHECK_FALSE(params[7].isConst);
  CHECK(params[9].type == "const float *");
  CHECK(params[9].kind == ParamKind::Pointer);
  CHECK(params[9].isConst);
  CHECK(params[11].type == "float *");
  CHECK(params[11].name == "y");
  CHECK_FALSE(params[11].isConst);
  CHECK(params[15].type == "float");
  CHECK(params[15].kind == ParamKind::Float);
}

TEST_CASE("a call unpacks its arguments") {
  const int8_t a[] = {1, -2, 100};
  const int8_t b[] = {3};
  int8_t y[] = {0, 0, 0};
  const Arg args[] = {{.p = a}, {.i = 1}, {.p = b}, {.i = 0}, {.p = y}, {.i = 3}};
  findKernel("brn_mul_s8")->invoke(args);
  CHECK(y[0] == 3);
  CHECK(y[1] == -6);
  CHECK(y[2] == 44); // 300 - 256

  const float x[] = {-1, 0.25f, 7};
  float z[] = {0, 0, 0};
  const Arg clamp[] = {{.p = x}, {.p = z}, {.i = 3}, {.f = -0.5}, {.f = 2.5}};
  findKernel("brn_clamp_f32")->invoke(clamp);
  CHECK(z[0] == -0.5f);
  CHECK(z[1] == 0.25f);
  CHECK(z[2] == 2.5f);
}

TEST_CASE("a fragment's text is a documented definition without guard and includes") {
  for (const Kernel &kernel : allKernels()) {
    INFO(kernel.name);
    const Fragment *fragment = findFragment(kernel.fragment);
    REQUIRE(fragment != nullptr);
    CHECK(fragment->text.substr(0, 3) == "/* ");
    CHECK(fragment->text.find("static void " + std::string(kernel.name) + "(") != std::string_view::npos);
    CHECK(fragment->text.find("#include") == std::string_view::npos);
    CHECK(fragment->text.find("#ifndef") == std::string_view::npos);
    CHECK(fragment->text.find('@') == std::string_view::npos);
    CHECK(fragment->text.substr(fragment->text.size() - 3) == "\n}\n");
    CHECK(fragment->text.find("Source:") != std::string_view::npos);
  }
}

TEST_CASE("fragments say which headers they need") {
  CHECK(findFragment("elementwise/unary/exp_f32.h")->usesMath);
  CHECK_FALSE(findFragment("elementwise/unary/exp_f32.h")->usesString);
  CHECK(findFragment("move/copy.h")->usesString);
  CHECK_FALSE(findFragment("move/copy.h")->usesMath);
  CHECK_FALSE(findFragment("conv/conv_row_s8_s8.h")->usesMath);
  CHECK(findFragment("conv/no_such.h") == nullptr);
}

TEST_CASE("kernels say whether they compute with floats") {
  for (const char *name : {"brn_conv_row_s8_s8", "brn_conv_row_tflite_u8_s8", "brn_qsoftmax_s8", "brn_lookup_8",
                           "brn_copy", "brn_avg_pool_row_ties_s8_u8", "brn_copy_strided_32"}) {
    INFO(name);
    CHECK_FALSE(usesFloat(name));
  }
  for (const char *name : {"brn_conv_row_f32", "brn_quantize_f32_s8", "brn_dequantize_s32_f32", "brn_exp_f64"}) {
    INFO(name);
    CHECK(usesFloat(name));
  }
}

TEST_CASE("integer kernels need no floating point") {
  for (const char *name : {"brn_conv_row_s8_s8", "brn_conv_pairs4_s8_u8", "brn_depthwise_row_u8_s8", "brn_avg_pool_row_s8_s8", "brn_qadd_s8",
                           "brn_qmul_exact_u8", "brn_qsoftmax_s8", "brn_requant_u8", "brn_matmul_u8_s8_s32"})
    for (const Fragment *fragment : fragmentsFor({name})) {
      INFO(name << " " << fragment->path);
      CHECK_FALSE(fragment->usesMath);
      for (const char *type : {"float ", "double ", "(float)", "(double)"}) {
        const std::size_t code = fragment->text.find("static ");
        CHECK(fragment->text.substr(code == std::string_view::npos ? 0 : code).find(type) == std::string_view::npos);
      }
    }
}

static std::vector<std::string_view> pathsFor(std::vector<std::string_view> names) {
  std::vector<std::string_view> paths;
  for (const Fragment *fragment : fragmentsFor(std::move(names)))
    paths.push_back(fragment->path);
  return paths;
}

TEST_CASE("the closure of fragments is complete, ordered and free of duplicates") {
  const auto paths = pathsFor({"brn_conv_row_s8_s8", "brn_conv_row_u8_s8", "brn_requant_s8"});
  CHECK(std::set(paths.begin(), paths.end()).size() == paths.size());
  for (std::string_view path : paths)
    for (std::string_view include : findFragment(path)->includes)
      CHECK(std::ranges::find(paths, include) < std::ranges::find(paths, path));
  CHECK(std::ranges::count(paths, "isa/c99/dots_s8.h") == 1);
  CHECK(std::ranges::count(paths, "isa/c99/dots_f32.h") == 0); // no operation that nothing uses
  CHECK(paths == pathsFor({"brn_requant_s8", "brn_conv_row_u8_s8", "brn_requant_s8", "brn_conv_row_s8_s8"}));
  CHECK(pathsFor({}).empty());
}

TEST_CASE("every fragment belongs to a kernel") {
  std::vector<std::string_view> names;
  for (const Kernel &kernel : allKernels())
    names.push_back(kernel.name);
  std::set<std::string_view> paths, vocabularies;
  for (const Fragment *fragment : allFragments())
    if (fragment->path.starts_with("isa/"))
      vocabularies.insert(fragment->path.substr(4, fragment->path.rfind('/') - 4));
  CHECK(vocabularies.contains("armv7em"));
  for (std::string_view isa : vocabularies)
    for (const Fragment *fragment : fragmentsFor(names, isa))
      paths.insert(fragment->path);
  for (const Fragment *fragment : allFragments()) {
    INFO(fragment->path);
    CHECK(paths.contains(fragment->path));
  }
}

TEST_CASE("a vocabulary's function takes the place of the portable one of its name") {
  std::set<std::string_view> paths;
  for (const Fragment *fragment : fragmentsFor({"brn_conv_pairs4_s8_s8", "brn_conv_row_s8_s8"}, "armv7em"))
    paths.insert(fragment->path);
  CHECK(paths.contains("isa/armv7em/pairs4.h"));
  CHECK_FALSE(paths.contains("isa/c99/pairs4.h"));
  CHECK_FALSE(paths.contains("isa/c99/pairs.h")); // what only that one uses
  CHECK(paths.contains("conv/dots_s8.h")); // brn_conv_dots_s8 and brn_dots_s8 of a vocabulary are two functions
  CHECK(paths.contains("isa/c99/dots_s8.h"));
}
