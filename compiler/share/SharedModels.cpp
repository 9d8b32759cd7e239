#include "compiler/share/SharedModels.h"

#include "compiler/Boundary.h"
#include "compiler/Golden.h"
#include "compiler/Names.h"
#include "compiler/Progress.h"
#include "frontend/onnx/reader/Reader.h"
#include "passes/lower/PlaceTogether.h"
#include "passes/share/Trunks.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

namespace burin {
using namespace mlir;

namespace {

bool refuse(DiagnosticSink &sink, std::string model, std::string why, std::string fix) {
  sink.handle({.code = "BRN1516",
               .model = std::move(model),
               .message = "the models can't share an arena: " + why,
               .fix = std::move(fix)});
  return false;
}

/// What flags name in a model.
struct Names {
  std::set<std::string, std::less<>> tensors, dims;
};

Names namesIn(const Model &model) {
  Names names;
  for (const auto *values : {&model.graph().input(), &model.graph().output()})
    for (const onnx::ValueInfoProto &value : *values) {
      names.tensors.insert(value.name());
      for (const auto &dim : value.type().tensor_type().shape().dim())
        if (dim.has_dim_param())
          names.dims.insert(dim.dim_param());
    }
  return names;
}

/// Leaves of `flags`, NAME=…, those that concern this model: it knows the name, or none does, and it says so.
void keepOwn(std::vector<std::string> &flags, const std::vector<Names> &all, size_t model,
             std::set<std::string, std::less<>> Names::*which) {
  llvm::erase_if(flags, [&](const std::string &flag) {
    const std::string name = StringRef(flag).rsplit('=').first.str();
    const auto knows = [&](const Names &names) { return (names.*which).count(name) > 0; };
    return !knows(all[model]) && llvm::any_of(all, knows);
  });
}

/// The flags as model number `model` takes them.
CompileOptions optionsOf(const CompileOptions &all, const std::vector<Names> &names, size_t model) {
  CompileOptions own = all;
  own.model = all.models[model];
  keepOwn(own.dims, names, model, &Names::dims);
  for (auto *flags : {&own.shapes, &own.state, &own.io})
    keepOwn(*flags, names, model, &Names::tensors);
  return own;
}

} // namespace

bool sharingIsPossible(const CompileOptions &o, DiagnosticSink &sink) {
  if (!o.shareArena)
    return o.models.size() < 2 || refuse(sink, "", "that wasn't asked for, and several are given",
                                         "give --share-arena, or compile each by itself");
  const std::pair<bool, const char *> flags[] = {{o.pushRows, "--push-rows"},
                                                 {!o.stream.empty(), "--stream"},
                                                 {!o.quantize.empty(), "--quantize"},
                                                 {o.ram > 0, "--ram"},
                                                 {!o.memory.empty(), "--memory"},
                                                 {o.planTime != CompileOptions().planTime, "--plan-time"},
                                                 {o.flash > 0, "--flash"},
                                                 {o.samples.count > 1, "--samples"}};
  for (auto [isGiven, flag] : flags)
    if (isGiven)
      return refuse(sink, "", std::string(flag) + " is for a single model",
                    o.quantize.empty() ? "compile each model by itself, or leave the flag out"
                                       : "quantise each model with `burin quantize` first");
  return true;
}

std::unique_ptr<SharedModels> SharedModels::load(const CompileOptions &options, unsigned seed, DiagnosticSink &sink) {
  std::unique_ptr<SharedModels> shared(new SharedModels(options, sink));
  if (!shared->read())
    return nullptr;
  shared->findTrunks();
  shared->chooseInputs(seed);
  return shared;
}

/// Which models `--data` has their inputs for; if it is none, all are to say why.
static std::vector<char> dataTakers(const CompileOptions &options, const std::vector<Model> &models,
                                    const std::vector<Names> &names) {
  std::vector<char> takes(models.size(), 1);
  for (size_t i = 0; i < models.size() && !options.samples.data.empty(); ++i) {
    CollectingSink quiet;
    takes[i] = Compilation::load(models[i], optionsOf(options, names, i), quiet) != nullptr;
  }
  return llvm::is_contained(takes, 1) ? takes : std::vector<char>(models.size(), 1);
}

bool SharedModels::read() {
  std::vector<burin::Model> read;
  std::vector<Names> names;
  for (const std::filesystem::path &path : options.models) {
    std::optional<burin::Model> model = readModel(path, sink);
    if (!model)
      return false;
    names.push_back(namesIn(*model));
    read.push_back(std::move(*model));
  }
  std::set<std::string> taken{"trunk"};
  const std::vector<char> takesData = dataTakers(options, read, names);
  for (size_t i = 0; i < read.size(); ++i) {
    CompileOptions own = optionsOf(options, names, i);
    if (!takesData[i])
      own.samples.data.clear();
    Model &model = models.emplace_back();
    const std::string base = defaultName(own.model);
    model.name = base;
    // NAME_run_next_a is an entry point of a.
    for (int k = 2; taken.count(model.name) || taken.count("next_" + model.name); ++k)
      model.name = base + "_" + std::to_string(k);
    taken.insert({model.name, "next_" + model.name});
    if (!takesData[i])
      sink.handle({.severity = Severity::Remark,
                   .model = read[i].name,
                   .message = "--data doesn't have the inputs of " + model.name + ": they are seeded"});
    model.c = Compilation::load(std::move(read[i]), own, sink);
    if (!model.c || !model.c->import())
      return false;
    if (model.c->hasSizes())
      return refuse(sink, model.c->model.name, "sizes of " + model.name + " are known at run time only",
                    "bind its dims to single sizes with --dim or --shape, or compile it by itself");
    if (!model.c->optimise())
      return false;
  }
  return true;
}

void SharedModels::findTrunks() {
  SmallVector<func::FuncOp> functions;
  for (Model &model : models)
    functions.push_back(model.c->function());
  std::vector<share::Trunk> trunks = share::splitTrunks(functions);
  std::vector<char> isPlaced(models.size(), 0);
  for (size_t i = 0; i < models.size(); ++i) {
    if (isPlaced[i])
      continue;
    auto trunk = llvm::find_if(trunks, [&](const share::Trunk &t) { return t.users.front() == i; });
    if (trunk == trunks.end()) {
      parts.push_back({.name = models[i].name, .model = i});
      continue;
    }
    const size_t first = parts.size();
    parts.push_back({.name = trunks.size() == 1 ? "trunk" : "trunk_" + models[i].name,
                     .model = i,
                     .module = std::move(trunk->trunk)});
    for (auto [user, head] : llvm::zip(trunk->users, trunk->heads)) {
      isPlaced[user] = 1;
      models[user].trunk = static_cast<int>(first);
      parts[first].heads.push_back(parts.size());
      parts.push_back(
          {.name = models[user].name, .model = user, .trunk = static_cast<int>(first), .module = std::move(head)});
    }
  }
}

void SharedModels::chooseInputs(unsigned seed) {
  for (Model &model : models)
    model.inputs =
        model.c->data ? model.c->data->inputs : seededInputs(model.c->model, functionInputs(model.c->function()), seed);
  for (Part &part : parts) {
    if (part.heads.empty())
      continue;
    // Those of the data, if there are any for one of them.
    size_t source = part.model;
    for (size_t head : llvm::reverse(part.heads))
      if (models[parts[head].model].c->data)
        source = parts[head].model;
    for (const codegen::Tensor &t : functionInputs(*part.module->getOps<func::FuncOp>().begin())) {
      const auto isIt = [&](const HostTensor &input) { return input.name == t.onnxName; };
      const HostTensor given = *llvm::find_if(models[source].inputs, isIt);
      for (size_t head : part.heads)
        *llvm::find_if(models[parts[head].model].inputs, isIt) = given;
    }
  }
}

bool SharedModels::makeGolden() {
  for (Model &model : models) {
    std::optional<codegen::GoldenVectors> made;
    if (model.trunk < 0) { // may have data beside it
      std::vector<codegen::GoldenVectors> own = goldenVectors(*model.c, sink);
      if (!own.empty())
        made = std::move(own.front());
    } else {
      made = goldenVector(*model.c, model.inputs, model.c->data ? "on --data" : "on seeded inputs", sink);
    }
    if (!made)
      return false;
    golden.push_back(std::move(*made));
  }
  return true;
}

plan::ProgramOp SharedModels::programOf(const Part &part) const {
  if (!part.module)
    return models[part.model].c->program();
  ModuleOp module = *part.module;
  return *module.getOps<plan::ProgramOp>().begin();
}

bool SharedModels::plan() {
  for (Part &part : parts) {
    Compilation &c = *models[part.model].c;
    if (part.module ? !c.lowerPart(*part.module) : !c.plan())
      return false;
  }
  for (const Part &part : parts) {
    if (part.heads.empty())
      continue;
    const Progress progress("planning");
    SmallVector<plan::ProgramOp> programs{programOf(part)};
    for (size_t head : part.heads)
      programs.push_back(programOf(parts[head]));
    if (failed(placeTogether(programs)))
      return false;
  }
  return true;
}

/// Of a model's vectors, those of a run's own inputs and, unless it is a trunk, its outputs.
static codegen::GoldenVectors vectorsOf(const codegen::GoldenVectors &model, Compilation &c,
                                        const codegen::Library &run) {
  codegen::GoldenVectors own = model;
  own.inputs.clear();
  own.outputs.resize(std::min(own.outputs.size(), run.outputs.size()));
  const std::vector<codegen::Tensor> all = model.none() ? std::vector<codegen::Tensor>() : functionInputs(c.function());
  for (const codegen::Tensor &t : run.inputs)
    for (size_t i = 0; i < all.size(); ++i)
      if (all[i].onnxName == t.onnxName)
        own.inputs.push_back(model.inputs[i]);
  return own;
}

codegen::SharedLibrary SharedModels::library() const {
  std::vector<codegen::Run> runs;
  std::string files, hashes;
  codegen::LibraryInfo whole = models.front().c->info();
  for (const auto &[i, model] : llvm::enumerate(models)) {
    const codegen::LibraryInfo info = model.c->info();
    files += (i == 0 ? "" : i + 1 == models.size() ? " and " : ", ") + info.modelFile;
    hashes += info.sha256;
  }
  for (const Part &part : parts) {
    codegen::LibraryInfo info = models[part.model].c->info();
    info.whole = options.name;
    info.name = options.name + "_" + part.name;
    codegen::Run &run = runs.emplace_back();
    run.name = part.name;
    run.trunk = part.trunk;
    run.heads = part.heads;
    run.library = codegen::gather(programOf(part), std::move(info));
    if (!golden.empty())
      run.library.info.golden =
          part.module ? vectorsOf(golden[part.model], *models[part.model].c, run.library) : golden[part.model];
  }
  const auto digest = llvm::SHA256::hash(ArrayRef(reinterpret_cast<const uint8_t *>(hashes.data()), hashes.size()));
  whole.name = options.name;
  whole.commandLine = options.commandLine;
  whole.modelFile = files;
  whole.weights = weightFiles(options.weights);
  whole.sha256 = llvm::toHex(digest, /*LowerCase=*/true);
  if (!golden.empty())
    whole.golden.source = golden.front().source;
  return codegen::share(std::move(whole), std::move(runs));
}

} // namespace burin
