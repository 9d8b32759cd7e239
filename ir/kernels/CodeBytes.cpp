#include "ir/kernels/CodeBytes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace burin::kernels {
namespace {

bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; }

/// Words and signs of C, and instructions of assembly, each 4 bytes.
struct Count {
  int64_t tokens = 0, instructions = 0;
};

/// Counts the instruction in a string of an assembly statement; `.rept` and `.endr` say how often it stands there.
int64_t assemblyInstructions(llvm::StringRef line, int64_t &repeats) {
  if (line.consume_front(".rept ")) {
    if (line.consumeInteger(10, repeats))
      repeats = 8; // an operand: BRN_ROUNDS
    return 0;
  }
  if (line.starts_with(".endr"))
    repeats = 1;
  return line.starts_with(".") ? 0 : repeats;
}

Count count(llvm::StringRef source) {
  Count count;
  int64_t repeats = 1;
  while (!source.empty()) {
    if (source.consume_front("/*")) {
      source = source.split("*/").second;
    } else if (source.consume_front("#else")) {
      source = source.split("#endif").second; // what compilers other than gcc take
    } else if (source.consume_front("\"")) {
      auto [text, rest] = source.split('"');
      // Constraints and clobbers are words of one letter or a register, not instructions.
      count.instructions += text.contains(' ') || text.contains('\\') ? assemblyInstructions(text, repeats) : 0;
      source = rest;
    } else if (isWord(source.front())) {
      ++count.tokens;
      source = source.drop_while(isWord);
    } else {
      count.tokens += llvm::isSpace(source.front()) ? 0 : 1;
      source = source.drop_front();
    }
  }
  return count;
}

/// Bytes of a fragment at -O2 and at -Os, measured in libraries of four networks.
struct Measured {
  llvm::StringLiteral stem; ///< of the file, without types
  int64_t fast, small;
};
constexpr Measured armv7em[] = {
    // what tiles of pairs share
    {"panel_pixel", 520, 400},
    {"panel_part", 0, 0},
    {"panel_fill", 0, 30},
    {"window_at", 145, 145},
    {"widen", 96, 80},
    {"store_exceptions", 76, 56},
    {"clamp_pixels", 0, 0},
    // tiles of so many pixels
    {"panel_tile2", 150, 100},
    {"panel_tile3", 160, 110},
    {"panel_tile4", 160, 110},
    {"widen2", 172, 148},
    {"widen3", 168, 160},
    {"widen4", 184, 176},
    {"pairs_channels1", 660, 462},
    {"pairs_channels2", 838, 582},
    {"pairs_channels3", 1086, 670},
    {"pairs_channels4", 1318, 760},
    {"wide_pairs_channels1", 570, 430},
    {"wide_pairs_channels2", 710, 530},
    {"wide_pairs_channels3", 956, 630},
    {"wide_pairs_channels4", 1190, 725},
    {"conv_pairs2", 320, 260},
    {"conv_pairs3", 300, 240},
    {"conv_pairs4", 320, 270},
    {"conv_wide_pairs2", 320, 260},
    {"conv_wide_pairs3", 300, 240},
    {"conv_wide_pairs4", 320, 270},
    {"conv_whole_pairs2", 240, 230},
    {"conv_whole_pairs3", 260, 240},
    {"conv_whole_pairs4", 240, 220},
    {"conv_wide_whole_pairs2", 240, 230},
    {"conv_wide_whole_pairs3", 260, 240},
    {"conv_wide_whole_pairs4", 240, 220},
    // single pixels
    {"conv_pairs1", 718, 326},
    {"bytes2", 180, 140},
    // Winograd's form
    {"winograd_panel", 256, 228},
    {"winograd_edge", 310, 242},
    {"six", 310, 306},
    {"winograd_outputs1", 332, 418},
    {"winograd_outputs2", 352, 450},
    {"products1", 640, 600},
    {"products2", 470, 440},
    {"conv_winograd1", 210, 200},
    {"conv_winograd2", 210, 200},
    // depthwise
    {"depthwise3", 1420, 1400},
    {"depthwise3by2", 1370, 1380},
    {"patch3", 200, 165},
    {"window3", 136, 110},
    {"slide3_plan", 128, 116},
    {"depthwise_pairs", 260, 230},
    {"tap_channels", 528, 508},
};
/// Those that are part of their callers.
constexpr llvm::StringLiteral inlined[] = {
    "pairs1",      "pairs2",       "pairs3",       "pairs4",       "wide_pairs1",    "wide_pairs2",  "wide_pairs3",
    "wide_pairs4", "channel_pair", "wide_channel", "store_pixels", "clamps",         "scale_high",   "saturate",
    "dual",        "word",         "even",         "odd",          "columns_before", "bytes4",       "quads4",
    "panel_quads", "slide3",       "slide3by2",    "slide3_entry", "kept",           "tap_groups",   "rows_inside",
    "rounds",      "add2",         "sub2",         "window",       "weight3",        "winograd_24th"};

/// "pairs_channels4" for "conv/pairs_channels4_s8.h".
llvm::StringRef stemOf(std::string_view path) {
  llvm::StringRef stem = llvm::StringRef(path.data(), path.size()).rsplit('/').second;
  stem.consume_back(".h");
  while (stem.consume_back("_s8") || stem.consume_back("_u8")) {
  }
  return stem;
}

/// Measured bytes, or -1.
int64_t measuredBytes(const Fragment &fragment, CodeFor how) {
  if (how.isa != "armv7em")
    return -1;
  const llvm::StringRef stem = stemOf(fragment.path);
  for (const Measured &m : armv7em)
    if (m.stem == stem)
      return how.small ? m.small : m.fast;
  const llvm::StringRef bare = stem.rtrim("0123456789");
  return llvm::is_contained(inlined, stem) || bare == "channel_pair" || bare == "wide_channel_pair" ? 0 : -1;
}

constexpr int64_t instructionBytes = 4;

int64_t bytesOf(double tokens, int64_t instructions, bool small) {
  // Larger libraries call the same kernels more often, and more of them are inlined.
  const double bytes = tokens * 0.62 + tokens * tokens * 35e-6 + static_cast<double>(instructions * instructionBytes);
  return static_cast<int64_t>(small ? bytes * 5 / 6 : bytes);
}

} // namespace

int64_t fragmentCodeBytes(const Fragment &fragment, CodeFor how) {
  if (const int64_t measured = measuredBytes(fragment, how); measured >= 0)
    return measured;
  const auto [tokens, instructions] = count(llvm::StringRef(fragment.text.data(), fragment.text.size()));
  return bytesOf(static_cast<double>(tokens), instructions, how.small);
}

int64_t estimateCodeBytes(llvm::StringRef source, llvm::ArrayRef<const Fragment *> fragments, CodeFor how) {
  Count rest = count(source);
  int64_t bytes = 0;
  for (const Fragment *fragment : fragments)
    if (const int64_t measured = measuredBytes(*fragment, how); measured >= 0) {
      const Count own = count(llvm::StringRef(fragment->text.data(), fragment->text.size()));
      rest.tokens -= own.tokens;
      rest.instructions -= own.instructions;
      bytes += measured;
    }
  return bytes + bytesOf(static_cast<double>(rest.tokens), rest.instructions, how.small);
}

} // namespace burin::kernels
