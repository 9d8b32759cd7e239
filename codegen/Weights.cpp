// NAME_weights.h and the files that hold the tables: C, in one file or several, or the bytes as the target's memory has
// them.
#include "codegen/Parts.h"

namespace burin::codegen {
namespace {

std::string rowComment(const Constant &c) {
  std::string text = c.ctype + "[";
  for (auto [i, d] : llvm::enumerate(c.shape))
    text += (i ? "][" : "") + std::to_string(d);
  return text + "]";
}

/// How packed weights are read; empty for other tables.
std::string packingComment(const Constant &c) {
  if (c.packedBits == 0)
    return "";
  const std::string bits = std::to_string(c.packedBits), offset = std::to_string(1 << (c.packedBits - 1));
  return "\nWeights of " + bits + " bits, each + " + offset +
         ", four to an element, the first in the lowest bits. Block "
         "by block of four outputs (the last has what is left), and in a block step by step, come the weights of its "
         "outputs.";
}

std::string declaration(const Constant &c) {
  const int64_t count = static_cast<int64_t>(c.bytes.size()) / plan::elementSize(c.ctype);
  return c.ctype + " " + c.symbol + "[" + std::to_string(std::max<int64_t>(1, count)) + "]";
}

/// What the start of NAME_weights.bin is aligned to; its tables are to what their elements need.
constexpr int64_t binaryAlign = 16;
/// Tables of so many bytes go to one of several files, unless a single one has more.
constexpr int64_t bytesOfPart = 256 * 1024;

bool isBinary(const Library &library) {
  return library.info.weights == WeightFiles::Binary && !library.constants.empty();
}

/// A file of tables as they lie in memory: of all, or where these are in several memories, of those in one.
struct BinaryFile {
  std::string stem;    ///< "kws_weights", "kws_weights_flash"
  std::string section; ///< macro that names the section: "KWS_SECTION", "KWS_FLASH_SECTION"
  int64_t memory = -1; ///< its number; -1: all tables
  std::vector<const Constant *> tables = {};

  std::string offsetMacro() const { return llvm::StringRef(stem).upper() + "_AT"; }
};

std::vector<BinaryFile> binaryFiles(const Library &library) {
  const std::string stem = library.info.name + "_weights";
  std::vector<BinaryFile> files;
  for (auto [i, memory] : llvm::enumerate(library.memories))
    if (memory.forConstants && memory.used > 0)
      files.push_back({stem + "_" + memory.name, memory.macro + "_SECTION", static_cast<int64_t>(i)});
  if (files.size() < 2)
    files = {{stem, library.upper + "_SECTION"}};
  for (BinaryFile &file : files)
    for (const Constant &c : library.constants)
      if (file.memory < 0 || file.memory == c.memory)
        file.tables.push_back(&c);
  return files;
}

/// Where the tables lie in a file, and behind the last, how long it is.
std::vector<int64_t> binaryOffsets(const BinaryFile &file) {
  std::vector<int64_t> offsets;
  int64_t at = 0;
  for (const Constant *c : file.tables) {
    const int64_t align = std::max<int64_t>(4, plan::elementSize(c->ctype));
    at = (at + align - 1) / align * align;
    offsets.push_back(at);
    at += static_cast<int64_t>(c->bytes.size());
  }
  offsets.push_back(at);
  return offsets;
}

/// The symbol of the whole file. A library of another model doesn't link with it.
std::string binarySymbol(const Library &library, const BinaryFile &file) {
  return file.stem + "_" + library.info.sha256.substr(0, 8);
}

std::string printBinary(const BinaryFile &file) {
  std::string bytes;
  const std::vector<int64_t> offsets = binaryOffsets(file);
  for (auto [i, c] : llvm::enumerate(file.tables)) {
    bytes.resize(static_cast<size_t>(offsets[i]));
    bytes.append(c->bytes.begin(), c->bytes.end());
  }
  return bytes;
}

std::string printAssembly(const Library &library, const BinaryFile &file) {
  const std::string &name = file.stem, symbol = binarySymbol(library, file);
  const int64_t bytes = binaryOffsets(file).back();
  CWriter w;
  w.comment(fileBanner(library, name + ".S") + " Brings " + name +
            ".bin into the program, for the "
            "assembler of gcc or clang. Where another tool places that file, it has to define the symbol " +
            symbol + ", aligned to " + std::to_string(binaryAlign) + ".");
  w.line("#ifndef " + file.section).line("#  define " + file.section + " .rodata." + symbol);
  w.line("#endif").line();
  std::string text = w.take();
  text += "    .section " + file.section + ", \"a\"\n    .balign " + std::to_string(binaryAlign) + "\n    .global " +
          symbol + "\n    .type " + symbol + ", %object\n" + symbol + ":\n    .incbin \"" + name +
          ".bin\"\n    .size " + symbol + ", . - " + symbol + "\n    .if . - " + symbol +
          " != " + std::to_string(bytes) + "\n    .error \"" + name +
          ".bin comes from another run of burin: regenerate both\"\n    .endif\n";
  text += "#ifdef __linux__\n    .section .note.GNU-stack, \"\", %progbits\n#endif\n";
  return text;
}

/// The tables of one C file of possibly several.
std::string printTables(const Library &library, const std::string &file, llvm::ArrayRef<Constant> constants) {
  const std::string &name = library.info.name;
  CWriter w;
  w.comment(fileBanner(library, file));
  w.line("#include \"" + name + ".h\"").line("#include \"" + name + "_weights.h\"").line();
  printStaleCheck(library, w, file);
  std::string text = w.take();
  bool math = false;
  std::string tables;
  for (const Constant &c : constants) {
    CWriter head;
    const std::string memory = c.memory < 0 ? "" : ", in " + library.memories[static_cast<size_t>(c.memory)].name;
    head.comment(rowComment(c) + (c.usedBy.empty() ? "" : ", read by " + c.usedBy) + ": " +
                 grouped(static_cast<int64_t>(c.bytes.size())) + " B" + memory + packingComment(c));
    tables += head.take();
    tables += "const " + declaration(c) + " = {\n";
    const size_t start = tables.size();
    if (c.bytes.empty())
      tables += "    0\n";
    else
      appendTable(tables, c.ctype, c.bytes, c.shape.empty() ? 1 : c.shape.back(), /*hex=*/c.packedBits > 0);
    if (c.ctype == "float" || c.ctype == "double") {
      llvm::StringRef body = llvm::StringRef(tables).substr(start);
      math |= body.contains('N'); // INFINITY, NAN
    }
    tables += "};\n\n";
  }
  if (math)
    text += "#include <math.h>\n\n";
  return text + tables;
}

/// How many tables each C file has.
std::vector<size_t> tablesOfFiles(const Library &library) {
  if (library.info.weights != WeightFiles::Several)
    return {library.constants.size()};
  std::vector<size_t> counts = {0};
  int64_t bytes = 0;
  for (const Constant &c : library.constants) {
    const auto more = static_cast<int64_t>(c.bytes.size());
    if (counts.back() > 0 && bytes + more > bytesOfPart) {
      counts.push_back(0);
      bytes = 0;
    }
    ++counts.back();
    bytes += more;
  }
  return counts;
}

void printBinaryDeclarations(const Library &library, const BinaryFile &file, CWriter &w) {
  const std::vector<int64_t> offsets = binaryOffsets(file);
  const std::string symbol = binarySymbol(library, file), at = file.offsetMacro();
  w.comment(file.stem + ".bin, aligned to " + std::to_string(binaryAlign) + ", little-endian.");
  w.line("extern const unsigned char " + symbol + "[" + std::to_string(offsets.back()) + "];");
  w.line("#define " + at + "(byte) ((const void *)(" + symbol + " + (byte)))").line();
  for (auto [i, c] : llvm::enumerate(file.tables))
    w.line("static const " + c->ctype + " *const " + c->symbol + " = (const " + c->ctype + " *)" + at + "(" +
           std::to_string(offsets[i]) + "u);");
}

/// The macro that places a table: that of its memory, if there are any.
std::string placeOf(const Library &library, const Constant &c) {
  return c.memory < 0 ? library.upper + "_CONST" : library.memories[static_cast<size_t>(c.memory)].macro;
}

void printPlaceMacros(const Library &library, CWriter &w) {
  const auto print = [&](const std::string &macro, const std::string &what) {
    w.comment("Define " + macro + " to place " + what + ", e.g. as __attribute__((section(\".ext_flash\"))).");
    w.line("#ifndef " + macro).line("#  define " + macro).line("#endif").line();
  };
  bool isPlaced = false;
  for (const Memory &memory : library.memories)
    if (memory.forConstants && memory.used > 0) {
      print(memory.macro, "the tables that belong in " + memory.name);
      isPlaced = true;
    }
  if (!isPlaced)
    print(library.upper + "_CONST", "the tables");
}

std::string printWeightsHeader(const Library &library) {
  const std::string &name = library.info.name, &upper = library.upper;
  CWriter w;
  w.comment(fileBanner(library, name + "_weights.h") + " Private to the library: " + grouped(library.constantBytes) +
            " B of constants.");
  w.line("#ifndef " + upper + "_WEIGHTS_H").line("#define " + upper + "_WEIGHTS_H").line();
  w.line("#include <stdint.h>").line();
  if (!isBinary(library))
    printPlaceMacros(library, w);
  w.line("#ifdef __cplusplus").line("extern \"C\" {").line("#endif").line();
  if (isBinary(library))
    for (auto [i, file] : llvm::enumerate(binaryFiles(library))) {
      if (i > 0)
        w.line();
      printBinaryDeclarations(library, file, w);
    }
  else
    for (const Constant &c : library.constants)
      w.line("extern const " + declaration(c) + " " + placeOf(library, c) + ";");
  w.line().line("#ifdef __cplusplus").line("}").line("#endif");
  w.line("#endif /* " + upper + "_WEIGHTS_H */");
  return w.take();
}

} // namespace

std::vector<std::string> weightSources(const Library &library) {
  const std::string stem = library.info.name + "_weights";
  if (isBinary(library)) {
    std::vector<std::string> names;
    for (const BinaryFile &file : binaryFiles(library))
      names.push_back(file.stem + ".S");
    return names;
  }
  std::vector<std::string> names = {stem + ".c"};
  for (size_t part = 1; part < tablesOfFiles(library).size(); ++part)
    names.push_back(stem + "_" + std::to_string(part + 1) + ".c");
  return names;
}

std::vector<File> printWeights(const Library &library) {
  const std::string &name = library.info.name;
  const std::vector<std::string> sources = weightSources(library);
  std::vector<File> files = {{name + "_weights.h", printWeightsHeader(library)}};
  if (isBinary(library)) {
    for (const BinaryFile &file : binaryFiles(library)) {
      files.push_back({file.stem + ".S", printAssembly(library, file)});
      files.push_back({file.stem + ".bin", printBinary(file)});
    }
    return files;
  }
  llvm::ArrayRef<Constant> rest = library.constants;
  for (auto [source, count] : llvm::zip_equal(sources, tablesOfFiles(library))) {
    files.push_back({source, printTables(library, source, rest.take_front(count))});
    rest = rest.drop_front(count);
  }
  return files;
}

} // namespace burin::codegen
