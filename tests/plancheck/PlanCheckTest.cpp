// Small reports by hand: what is right, what is wrong with exactly which words, and that damaged text never crashes.
#include "plancheck/PlanCheck.h"
#include "plancheck/MarkedMemory.h"

#include <catch2/catch.hpp>

#include <random>

using namespace burin;

namespace {

/// A report whose single quotes are double ones.
std::string report(std::string plan, std::string boundary = "'inputs': [], 'outputs': []") {
  std::string text = "{'ram': {'arena': 64, 'state': 8}, " + boundary + ", 'plan': {" + plan + "}}";
  for (char &c : text)
    c = c == '\'' ? '"' : c;
  return text;
}

std::string head(int arena, int steps, bool byRows = false, int bound = 0, bool optimal = false) {
  return "'arena': " + std::to_string(arena) + ", 'state': 8, 'lower_bound': " + std::to_string(bound) +
         ", 'optimal': " + (optimal ? "true" : "false") + ", 'by_rows': " + (byRows ? "true" : "false") +
         ", 'steps': " + std::to_string(steps) + ", ";
}

std::string buffer(const std::string &name, int offset, int bytes, int first, int last, const std::string &more = "") {
  return "{'name': '" + name + "', 'space': 'arena', 'offset': " + std::to_string(offset) +
         ", 'bytes': " + std::to_string(bytes) + ", 'align': 1, 'first': " + std::to_string(first) +
         ", 'last': " + std::to_string(last) + more + "}";
}

std::string layer(int step, const std::string &reads, const std::string &result, const std::string &more = "") {
  return "{'step': " + std::to_string(step) + ", 'name': 'l" + std::to_string(step) + "', 'reads': [" + reads +
         "], 'result': '" + result + "'" + more + "}";
}

std::string whole(const std::string &name) { return "{'buffer': '" + name + "'}"; }

std::string rows(const std::string &name, int stride, int first, int span, const std::string &more = "") {
  return "{'buffer': '" + name + "', 'stride': " + std::to_string(stride) + ", 'first': " + std::to_string(first) +
         ", 'span': " + std::to_string(span) + more + "}";
}

/// What is said of it: the text, or the first diagnostic's code and message.
std::string said(const std::string &text) {
  CollectingSink sink;
  if (const auto out = plancheck::checkPlan(text, sink)) {
    REQUIRE(sink.diagnostics.empty());
    return *out;
  }
  REQUIRE(!sink.diagnostics.empty());
  return sink.diagnostics[0].code + " " + sink.diagnostics[0].message;
}

const std::string wrong = "BRN1705 the memory plan doesn't hold: ";

/// x -> a -> b -> y, whole buffers of 8 bytes.
std::string chain(int a, int b, int y, int arena = 16) {
  return report(head(arena, 3) + "'buffers': [" + buffer("x", 0, 8, -1, 0) + "," + buffer("a", a, 8, 0, 1) + "," +
                buffer("b", b, 8, 1, 2) + "," + buffer("y", y, 8, 2, 3) + "], 'inputs': ['x'], 'outputs': ['y'], " +
                "'layers': [" + layer(0, whole("x"), "a") + "," + layer(1, whole("a"), "b") + "," +
                layer(2, whole("b"), "y") + "]");
}

/// A stream: c of 4 rows in a ring of `ring`, from x; d reads 2 rows of it a turn.
std::string stream(int ring, int span, int d, const std::string &overwritable = "") {
  const std::string four = ", 'rows': 4, 'row_bytes': 2";
  return report(head(24, 3, true) + "'buffers': [" + buffer("x", 0, 8, -1, 1, four) + "," +
                buffer("c", 8, 2 * ring, 1, 2, four + ", 'ring': " + std::to_string(ring)) + "," +
                buffer("d", d, 8, 2, 3, four) + "], 'inputs': ['x'], 'outputs': ['d'], 'layers': [{'step': 0, " +
                "'name': 's', 'stream': [" + layer(1, rows("x", 1, 0, 1), "c", ", 'turns': 4") + "," +
                layer(2, rows("c", 1, 1 - span, span, overwritable), "d", ", 'turns': 4") + "]}]");
}

} // namespace

TEST_CASE("a plan of whole buffers that holds") {
  // Step by step two of 8 bytes are alive: 16 bytes are the bound, and enough.
  CHECK(said(chain(8, 0, 8)) == "places: 4 buffers in the arena of 16 bytes, 0 in the state of 8\n"
                                "boundary: 1 inputs, 1 outputs\n"
                                "lifetimes: 6 pairs of buffers, 3 of them alive together\n"
                                // 8 of the input, per step 8 before and 16 after, 8 of the output
                                "execution: 3 steps, 3 turns, 88 bytes compared\n"
                                "optimum: proven; 16 bytes are needed at once, with these lifetimes\n"
                                "plan: ok, arena 16 of bound 16\n");
  CHECK(said(chain(8, 16, 8, 24))
            .find("optimum: not claimed; 16 bytes are needed at once\n"
                  "plan: ok, arena 24 of bound 16\n") != std::string::npos);
}

TEST_CASE("whole buffers that overlap, leave their memory or aren't aligned") {
  CHECK(said(chain(8, 4, 12, 24)) == wrong + "buffers \"a\" and \"b\" overlap in bytes 8 to 11 in step 1");
  CHECK(said(chain(12, 0, 8)) == wrong + "buffer \"a\", bytes 12 to 19, lies outside the arena of 16 bytes");
  std::string unaligned = chain(9, 0, 8, 24);
  unaligned.replace(unaligned.find("\"align\": 1", unaligned.find("\"a\"")), 10, "\"align\": 4");
  CHECK(said(unaligned) == wrong + "buffer \"a\" at 9 isn't aligned to 4");
  CHECK(said(chain(8, 0, 8, 65)) == wrong + "the library's arena has 64 bytes, the plan's 65");
}

TEST_CASE("the lives that a report states aren't trusted") {
  std::string early = chain(8, 0, 8); // a dies before it is read: its bytes may be anybody's
  early.replace(early.find("\"last\": 1"), 9, "\"last\": 0");
  CHECK(said(early) == wrong + "step 1 \"l1\" uses buffer \"a\", which is alive in steps 0 to 0");
}

TEST_CASE("an output lies where the report says") {
  std::string text = chain(8, 0, 8);
  text.replace(text.find("\"outputs\": []"), 13, "\"outputs\": [{\"name\": \"y\", \"offset\": 4}]");
  CHECK(said(text) == wrong + "output \"y\" lies at 4, where the plan has none");
  text.replace(text.find("\"offset\": 4}"), 12, "\"offset\": 8}");
  CHECK(said(text).starts_with("places"));
}

TEST_CASE("rings hold what a turn reads") {
  // In turn 1 of l1, for example: rows 1 to 3 of x, 0 and 1 of c, 0 of d.
  CHECK(said(stream(2, 2, 12)).ends_with("plan: ok, arena 24 of bound 12\n"));
  CHECK(said(stream(1, 2, 12)) == wrong + "step 2 \"l2\", turn 1, reads row 0 of buffer \"c\", whose bytes 8 to 9 hold "
                                          "row 1 of buffer \"c\"");
  CHECK(said(stream(2, 3, 12)) == wrong + "step 2 \"l2\", turn 2, reads row 0 of buffer \"c\", whose bytes 8 to 9 hold "
                                          "row 2 of buffer \"c\"");
}

TEST_CASE("rows may take the bytes of rows that have been read") {
  // d lies on x: row t of d is written when rows up to t of x have been read. First all of x and a row of c are there.
  CHECK(said(stream(1, 1, 0)).ends_with("plan: ok, arena 24 of bound 10\n"));
  // Two bytes further it would take row t + 1 of x, which isn't read yet.
  CHECK(said(stream(1, 1, 2)) == wrong +
                                     "step 1 \"l1\", turn 1, reads row 1 of buffer \"x\", whose bytes 2 to 3 hold row "
                                     "0 of buffer \"d\"");
}

TEST_CASE("only what the report calls overwritable may be written over in the turn that reads it") {
  const auto inPlace = [](const std::string &more, int offset) {
    const std::string four = ", 'rows': 4, 'row_bytes': 2";
    return report(head(12, 1, true) + "'buffers': [" + buffer("x", 2, 8, -1, 0, four) + "," +
                  buffer("y", offset, 8, 0, 1, four) + "], 'inputs': ['x'], 'outputs': ['y'], 'layers': [" +
                  layer(0, rows("x", 1, 0, 1, more), "y", ", 'turns': 4") + "]");
  };
  CHECK(said(inPlace(", 'overwritable': true", 2)).ends_with("plan: ok, arena 12 of bound 8\n"));
  CHECK(said(inPlace("", 2)) == wrong +
                                    "step 0 \"l0\", turn 0, reads and writes over row 0 of buffer \"x\", whose bytes 2 "
                                    "to 3 hold row 0 of buffer \"y\"");
  CHECK(said(inPlace(", 'overwritable': true", 1)) == wrong + "step 0 \"l0\", turn 0, reads and writes over row 0 of "
                                                              "buffer \"x\", whose bytes 2 to 2 hold row 0 of buffer "
                                                              "\"y\"");
}

TEST_CASE("a turn may make several rows") {
  // c has 6 rows of 1 byte, two of a row of x; d takes them one by one (or with those before), and its caller gets
  // them.
  const auto enlarged = [](int ring, int made, int span = 1) {
    const std::string six = ", 'rows': 6, 'row_bytes': 1";
    return report(head(6 + ring, 3, true) + "'buffers': [" + buffer("x", 0, 6, -1, 1, ", 'rows': 3, 'row_bytes': 2") +
                  "," + buffer("c", 6, ring, 1, 2, six + ", 'ring': " + std::to_string(ring)) + ",{'name': 'd', " +
                  "'space': 'arena', 'pulled': true, 'bytes': 6, 'align': 1, 'first': 2, 'last': 3" + six +
                  "}], 'inputs': ['x'], 'outputs': ['d'], 'layers': [{'step': 0, 'name': 's', 'stream': [" +
                  layer(1, rows("x", 1, 0, 1), "c", ", 'turns': 3, 'rows_made': " + std::to_string(made)) + "," +
                  layer(2, rows("c", 1, 1 - span, span), "d", ", 'turns': 6") + "]}]");
  };
  CHECK(said(enlarged(2, 2)).ends_with("plan: ok, arena 8 of bound 8\n"));
  CHECK(said(enlarged(2, 2)).find("3 steps, 9 turns") != std::string::npos);
  CHECK(said(enlarged(3, 2)) == wrong + "layer \"l1\" makes 2 rows a turn, and the ring of buffer \"c\" has 3");
  CHECK(said(enlarged(2, 2, 2)) == wrong + "step 2 \"l2\", turn 2, reads row 1 of buffer \"c\", whose bytes 7 to 7 "
                                           "hold row 3 of buffer \"c\"");
  CHECK(said(enlarged(2, 1)) == "BRN1706 this is no report with a memory plan: layer \"l1\" has 3 turns of 1 rows, its "
                                "result another number of rows");
}

TEST_CASE("a loop's next turn finds what this one leaves") {
  // k is read in each turn; t, which a turn writes, lies on it unless k lives on.
  const auto loop = [](int t, int last) {
    return report(head(24, 3) + "'buffers': [" + buffer("k", 0, 8, -1, last) + "," + buffer("t", t, 8, 2, 2) + "," +
                  buffer("y", 8, 8, 0, 3) +
                  "], 'inputs': ['k'], 'outputs': ['y'], 'layers': [{'step': 0, 'name': 'w', " + "'loop': [" +
                  layer(1, whole("k"), "y") + "," + layer(2, "", "t") + "]}]");
  };
  CHECK(said(loop(16, 2)).find("1 loops until nothing changes") != std::string::npos);
  CHECK(said(loop(0, 1)) ==
        wrong + "step 1 \"l1\" reads buffer \"k\", whose bytes 0 to 7 hold what depends on a condition or a turn");
}

TEST_CASE("both branches leave what is read behind them") {
  const auto choice = [](int t) {
    return report(head(24, 4) + "'buffers': [" + buffer("k", 0, 8, -1, 3) + "," + buffer("t", t, 8, 2, 2) + "," +
                  buffer("y", 8, 8, 0, 3) + "," + buffer("z", 16, 8, 3, 4) +
                  "], 'inputs': ['k'], 'outputs': ['z'], 'layers': [{'step': 0, 'name': 'w', 'condition': 'k', " +
                  "'then': [" + layer(1, whole("k"), "y") + "], 'otherwise': [" + layer(2, "", "t") + "]}," +
                  layer(3, whole("k"), "z") + "]");
  };
  CHECK(said(choice(16)).find("1 branches both ways") != std::string::npos);
  CHECK(said(choice(0)) == wrong + "buffers \"k\" and \"t\" overlap in bytes 0 to 7 in step 2");
}

TEST_CASE("pushed buffers have no bytes in the arena") {
  std::string text = chain(8, 0, 8);
  text.replace(text.find("\"offset\": 0"), 11, "\"pushed\": true");
  CHECK(said(text).find("places: 3 buffers in the arena") != std::string::npos);
  CHECK(said(text).find("not checked: 1 buffers in the caller's memory\n") != std::string::npos);
}

TEST_CASE("a search's optimum is claimed, not proven") {
  std::string text = chain(8, 16, 8, 24);
  text.replace(text.find("\"optimal\": false"), 16, "\"optimal\": true");
  CHECK(said(text).find("optimum: claimed, not re-checked here;") != std::string::npos);
}

TEST_CASE("what is no report is refused") {
  const std::string no = "BRN1706 this is no report with a memory plan: ";
  CHECK(said("").starts_with(no));
  CHECK(said("[]") == no + "it is no JSON object");
  CHECK(said("{}") == no + "it has no \"plan\" and \"ram\"");
  CHECK(said(std::string(1'000'000, '[')) == no + "its brackets are nested too deeply");
  std::string unknown = chain(8, 0, 8);
  unknown.replace(unknown.find("\"result\": \"b\""), 13, "\"result\": \"q\"");
  CHECK(said(unknown) == no + "there is no buffer \"q\"");
  CHECK(said(stream(3, 1, 14)).starts_with("places"));
  std::string halfRing = stream(3, 1, 14);
  halfRing.replace(halfRing.find("\"ring\": 3"), 9, "\"ring\": 2");
  CHECK(said(halfRing) == no + "buffer \"c\" has 6 bytes, not 2 rows of 2");
}

TEST_CASE("damaged reports are refused or pass, and never crash") {
  std::mt19937 random(20261128);
  const std::vector<std::string> reports = {chain(8, 0, 8), stream(2, 2, 12), stream(1, 1, 0)};
  const std::string pieces = "{}[]\",:0123456789-e\\tfn \xff";
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = reports[random() % reports.size()];
    for (unsigned edits = 1 + random() % 3; edits > 0 && !text.empty(); --edits) {
      const size_t at = random() % text.size();
      switch (random() % 4) {
      case 0:
        text[at] = pieces[random() % pieces.size()];
        break;
      case 1:
        text.erase(at, 1 + random() % 8);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), random() % 40));
        break;
      default:
        text.insert(at, 1 + random() % 12, '9');
      }
    }
    CollectingSink sink;
    const bool holds = plancheck::checkPlan(text, sink).has_value();
    CHECK(holds == sink.diagnostics.empty());
    refused += !holds;
  }
  CHECK(refused > 10'000);
}

TEST_CASE("what a trunk leaves stays in the runs behind it") {
  // trunk: x -> k; head: k -> y, whose own bytes are behind k's.
  const std::string kept = ", 'kept': 0";
  const auto run = [](const std::string &name, const std::string &buffers, const std::string &ends,
                      const std::string &reads, const std::string &result) {
    return "{'name': '" + name + "', 'ram': {'arena': 24, 'state': 0}, 'inputs': [], 'outputs': [], 'plan': {" +
           head(24, 1) + "'buffers': [" + buffers + "], " + ends + ", 'layers': [" + layer(0, whole(reads), result) +
           "]}}";
  };
  const auto library = [&](int place, int y, const std::string &outputs, const std::string &of = "trunk") {
    std::string text = "{'ram': {'arena': 24}, 'runs': [" +
                       run("trunk", buffer("x", 0, 8, -1, 0) + "," + buffer("k", 8, 8, 0, 1, kept),
                           "'inputs': ['x'], 'outputs': ['k']", "x", "k") +
                       "," +
                       run("one', 'trunk': '" + of, buffer("in", place, 8, -1, 1, kept) + "," + buffer("y", y, 8, 0, 1),
                           "'inputs': ['in'], 'outputs': [" + outputs + "]", "in", "y") +
                       "]}";
    for (char &c : text)
      c = c == '\'' ? '"' : c;
    // states have 8 bytes in head()
    for (size_t at = 0; (at = text.find("\"state\": 8", at)) != std::string::npos;)
      text[at + 9] = '0';
    return text;
  };
  CHECK(said(library(8, 16, "'in', 'y'"))
            .ends_with("kept: 1 tensors of 8 bytes that trunk leaves are there at the "
                       "end\nplan: ok, arena 24 of bound 16\n"));
  const std::string inOne = wrong + "in run \"one\", ";
  CHECK(said(library(0, 16, "'in', 'y'")) == inOne + "buffer \"in\" lies elsewhere than buffer \"k\" of \"trunk\"");
  CHECK(said(library(8, 12, "'in', 'y'")) == inOne + "buffers \"in\" and \"y\" overlap in bytes 12 to 15 in step 0");
  CHECK(said(library(8, 16, "'y'")) == inOne + "buffer \"in\" is kept, and not an input and an output");
  std::string small = library(8, 16, "'in', 'y'");
  small.replace(small.find("24"), 2, "20");
  CHECK(said(small) == wrong + "in run \"trunk\", the library's arena has 20 bytes, the plan's 24");
  CHECK(said(library(8, 16, "'in', 'y'", "gone")) == inOne + "there is no run \"gone\"");
}

TEST_CASE("buffers of several memories") {
  // x -> a -> y, all of 8 bytes at 0; a lies in the second memory.
  const auto divided = [](const std::string &memoryOfA, int used, int tables) {
    const auto in = [](const std::string &memory) { return ", 'memory': '" + memory + "'"; };
    const auto memory = [](const std::string &name, int used, const std::string &more) {
      return "{'name': '" + name + "', 'bytes': 12, 'used': " + std::to_string(used) + ", 'slow': false, " + more + "}";
    };
    const std::string ram = "'holds': 'ram', 'arena': 8, 'state': false, 'lower_bound': 8, 'optimal': true";
    std::string text =
        report(head(16, 2) + "'buffers': [" + buffer("x", 0, 8, -1, 0, in("m")) + "," +
                   buffer("a", 0, 8, 0, 1, in(memoryOfA)) + "," + buffer("y", 0, 8, 1, 2, in("m")) +
                   "], 'inputs': ['x'], 'outputs': ['y'], 'layers': [" + layer(0, whole("x"), "a") + "," +
                   layer(1, whole("a"), "y") + "]",
               "'inputs': [], 'outputs': [], 'memories': [" + memory("m", 8, ram) + "," + memory("n", used, ram) + "," +
                   memory("f", 8, "'holds': 'constants'") +
                   "], 'tables': [{'name': 't', 'bytes': " + std::to_string(tables) + ", 'memory': 'f'}]");
    return text;
  };
  const std::string good = said(divided("n", 8, 8));
  CHECK(good.find("lifetimes: 1 pairs of buffers, 0 of them alive together\n") != std::string::npos);
  CHECK(good.find("memory n: 8 bytes of 12\nmemory f: 8 bytes of 12, 8 of tables\n"
                  "optimum in m: proven; 8 bytes are needed at once, with these lifetimes\n"
                  "optimum in n: proven; 8 bytes are needed at once, with these lifetimes\n"
                  "plan: ok, arena 16 of bound 16\n") != std::string::npos);
  CHECK(said(divided("m", 8, 8)) == wrong + "buffers \"x\" and \"a\" overlap in bytes 0 to 7 in step 0");
  CHECK(said(divided("n", 13, 8)) == wrong + "memory \"n\" has 12 bytes, and 13 are used");
  CHECK(said(divided("n", 7, 8)) == wrong + "memory \"n\" holds 8 bytes, and 7 are said to be used");
  CHECK(said(divided("n", 8, 9)) == wrong + "memory \"f\" has 12 bytes, 8 are said to be used, and its tables have 9");
  CHECK(said(divided("f", 8, 8)).starts_with("BRN1706 "));
}

TEST_CASE("memory in intervals is memory byte by byte") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    plancheck::MarkedMemory a(16), b(16);
    std::vector<int64_t> plainA(16, -1), plainB(16, -1);
    for (int i = 0; i < 12; ++i) {
      const int64_t from = random() % 17, to = from + random() % (17 - from), mark = random() % 3;
      const bool first = random() % 2;
      (first ? a : b).write(from, to, mark);
      std::fill((first ? plainA : plainB).begin() + from, (first ? plainA : plainB).begin() + to, mark);
    }
    const plancheck::MarkedMemory joined = a.joinedWith(b);
    CHECK(joined.joinedWith(a) == joined);
    CHECK((a == b) == (plainA == plainB));
    for (int64_t i = 0; i < 16; ++i) {
      CHECK(!a.firstOther(i, i + 1, plainA[i]));
      CHECK(a.firstOther(i, i + 1, plainA[i] + 1)->mark == plainA[i]);
      CHECK(!joined.firstOther(i, i + 1, plainA[i] == plainB[i] ? plainA[i] : -2));
    }
  }
}
