// Pieces of the printed files that a library of one model and a library of several have in common.
#ifndef BURIN_CODEGEN_PARTS_H
#define BURIN_CODEGEN_PARTS_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

#include "llvm/Support/JSON.h"

namespace burin::codegen {

/// Macros aligned as a table, comment behind.
class Macros {
public:
  void add(std::string name, std::string value, std::string comment) {
    rows.push_back({std::move(name), std::move(value), std::move(comment)});
  }
  void print(CWriter &w) const;

private:
  struct Row {
    std::string name, value, comment;
  };
  std::vector<Row> rows;
};

// ---- NAME.h

/// The include guard and what C++ needs, around all declarations.
void openHeader(const Library &library, CWriter &w);
void closeHeader(const Library &library, CWriter &w);
/// The inputs and outputs, a line each.
std::string boundaryBanner(const Library &library);
/// The model's id as it is compared.
std::string modelIdText(const Library &library);
/// The lengths, shapes and scales of inputs and outputs.
void addTensorMacros(const Library &library, Macros &macros);
void printStatus(const Library &library, CWriter &w);
/// NAME_arena: a union of all the C types it is read as. `holds`: what stays in it, and for how long.
void printArena(const Library &library, const std::string &holds, CWriter &w);
/// The state, the entry points, of which `does` says what a call does, and where inputs and outputs lie.
void printRunDeclarations(const Library &library, const std::string &does, CWriter &w);
/// Whether there is a function that finds an "input" or an "output" by its number.
bool hasPlaces(const Library &library, llvm::StringRef what);

// ---- NAME.c

/// The kernels that the layers call and what they call, in an order that compiles.
class KernelUse {
public:
  explicit KernelUse(llvm::ArrayRef<const Library *> libraries);
  void print(CWriter &w) const;
  llvm::ArrayRef<const kernels::Fragment *> quoted() const { return fragments; }

  bool usesMath = false, usesString = false;
  std::string intrinsics; ///< the compiler's header of the target's instructions; empty: none

private:
  std::vector<const kernels::Fragment *> fragments;
};

std::string fileBanner(const Library &library, llvm::StringRef file);
/// The banner, what is included, and the check that the header is of the same run. `layers`: the text of all layers.
void printSourceHead(const Library &library, const KernelUse &kernels, llvm::StringRef layers, bool usesString,
                     CWriter &w);
void printStaleCheck(const Library &library, CWriter &w, llvm::StringRef file);
/// Where every buffer of the arena, or of the state, lies, one macro a row.
void printMap(const Library &library, CWriter &w, bool state);
void printEntryPoints(const Library &library, CWriter &w);

// ---- NAME_test.c

/// The inputs and expected outputs as tables; `suffix` ends their names.
void printVectors(const Library &library, const GoldenVectors &golden, const std::string &suffix, std::string &text);
/// The body of a function that runs and compares, up to what returns 0.
void printTestRun(const Library &library, CWriter &w, const GoldenVectors &golden, const std::string &suffix);

// ---- report.json

/// Inputs, outputs, layers and the memory plan, as members of an object that has been begun.
void printProgram(llvm::json::OStream &j, const Library &library);

} // namespace burin::codegen

#endif
