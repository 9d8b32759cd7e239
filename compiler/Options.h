// What the command line says, as plain values: filled by main.cpp, read by the commands.
#ifndef BURIN_COMPILER_OPTIONS_H
#define BURIN_COMPILER_OPTIONS_H

#include "frontend/samples/SampleOptions.h"
#include "ir/diagnostics/Diagnostics.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burin {

/// Exit codes of the program.
enum ExitCode { ExitSuccess = 0, ExitUserError = 1, ExitInternalError = 2 };

struct CompileOptions {
  std::filesystem::path model;               ///< the first one
  std::vector<std::filesystem::path> models; ///< all that the command names
  bool shareArena = false;                   ///< one library for all `models`
  std::filesystem::path output;              ///< folder of the library
  std::string name;                          ///< prefix of every symbol; empty: from the model's file name
  std::string target = "c99";
  std::vector<std::string> dims;     ///< "batch=1"
  std::vector<std::string> shapes;   ///< "x=1,3,96,96"
  std::vector<std::string> state;    ///< "h0=hn", or "none"
  std::string rounding = "onnx";     ///< of quantised operators: "onnx" or "tflite"
  std::vector<std::string> io;       ///< "x=quantized,nhwc"
  SampleOptions samples;             ///< --data and what belongs to it
  std::string quantize;              ///< how to quantise before compiling: quantize::parseSpec; empty: not
  bool keepChannels = false;         ///< also those that are known to be constant
  std::string optimize = "balanced"; ///< what kernels and the C compiler are chosen for: "speed", "balanced" or "size"
  std::string winograd = "auto";     ///< convolutions by Winograd's form: "on", "off", or "auto": if flash suffices
  std::string wideWeights = "auto";  ///< of integer convolutions, in 16 bits: the same
  std::string weights = "c";         ///< what holds the tables: "c", "files" or "bin"
  std::string schedule = "auto";     ///< how layers share the RAM: "layers", "overlap", "streams" or "auto"
  bool pushRows = false;             ///< the input comes row by row
  bool pullRows = false;             ///< with pushRows: the output is handed out row by row
  int64_t strips = 1;                ///< with pushRows: of columns that the image is computed in, one after the other
  int64_t ram = 0, flash = 0;        ///< bytes that there are; 0: as few as can be, and no limit
  std::string memory;                ///< the target's memories, as parseMemories has them; empty: not said
  int64_t planTime = 10;             ///< seconds for planning, about
  std::string stream;                ///< "time": a step of a network over a moving window; empty: the network as it is
  int64_t timeAxis = -1;             ///< of the input that `stream` goes along; -1: found out
  std::string python;                ///< a Python with onnxruntime: the reference
  std::string commandLine;           ///< as it is quoted in the output
  bool quantisation = false;         ///< inspect: print the types of each layer, and what it computes with
  std::string ir;                    ///< inspect: print this IR instead: "import", "nn" or "plan"
};

struct VerifyOptions {
  CompileOptions compile;
  bool layers = false;
  bool interpreter = false;                  ///< also compare the interpreter's outputs
  std::string tolerance;                     ///< "rtol=R,atol=A[,steps=N]"
  std::filesystem::path save;                ///< folder for output_k.pb
  std::vector<std::filesystem::path> inputs; ///< .npy or .pb, one an input
  unsigned seed = 1;
  std::string compiler; ///< C compiler instead of the target's own
};

struct BenchOptions {
  CompileOptions compile;
  bool layers = false; ///< also measure single layers
  bool json = false;   ///< one JSON object on stdout instead of text
  std::string tolerance;
  unsigned seed = 1;
  std::string compiler;             ///< C compiler instead of the target's own
  std::optional<std::string> flags; ///< instead of the target's optimisation flags
};

struct AccuracyOptions {
  CompileOptions compile;
  bool interpreter = false; ///< instead of the library
  bool reference = false;   ///< also with one that `compile.python` doesn't name
  std::string compiler;     ///< C compiler instead of the target's own
};

struct RunOptions {
  CompileOptions compile;
  std::vector<std::filesystem::path> inputs, outputs; ///< .npy or .pb
};

struct QuantizeOptions {
  CompileOptions compile;
  std::string scheme;                         ///< items with commas between, as quantize::parseSpec has them
  std::vector<std::string> items;             ///< each as quantize::addItem has it
  std::string equalise, biasCorrection, clip; ///< "on", "off", "auto"; empty: not said
  std::filesystem::path output;               ///< the .onnx to write
  std::filesystem::path report;               ///< JSON; empty: none
};

int compileCommand(const CompileOptions &options, DiagnosticSink &sink);
int verifyCommand(const VerifyOptions &options, DiagnosticSink &sink);
int benchCommand(const BenchOptions &options, DiagnosticSink &sink);
int accuracyCommand(const AccuracyOptions &options, DiagnosticSink &sink);
int runCommand(const RunOptions &options, DiagnosticSink &sink);
int quantizeCommand(const QuantizeOptions &options, DiagnosticSink &sink);
int planCommand(const CompileOptions &options, DiagnosticSink &sink);
int inspectCommand(const CompileOptions &options, DiagnosticSink &sink);
/// `path` is the folder of a library, or a report.json.
int checkPlanCommand(const std::filesystem::path &path, DiagnosticSink &sink);
int opsCommand(bool markdown);
int targetsCommand(bool markdown);
int explainCommand(const std::string &code, bool all);

} // namespace burin

#endif
