// The command line of burin. CLI11 throws, so this file alone is compiled with exceptions; the commands don't know it.
#include "codegen/Version.h"
#include "compiler/Flags.h"
#include "compiler/Names.h"
#include "compiler/Options.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace {

using namespace burin;

/// The samples and what is done to them: shared by every command that takes some.
void addSampleFlags(CLI::App &app, SampleOptions &o, const char *count) {
  const auto flag = [&](const char *name, std::string &value, const char *what, const char *type) {
    app.add_option(name, value, what)->type_name(type)->group("Samples");
  };
  app.add_option("--data", o.data,
                 "Samples: .npy or .npz; a folder of them, of images, of .wav, of input_k.pb and output_k.pb, or of "
                 "such folders. Binds dimensions; see docs/samples.md")
      ->type_name("PATH")
      ->group("Samples");
  app.add_option("--samples", o.count, count)->check(CLI::PositiveNumber)->type_name("N")->group("Samples");
  flag("--layout", o.layout, "Where arrays have their channels: nchw or nhwc; default: as the input, where they fit",
       "LAYOUT");
  flag("--channels", o.channels, "Images as rgb, bgr or gray; default: gray for one channel, else rgb", "ORDER");
  flag("--resize", o.resize, "Resize images: bilinear, antialiased; default: to the input's size", "HxW");
  flag("--crop", o.crop, "Then crop them from the centre", "HxW");
  flag("--rate", o.rate, "Resample recordings; default: the rate of the first", "HZ");
  flag("--hop", o.hop, "Take a window of a recording every N frames; default: only the first window", "N");
  flag("--scale", o.scale, "Values become (x * SCALE - MEAN) / STD; a number or a quotient: 1/255", "SCALE");
  flag("--mean", o.mean, "A number, or one for each channel: 0.485,0.456,0.406", "MEAN,..");
  flag("--std", o.std, "Likewise", "STD,..");
}

/// The flags that decide what is compiled: shared by every command that takes a model, or `several`.
void addModelFlags(CLI::App &app, CompileOptions &o, bool several = false) {
  if (several) {
    app.add_option("MODEL", o.models, "The .onnx file; with --share-arena several")->required()->expected(1, 64);
    app.add_flag(
        "--share-arena", o.shareArena,
        "One library for several models that take turns in one arena: it needs the RAM of the greediest, equal "
        "weights are stored once, and what models begin with alike is computed once, by NAME_run_trunk");
  } else {
    app.add_option("MODEL", o.model, "The .onnx file")->required();
  }
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
}

/// How quantised operators round, for commands that run them.
void addRoundingFlag(CLI::App &app, CompileOptions &o) {
  app.add_option("--rounding", o.rounding,
                 "Of quantised operators: onnx (exact, half to even), or tflite, the fixed-point steps of its kernels")
      ->check(CLI::IsMember({"onnx", "tflite"}))
      ->capture_default_str();
}

constexpr const char *oneByDefault = "Take N of the samples, spread evenly; default: the first";
constexpr const char *otherCompiler =
    "C compiler instead of the target's own; a clang compiles for any target, whose own compiler links";
constexpr const char *allByDefault = "Take N of the samples, spread evenly; default: all";

void addScheduleFlag(CLI::App &app, CompileOptions &o) {
  app.add_option(
         "--schedule", o.schedule,
         "layers: one after the other; overlap: likewise, tensors overlapping row by row; streams: advance together "
         "row by row where they can; auto: whatever needs the least RAM. The results are the same")
      ->check(CLI::IsMember({"layers", "overlap", "streams", "auto"}))
      ->capture_default_str();
  app.add_option(
         "--ram", o.ram,
         "RAM that there is, as 20K or in bytes: the fastest plan that fits, instead of the smallest; BRN1707 if "
         "none does")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::PositiveNumber)
      ->type_name("BYTES");
  app.add_option(
         "--plan-time", o.planTime,
         "Seconds for planning and for the proof that no arena is smaller; counted in steps, so that the same comes "
         "out every time")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str()
      ->type_name("SECONDS");
  app.add_flag(
      "--push-rows", o.pushRows,
      "The input comes row by row, as from a camera: the library has NAME_push_row instead of NAME_run, and keeps "
      "only the rows that are still needed");
  app.add_flag("--pull-rows", o.pullRows,
               "The output is handed out row by row, too, as to a display: the library has NAME_next_row, and no image "
               "is anywhere as a whole")
      ->needs(app.get_option("--push-rows"));
  app.add_option(
         "--strips", o.strips,
         "Compute the first layers in so many strips of columns, one after the other, for less RAM and up to 5 % "
         "more multiply-accumulates: all rows of the input come once for each")
      ->check(CLI::Range(2, 64))
      ->type_name("N")
      ->needs(app.get_option("--push-rows"))
      ->excludes(app.get_option("--pull-rows"));
}

void addMemoryFlag(CLI::App &app, CompileOptions &o) {
  app.add_option("--memory", o.memory,
                 "The target's memories, the fastest first: dtcm:128K,sram:320K,psram:8M@slow,flash:1M,xip:8M@slow. "
                 "Those called flash.., xip.. or rom.. are for constants. Buffers and tables lie by size and by how "
                 "often they are accessed; BRN1710 or BRN1711 if they find no place")
      ->type_name("MEMORIES");
}

void addStreamFlags(CLI::App &app, CompileOptions &o) {
  app.add_option("--stream", o.stream,
                 "time: of a network over a moving window, make the step that takes the next rows of the window and "
                 "computes only what is new")
      ->check(CLI::IsMember({"time"}))
      ->excludes(app.get_option("--push-rows"));
  app.add_option("--time-axis", o.timeAxis,
                 "The input's axis that is time, from 0; default: the one along which a step costs least")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->needs(app.get_option("--stream"));
}

/// The target, what it is given, and which kernels are chosen for it.
void addKernelFlags(CLI::App &app, CompileOptions &o) {
  app.add_option("--target", o.target, "What the C is made for; see `burin targets`")
      ->capture_default_str()
      ->type_name("T");
  app.add_option("--weights", o.weights,
                 "What holds the constant tables: c, NAME_weights.c; files, several such files of about 256 KiB each; "
                 "bin, NAME_weights.bin as it lies in memory, which NAME_weights.S or a tool of yours brings into the "
                 "program")
      ->check(CLI::IsMember({"c", "files", "bin"}))
      ->capture_default_str();
  app.add_option(
         "--io", o.io,
         "Take boundary nodes of an input or output out of the library: NAME=quantized leaves integers, NAME=nhwc "
         "leaves channels last, NAME=quantized,nhwc both (repeatable)")
      ->type_name("NAME=WHAT");
  app.add_option(
         "--optimize", o.optimize,
         "What kernels are chosen for, by what each costs: speed, whatever flash that takes; balanced, where a byte of "
         "flash is worth half an instruction of a run; or size, the least flash for about half as many instructions "
         "more. Also what the build files ask of the C compiler: -O3, -O2 or -Os")
      ->check(CLI::IsMember({"speed", "balanced", "size"}))
      ->capture_default_str();
  app.add_option(
         "--winograd", o.winograd,
         "Convolutions with rows of three taps in fewer multiplications and more flash, with the same results: on, "
         "wherever the target's kernels are faster so, off, or auto, by what it costs (--optimize, --flash)")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->capture_default_str();
  app.add_option("--wide-weights", o.wideWeights,
                 "Weights of integer convolutions in 16 bits instead of 8, with the same results: on, off, or auto, "
                 "likewise")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->capture_default_str();
  app.add_option(
         "--flash", o.flash,
         "Flash that there is for constants and code, as 256K or in bytes: the fastest kernels that fit; BRN1708 if "
         "none do")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::PositiveNumber)
      ->type_name("BYTES");
}

void addCompileFlags(CLI::App &app, CompileOptions &o, bool several = false) {
  addModelFlags(app, o, several);
  addRoundingFlag(app, o);
  app.add_option("--name", o.name, "Prefix of every symbol and file; default: from the model's file name")
      ->type_name("NAME");
  app.add_flag(
      "--keep-channels", o.keepChannels,
      "Keep channels of integer networks that are constant for every input, or equal to others; by default they "
      "are left out, since no output changes");
  addKernelFlags(app, o);
  addScheduleFlag(app, o);
  addMemoryFlag(app, o);
  addStreamFlags(app, o);
  app.add_option(
         "--python", o.python,
         "A Python with onnx and onnxruntime, the reference; default: the one scripts/setup makes. With `compile`: "
         "take the test's expected values from it")
      ->type_name("PYTHON");
}

/// `burin quantize`: each flag that says how is an item of the specification that `compile --quantize` takes.
void addQuantizeFlags(CLI::App &app, QuantizeOptions &o) {
  addModelFlags(app, o.compile);
  addSampleFlags(app, o.compile.samples, allByDefault);
  app.add_option("--labels", o.compile.samples.labels, "The right classes: the report then has accuracies")
      ->type_name("FILE")
      ->group("Samples");
  app.add_option("-o,--output", o.output, "The .onnx to write")->required()->type_name("FILE");
  app.add_option("--report", o.report, "Write the report as JSON, too")->type_name("FILE");
  auto item = [&](const char *key, const char *what, const char *type) {
    const std::string prefix = std::string(key) + "=";
    app.add_option_function<std::vector<std::string>>(
           "--" + std::string(key),
           [&o, prefix](const std::vector<std::string> &values) {
             for (const std::string &value : values)
               o.items.push_back(prefix + value);
           },
           what)
        ->type_name(type)
        ->group("Quantisation");
  };
  app.add_option(
         "--scheme", o.scheme,
         "Bits of weights and activations: w8a8 (default), w4a8, w8a16, w4a16; or items with commas between, as "
         "`compile --quantize` has them")
      ->type_name("SPEC")
      ->group("Quantisation");
  item("range", "minmax, moving, percentile[:P], mse, entropy or auto (default): minmax or mse", "METHOD");
  item("weights", "Scales per tensor, channel (default) or block:N: of products, which then compute on floats",
       "GRANULARITY");
  item("activations", "asymmetric (default), symmetric or power-of-two", "GRID");
  item("skip", "Leave nodes of this name float; * for any characters (repeatable)", "NODE");
  item("keep", "Another scheme for some nodes: --keep '/head/*=w8a16' (repeatable)", "NODE=SCHEME");
  item("first-layer", "Scheme of the first layer with weights: float, w8 ..", "SCHEME");
  item("last-layer", "Scheme of the last", "SCHEME");
  item("rounding", "nearest, learned, hessian or auto (default): learned below 8 bits", "HOW");
  auto toggle = [&](const char *flag, std::string &value, const char *what) {
    app.add_flag(flag, value, what)->group("Quantisation");
  };
  toggle("--equalise{on}", o.equalise, "Equalise channels across layers; =off or =auto (default): if it helps");
  toggle("--bias-correction{on}", o.biasCorrection,
         "Correct the means of the layers' results; =off or =auto (default)");
  toggle("--clip{on}", o.clip, "Clip weights below 8 bits where that lowers the error (default); =off");
}

void addBenchFlags(CLI::App &app, BenchOptions &o) {
  addCompileFlags(app, o.compile);
  addSampleFlags(app, o.compile.samples, oneByDefault);
  app.remove_option(app.get_option("--samples")); // one inference is measured,
  app.remove_option(app.get_option("--python"));  // and compared with the interpreter
  app.add_flag("--layers", o.layers,
               "Also each layer, with its multiply-accumulates and what one of them costs. Time is taken in a second "
               "build");
  app.add_flag("--json", o.json, "Write one JSON object instead, see docs/bench.md");
  app.add_option("--cc", o.compiler, otherCompiler)->type_name("CC");
  app.add_option("--cflags", o.flags,
                 "Flags for the library instead of the target's -O2: --cflags=-O3, --cflags='-Os -fno-inline'")
      ->type_name("FLAGS");
  app.add_option("--tolerance", o.tolerance, "Limits of the output: rtol=R,atol=A[,steps=N], as of verify");
  app.add_option("--seed", o.seed, "Seed of the inputs when no data are given")->capture_default_str();
}

std::string quoted(const std::string &word) {
  const bool plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=./:,+") ==
                     std::string::npos;
  return plain && !word.empty() ? word : "'" + word + "'";
}

/// The command as it can be repeated: the models by their file names, without folders of this machine.
std::string repeatable(const CompileOptions &o) {
  std::string text = "burin compile";
  for (const std::filesystem::path &model : o.models)
    text += " " + quoted(model.filename().string());
  if (o.shareArena)
    text += " --share-arena";
  text += " --name " + o.name + " --target " + o.target;
  if (o.rounding != "onnx")
    text += " --rounding " + o.rounding;
  for (const std::string &d : o.dims)
    text += " --dim " + quoted(d);
  for (const std::string &s : o.shapes)
    text += " --shape " + quoted(s);
  for (const std::string &s : o.state)
    text += " --state " + quoted(s);
  if (!o.quantize.empty())
    text += " --quantize " + quoted(o.quantize) + " --data " + quoted(o.samples.data.filename().string());
  for (const std::string &s : o.io)
    text += " --io " + quoted(s);
  if (o.weights != "c")
    text += " --weights " + o.weights;
  if (o.keepChannels)
    text += " --keep-channels";
  if (o.optimize != "balanced")
    text += " --optimize=" + o.optimize;
  if (o.winograd != "auto")
    text += " --winograd " + o.winograd;
  if (o.wideWeights != "auto")
    text += " --wide-weights " + o.wideWeights;
  if (o.schedule != "auto")
    text += " --schedule " + o.schedule;
  if (o.ram > 0)
    text += " --ram " + std::to_string(o.ram);
  if (o.flash > 0)
    text += " --flash " + std::to_string(o.flash);
  if (!o.memory.empty())
    text += " --memory " + o.memory;
  if (o.planTime != 10)
    text += " --plan-time " + std::to_string(o.planTime);
  if (o.pushRows)
    text += " --push-rows";
  if (o.pullRows)
    text += " --pull-rows";
  if (o.strips > 1)
    text += " --strips " + std::to_string(o.strips);
  if (!o.stream.empty())
    text += " --stream " + o.stream;
  if (o.timeAxis >= 0)
    text += " --time-axis " + std::to_string(o.timeAxis);
  return text;
}

/// "kws" for kws.onnx, "kws_vww" for two.
std::string nameOf(const std::vector<std::filesystem::path> &models) {
  std::string name;
  for (const std::filesystem::path &model : models)
    name += (name.empty() ? "" : "_") + defaultName(model);
  name = name.substr(0, 40);
  while (name.back() == '_')
    name.pop_back();
  return name;
}

/// Fills in what follows from the flags. False, with a diagnostic, where a name can't be one in C.
bool complete(CompileOptions &o, DiagnosticSink &sink) {
  if (o.models.empty())
    o.models = {o.model};
  o.model = o.models.front();
  if (o.name.empty())
    o.name = nameOf(o.models);
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

  CompileOptions compile, inspect, plan;
  VerifyOptions verify;
  RunOptions run;
  QuantizeOptions quantize;
  AccuracyOptions accuracy;
  BenchOptions bench;
  for (CompileOptions *o : {&compile, &inspect, &plan, &verify.compile, &bench.compile})
    o->samples.count = 1;
  std::string code;
  std::filesystem::path library;
  bool markdown = false, all = false;

  CLI::App *compileApp = app.add_subcommand("compile", "Write the C library of a model");
  addCompileFlags(*compileApp, compile, /*several=*/true);
  addSampleFlags(*compileApp, compile.samples, oneByDefault);
  compileApp
      ->add_option("--quantize", compile.quantize,
                   "Quantise a float model first, with all samples of --data: w8a8, or items with commas between: "
                   "w4a8,range=mse (see docs/quantisation.md)")
      ->type_name("SPEC");
  compileApp->add_option("-o,--output", compile.output, "Folder to write; all of it or nothing")
      ->required()
      ->type_name("DIR");

  CLI::App *verifyApp =
      app.add_subcommand("verify", "Compile, build and run the library, and compare it with the reference");
  addCompileFlags(*verifyApp, verify.compile, /*several=*/true);
  addSampleFlags(*verifyApp, verify.compile.samples, oneByDefault);
  verifyApp->add_flag("--layers", verify.layers,
                      "Compare every layer, free-running and fed with the reference's inputs; schedule: layers");
  verifyApp->add_flag("--interpreter", verify.interpreter, "Compare what `burin run` computes as well");
  verifyApp->add_option("--tolerance", verify.tolerance,
                        "Limits: rtol=R,atol=A[,steps=N]; integers are compared by steps");
  verifyApp->add_option("--save", verify.save, "Write the library's outputs there as output_k.pb")->type_name("DIR");
  verifyApp->add_option("--input", verify.inputs, "Inputs in order, .npy or .pb, instead of seeded ones")
      ->type_name("FILE");
  verifyApp->add_option("--seed", verify.seed, "Seed of the inputs when no data are given")->capture_default_str();
  verifyApp->add_option("--cc", verify.compiler, otherCompiler)->type_name("CC");

  CLI::App *accuracyApp = app.add_subcommand(
      "accuracy", "How many of a set of labelled samples the library classifies right, built and run as by verify");
  addCompileFlags(*accuracyApp, accuracy.compile);
  addSampleFlags(*accuracyApp, accuracy.compile.samples, allByDefault);
  accuracyApp
      ->add_option("--labels", accuracy.compile.samples.labels,
                   "The right classes, from 0: .npy, or text with a number or `file,number` a line. Default: an array "
                   "y in the .npz, or the folders that the files are in")
      ->type_name("FILE")
      ->group("Samples");
  accuracyApp->add_flag("--interpreter", accuracy.interpreter, "Measure what `burin run` computes instead");
  accuracyApp->add_flag("--reference", accuracy.reference, "Measure the reference as well; --python does so, too");
  accuracyApp->add_option("--cc", accuracy.compiler, otherCompiler)->type_name("CC");

  CLI::App *benchApp = app.add_subcommand(
      "bench", "What the library costs on its target: instructions or time, stack, RAM and code, built and run as by "
               "verify");
  addBenchFlags(*benchApp, bench);

  CLI::App *runApp = app.add_subcommand("run", "Run the model in the compiler, on the kernels that the library quotes");
  addModelFlags(*runApp, run.compile);
  addRoundingFlag(*runApp, run.compile);
  addSampleFlags(*runApp, run.compile.samples, allByDefault);
  runApp->add_option("--input", run.inputs, "Inputs in order, .npy or .pb")->type_name("FILE");
  runApp->add_option("--output", run.outputs, "Files for the outputs in order, .npy or .pb")->type_name("FILE");

  CLI::App *inspectApp =
      app.add_subcommand("inspect", "Nodes, shapes, MACs, parameters, and what isn't supported and why");
  addModelFlags(*inspectApp, inspect);
  addRoundingFlag(*inspectApp, inspect);
  addSampleFlags(*inspectApp, inspect.samples, oneByDefault);
  addKernelFlags(*inspectApp, inspect);
  addScheduleFlag(*inspectApp, inspect);
  addMemoryFlag(*inspectApp, inspect);
  inspectApp->add_option("--ir", inspect.ir, "Print the program as imported, after the nn passes, or as planned")
      ->check(CLI::IsMember({"import", "nn", "plan"}));

  inspectApp->add_flag("--quantisation", inspect.quantisation,
                       "Print each layer's types, scales and zero points, integer or float, and why");

  CLI::App *planApp = app.add_subcommand("plan", "RAM against time: the plans that a model has, drawn as a curve");
  addCompileFlags(*planApp, plan);
  planApp->remove_option(planApp->get_option("--memory")); // the plans of the curve are of one arena
  addSampleFlags(*planApp, plan.samples, oneByDefault);

  CLI::App *quantizeApp = app.add_subcommand("quantize", "Make an integer model of a float one, with samples of its "
                                                         "input: a standard QDQ .onnx");
  addQuantizeFlags(*quantizeApp, quantize);

  CLI::App *checkPlanApp =
      app.add_subcommand("check-plan", "Check the memory plan of a library again, by its report.json alone");
  checkPlanApp->add_option("PATH", library, "The library's folder, or its report.json")->required();

  CLI::App *opsApp = app.add_subcommand("ops", "The ONNX operators that can be imported, their types and restrictions");
  opsApp->add_flag("--markdown", markdown, "As a Markdown table");
  CLI::App *targetsApp = app.add_subcommand("targets", "What the C can be made for, and how it runs here");
  targetsApp->add_flag("--markdown", markdown, "As a Markdown table");
  CLI::App *flagsApp = app.add_subcommand("flags", "Every flag of every command, as Markdown");
  CLI::App *explainApp = app.add_subcommand("explain", "What a diagnostic means and what to do");
  explainApp->add_option("CODE", code, "For example BRN1204");
  explainApp->add_flag("--all", all, "Every diagnostic, as one Markdown document");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &e) {
    return app.exit(e) == 0 ? ExitSuccess : ExitUserError;
  }
  PrintingSink sink(style == "json" ? DiagnosticStyle::Json : DiagnosticStyle::Text);
  if (!compile.quantize.empty() && compileApp->count("--samples") == 0)
    compile.samples.count = 0; // all of them
  if (*compileApp)
    return complete(compile, sink) ? compileCommand(compile, sink) : ExitUserError;
  if (*verifyApp)
    return complete(verify.compile, sink) ? verifyCommand(verify, sink) : ExitUserError;
  if (*benchApp)
    return complete(bench.compile, sink) ? benchCommand(bench, sink) : ExitUserError;
  if (*accuracyApp)
    return complete(accuracy.compile, sink) ? accuracyCommand(accuracy, sink) : ExitUserError;
  if (*checkPlanApp)
    return checkPlanCommand(library, sink);
  if (*runApp)
    return complete(run.compile, sink) ? runCommand(run, sink) : ExitUserError;
  if (*inspectApp)
    return complete(inspect, sink) ? inspectCommand(inspect, sink) : ExitUserError;
  if (*planApp)
    return complete(plan, sink) ? planCommand(plan, sink) : ExitUserError;
  if (*quantizeApp)
    return complete(quantize.compile, sink) ? quantizeCommand(quantize, sink) : ExitUserError;
  if (*opsApp)
    return opsCommand(markdown);
  if (*targetsApp)
    return targetsCommand(markdown);
  if (*flagsApp) {
    printFlags(app);
    return ExitSuccess;
  }
  (void)explainApp;
  return explainCommand(code, all);
}
