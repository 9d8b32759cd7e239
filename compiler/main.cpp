// The command line of burin. CLI11 throws, so this file alone is compiled with exceptions; the commands don't know it.
#include "codegen/Version.h"
#include "compiler/Options.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace {

using namespace burin;

/// The flags that decide what is compiled: shared by every command that takes a model.
void addModelFlags(CLI::App &app, CompileOptions &o) {
  app.add_option("MODEL", o.model, "The .onnx file")->required();
  app.add_option("--dim", o.dims,
                 "Bind a named dimension: --dim batch=1, or leave it open within bounds: --dim T=1..128 (repeatable)")
      ->type_name("NAME=N");
  app.add_option("--shape", o.shapes,
                 "Give an input's shape: --shape x=1,3,96,96 or --shape x=1,1..128,40 (repeatable)")
      ->type_name("INPUT=D,D,..");
  app.add_option("--state", o.state,
                 "Keep an input in the library, its next value being an output: --state h0=hn (repeatable); none: keep "
                 "nothing. Default: pairs of names that say so")
      ->type_name("INPUT=OUTPUT");
  app.add_option("--data", o.data, "Folder with input_k.pb and output_k.pb: binds dimensions, gives test vectors")
      ->type_name("DIR");
}

void addScheduleFlag(CLI::App &app, CompileOptions &o) {
  app.add_option(
         "--schedule", o.schedule,
         "layers: one after the other; overlap: likewise, tensors overlapping row by row; streams: advance together "
         "row by row where they can; auto: whatever needs the least RAM. The results are the same")
      ->check(CLI::IsMember({"layers", "overlap", "streams", "auto"}))
      ->capture_default_str();
}

void addCompileFlags(CLI::App &app, CompileOptions &o) {
  addModelFlags(app, o);
  app.add_option("--name", o.name, "Prefix of every symbol and file; default: from the model's file name")
      ->type_name("NAME");
  app.add_option("--target", o.target, "What the C is made for; see `burin targets`")
      ->capture_default_str()
      ->type_name("T");
  app.add_option(
         "--io", o.io,
         "Take boundary nodes of an input or output out of the library: NAME=quantized leaves integers, NAME=nhwc "
         "leaves channels last, NAME=quantized,nhwc both (repeatable)")
      ->type_name("NAME=WHAT");
  addScheduleFlag(app, o);
  app.add_option(
         "--python", o.python,
         "A Python with onnx and onnxruntime, the reference; default: the one scripts/setup makes. With `compile`: "
         "take the test's expected values from it")
      ->type_name("PYTHON");
}

std::string quoted(const std::string &word) {
  const bool plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=./:,+") ==
                     std::string::npos;
  return plain && !word.empty() ? word : "'" + word + "'";
}

/// The command as it can be repeated: the model by its file name, without folders of this machine.
std::string repeatable(const CompileOptions &o) {
  std::string text =
      "burin compile " + quoted(o.model.filename().string()) + " --name " + o.name + " --target " + o.target;
  for (const std::string &d : o.dims)
    text += " --dim " + quoted(d);
  for (const std::string &s : o.shapes)
    text += " --shape " + quoted(s);
  for (const std::string &s : o.state)
    text += " --state " + quoted(s);
  for (const std::string &s : o.io)
    text += " --io " + quoted(s);
  if (o.schedule != CompileOptions().schedule)
    text += " --schedule " + o.schedule;
  return text;
}

/// A C identifier made of the file's name: "my-net.v2.onnx" gives "my_net_v2". Exporters call the file model.onnx in a
/// folder that has the name.
std::string defaultName(const std::filesystem::path &model) {
  std::string stem = model.stem().string();
  if (stem == "model" && model.has_parent_path() && model.parent_path().has_filename())
    stem = model.parent_path().filename().string();
  std::string name;
  for (char c : stem) {
    const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alnum)
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_')
    name.pop_back();
  if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
    name = "net" + name;
  return name.substr(0, 40);
}

/// Fills in what follows from the flags. False, with a diagnostic, where a name can't be one in C.
bool complete(CompileOptions &o, DiagnosticSink &sink) {
  if (o.name.empty())
    o.name = defaultName(o.model);
  const bool legal = o.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
                         std::string::npos &&
                     !(o.name[0] >= '0' && o.name[0] <= '9') && o.name[0] != '_';
  if (!legal) {
    sink.handle({.code = "BRN1501",
                 .message = "--name " + quoteName(o.name) + " is no C identifier",
                 .fix = "use letters, digits and underscores, a letter first"});
    return false;
  }
  o.commandLine = repeatable(o);
  return true;
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app{
      "burin engraves a neural network into plain C: it reads an .onnx file and writes a small C library for that\n"
      "one model on one target. No heap, no interpreter, no dependency; RAM and flash known before the first run.",
      "burin"};
  app.set_version_flag("--version", "burin " BURIN_VERSION);
  app.require_subcommand(1);
  std::string style = "text";
  app.add_option("--diagnostics", style, "How errors and remarks are printed")->check(CLI::IsMember({"text", "json"}));

  CompileOptions compile, inspect;
  VerifyOptions verify;
  RunOptions run;
  std::string code;
  bool markdown = false, all = false;

  CLI::App *compileApp = app.add_subcommand("compile", "Write the C library of a model");
  addCompileFlags(*compileApp, compile);
  compileApp->add_option("-o,--output", compile.output, "Folder to write; all of it or nothing")
      ->required()
      ->type_name("DIR");

  CLI::App *verifyApp =
      app.add_subcommand("verify", "Compile, build and run the library, and compare it with the reference");
  addCompileFlags(*verifyApp, verify.compile);
  verifyApp->add_flag("--layers", verify.layers,
                      "Compare every layer, free-running and fed with the reference's inputs; schedule: layers");
  verifyApp->add_flag("--interpreter", verify.interpreter, "Compare what `burin run` computes as well");
  verifyApp->add_option("--tolerance", verify.tolerance,
                        "Limits: rtol=R,atol=A[,steps=N]; integers are compared by steps");
  verifyApp->add_option("--save", verify.save, "Write the library's outputs there as output_k.pb")->type_name("DIR");
  verifyApp->add_option("--input", verify.inputs, "Inputs in order, .npy or .pb, instead of seeded ones")
      ->type_name("FILE");
  verifyApp->add_option("--seed", verify.seed, "Seed of the inputs when no data are given")->capture_default_str();
  verifyApp->add_option("--cc", verify.compiler, "C compiler instead of the target's own")->type_name("CC");

  CLI::App *runApp = app.add_subcommand("run", "Run the model in the compiler, on the kernels that the library quotes");
  addModelFlags(*runApp, run.compile);
  runApp->add_option("--input", run.inputs, "Inputs in order, .npy or .pb")->type_name("FILE");
  runApp->add_option("--output", run.outputs, "Files for the outputs in order, .npy or .pb")->type_name("FILE");

  CLI::App *inspectApp =
      app.add_subcommand("inspect", "Nodes, shapes, MACs, parameters, and what isn't supported and why");
  addModelFlags(*inspectApp, inspect);
  addScheduleFlag(*inspectApp, inspect);
  inspectApp->add_option("--ir", inspect.ir, "Print the program as imported, after the nn passes, or as planned")
      ->check(CLI::IsMember({"import", "nn", "plan"}));

  CLI::App *opsApp = app.add_subcommand("ops", "The ONNX operators that can be imported, their types and restrictions");
  opsApp->add_flag("--markdown", markdown, "As a Markdown table");
  CLI::App *targetsApp = app.add_subcommand("targets", "What the C can be made for, and how it runs here");
  CLI::App *explainApp = app.add_subcommand("explain", "What a diagnostic means and what to do");
  explainApp->add_option("CODE", code, "For example BRN1204");
  explainApp->add_flag("--all", all, "Every diagnostic, as one Markdown document");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &e) {
    return app.exit(e) == 0 ? ExitSuccess : ExitUserError;
  }
  PrintingSink sink(style == "json" ? DiagnosticStyle::Json : DiagnosticStyle::Text);
  if (*compileApp)
    return complete(compile, sink) ? compileCommand(compile, sink) : ExitUserError;
  if (*verifyApp)
    return complete(verify.compile, sink) ? verifyCommand(verify, sink) : ExitUserError;
  if (*runApp)
    return complete(run.compile, sink) ? runCommand(run, sink) : ExitUserError;
  if (*inspectApp)
    return complete(inspect, sink) ? inspectCommand(inspect, sink) : ExitUserError;
  if (*opsApp)
    return opsCommand(markdown);
  if (*targetsApp)
    return targetsCommand();
  (void)explainApp;
  return explainCommand(code, all);
}
