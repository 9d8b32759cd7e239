#include "frontend/samples/Preparation.h"
#include "tests/frontend/tensors/Support.h"

using namespace burin;

static Preparation parsed(const SampleOptions &options) {
  CollectingSink sink;
  const auto preparation = parsePreparation(options, sink);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(preparation);
  return *preparation;
}

TEST_CASE("no flags, no steps") {
  const Preparation p = parsed({});
  CHECK_FALSE(p.hasArithmetic());
  CHECK_FALSE(p.resize);
  CHECK_FALSE(p.layout);
}

TEST_CASE("flags") {
  SampleOptions o;
  o.resize = "256x320";
  o.crop = "224X224";
  o.channels = "bgr";
  o.layout = "nhwc";
  o.scale = "1/255";
  o.mean = "0.485,0.456,4.06e-1";
  o.std = "0.229";
  o.rate = "16000";
  o.hop = "8000";
  const Preparation p = parsed(o);
  CHECK(p.resize == ImageSize{256, 320});
  CHECK(p.crop == ImageSize{224, 224});
  CHECK(p.channels == ImageChannels::Bgr);
  CHECK(p.layout == ArrayLayout::ChannelsLast);
  CHECK(p.scale == 1.0f / 255);
  CHECK(p.mean == std::vector<float>{0.485f, 0.456f, 0.406f});
  CHECK(p.std == std::vector<float>{0.229f});
  CHECK(p.rate == 16000);
  CHECK(p.hop == 8000);
}

TEST_CASE("flags that mean nothing") {
  const auto refused = [](std::string SampleOptions::*flag, const char *value) {
    INFO(value);
    SampleOptions o;
    o.*flag = value;
    CollectingSink sink;
    CHECK_FALSE(parsePreparation(o, sink));
    CHECK(onlyCode(sink) == "BRN1512");
  };
  for (const char *value : {"224", "x", "224x", "x224", "0x5", "-1x5", "5x99999", "5x5x5", "a5x5", "5x5 "})
    refused(&SampleOptions::resize, value);
  for (const char *value : {"1/0", "/2", "1/", "x", "inf", "nan", "1e-50", "1e50", "1,2", "1/2/3"})
    refused(&SampleOptions::scale, value);
  for (const char *value : {",", "1,", ",1", "1,,2", "one"})
    refused(&SampleOptions::mean, value);
  for (const char *value : {"0", "1,0,1"})
    refused(&SampleOptions::std, value);
  refused(&SampleOptions::channels, "RGB");
  refused(&SampleOptions::layout, "hwc");
  refused(&SampleOptions::rate, "16k");
  refused(&SampleOptions::hop, "0");
  SampleOptions o;
  o.mean = "1,2,3";
  o.std = "1,2";
  CollectingSink sink;
  CHECK_FALSE(parsePreparation(o, sink));
  CHECK(onlyCode(sink) == "BRN1512");
}
