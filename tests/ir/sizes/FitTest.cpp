#include "ir/sizes/Fit.h"

#include <catch2/catch.hpp>

using namespace burin::sizes;

namespace {

const std::vector<int64_t> ts = {53, 54, 59, 61, 68, 79, 97, 131};
const std::vector<int64_t> us = {211, 149, 166, 181, 137, 199, 152, 173};

Fitter oneSymbol() {
  std::vector<std::vector<int64_t>> samples;
  for (int64_t t : ts)
    samples.push_back({t});
  return Fitter({{.name = "t", .min = 1, .max = 128}}, samples);
}

Fitter twoSymbols() {
  std::vector<std::vector<int64_t>> samples;
  for (size_t i = 0; i < ts.size(); ++i)
    samples.push_back({ts[i], us[i]});
  return Fitter({{.name = "t", .min = 1, .max = 128}, {.name = "u", .min = 1, .max = 200}}, samples);
}

template <typename F> std::vector<int64_t> values(F f) {
  std::vector<int64_t> out;
  for (size_t i = 0; i < ts.size(); ++i)
    out.push_back(f(ts[i], us[i]));
  return out;
}

std::string fitted(Fitter &fitter, const std::vector<int64_t> &v) {
  auto e = fitter.fit(v);
  return e ? fitter.table().text(*e) : "none";
}

} // namespace

TEST_CASE("polynomials of one size") {
  Fitter f = oneSymbol();
  CHECK(fitted(f, values([](int64_t, int64_t) { return 12; })) == "12");
  CHECK(fitted(f, values([](int64_t t, int64_t) { return 64 * t + 3; })) == "t * 64 + 3");
  CHECK(fitted(f, values([](int64_t t, int64_t) { return t * t * t - 5 * t; })) == "t * t * t - t * 5");
  CHECK(f.table().quantities.size() == 1);
}

TEST_CASE("sizes behind strides become quantities of their own") {
  Fitter f = oneSymbol();
  CHECK(fitted(f, values([](int64_t t, int64_t) { return (t - 1) / 2 + 1; })) == "t_2");
  CHECK(fitted(f, values([](int64_t t, int64_t) { return 40 * ((t + 1) / 2) + 7; })) == "t_2 * 40 + 7");
  CHECK(fitted(f, values([](int64_t t, int64_t) { return ((t + 1) / 2 + 1) / 2; })) == "t_4");
  CHECK(f.table().evaluate({10}) == std::vector<int64_t>{10, 5, 3});
  CHECK(f.table().evaluate({13}) == std::vector<int64_t>{13, 7, 4});
}

TEST_CASE("a rounding that the samples leave open is asked for") {
  Fitter f = oneSymbol();
  REQUIRE(f.fit(values([](int64_t t, int64_t) { return (t + 5) / 16; })));
  REQUIRE(f.questions().size() == 1);
  CHECK(f.questions()[0].symbol == 0);
}

TEST_CASE("exact quotients") {
  Fitter f = oneSymbol();
  auto e = f.fit(values([](int64_t t, int64_t) { return t * (t + 1) / 2; }));
  REQUIRE(e);
  CHECK(evaluate(*e, f.table().evaluate({9})) == 45);
}

TEST_CASE("two sizes") {
  Fitter f = twoSymbols();
  CHECK(fitted(f, values([](int64_t t, int64_t u) { return t * u * 8 + u; })) == "t * u * 8 + u");
  CHECK(fitted(f, values([](int64_t t, int64_t u) { return t + u - 2; })) == "t + u - 2");
  CHECK(fitted(f, values([](int64_t, int64_t u) { return u / 3; })) == "u_3");
}

TEST_CASE("what has no such form isn't forced into one") {
  Fitter f = oneSymbol();
  CHECK(fitted(f, {1, 5, 2, 9, 4, 4, 8, 7}) == "none");
  CHECK(fitted(f, values([](int64_t t, int64_t) { return t * t % 17; })) == "none");
}
