#include "compiler/State.h"

#include "frontend/tensors/HostTensor.h"
#include "ir/nn/Constants.h"

#include "llvm/ADT/StringExtras.h"

namespace burin {
using namespace mlir;

namespace {

std::pair<StringRef, StringRef> splitFlag(StringRef flag) { return flag.rsplit('='); }

/// "decoder/hiddenState.0" as {"decoder", "hidden", "state", "0"}: letters and digits apart, at capitals too.
SmallVector<std::string> wordsOf(StringRef name) {
  SmallVector<std::string> words;
  char before = '_';
  for (char c : name) {
    const bool starts = llvm::isAlpha(c) != llvm::isAlpha(before) || (llvm::isUpper(c) && !llvm::isUpper(before));
    if (llvm::isAlnum(c)) {
      if (words.empty() || starts || !llvm::isAlnum(before))
        words.emplace_back();
      words.back() += llvm::toLower(c);
    }
    before = c;
  }
  return words;
}

constexpr StringRef stateWords[] = {"state", "states",  "hidden", "cell", "cache", "caches", "memory",
                                    "mem",   "h",       "c",      "hx",   "cx",    "hn",     "cn",
                                    "ctx",   "context", "past",   "lstm", "gru",   "rnn",    "buffer"};

bool namesState(ArrayRef<std::string> words) {
  return llvm::any_of(words, [](const std::string &w) { return llvm::is_contained(stateWords, StringRef(w)); });
}

/// Words that only the name of the old value has, and those of the new one in their places.
constexpr std::pair<StringRef, StringRef> counterparts[] = {{"in", "out"},    {"input", "output"},  {"past", "present"},
                                                            {"prev", "next"}, {"previous", "next"}, {"old", "new"},
                                                            {"0", "n"},       {"prev", "cur"},      {"prev", "new"}};
/// Words that the name of the new value has besides.
constexpr StringRef additions[] = {"n", "out", "output", "new", "next", "updated"};

} // namespace

bool isStatePair(StringRef input, StringRef output) {
  const SmallVector<std::string> before = wordsOf(input), after = wordsOf(output);
  if (!namesState(before))
    return false;
  if (after.size() == before.size() + 1) { // one word more, at either end
    ArrayRef<std::string> a(after);
    return (a.drop_back() == ArrayRef<std::string>(before) && llvm::is_contained(additions, StringRef(a.back()))) ||
           (a.drop_front() == ArrayRef<std::string>(before) && a.front() != "n" &&
            llvm::is_contained(additions, StringRef(a.front())));
  }
  // "hn": the word of "h0" split between letter and digit.
  if (after.size() + 1 == before.size() && before.back() == "0" && !after.empty() &&
      after.back() == before[before.size() - 2] + "n")
    return ArrayRef<std::string>(after).drop_back() == ArrayRef<std::string>(before).drop_back(2);
  if (after.size() != before.size())
    return false;
  unsigned changes = 0;
  for (auto [b, a] : llvm::zip(before, after)) {
    if (b == a)
      continue;
    ++changes;
    if (!llvm::is_contained(counterparts, std::pair<StringRef, StringRef>(b, a)))
      return false;
  }
  return changes == 1;
}

std::vector<std::string> stateInputNames(const std::vector<std::string> &flags) {
  std::vector<std::string> names;
  for (StringRef flag : flags)
    if (flag.contains('='))
      names.push_back(splitFlag(flag).first.str());
  return names;
}

namespace {

/// The names of the function's arguments or results, by number.
SmallVector<StringRef> boundaryNames(func::FuncOp f, bool results) {
  SmallVector<StringRef> names;
  for (unsigned i = 0, n = results ? f.getNumResults() : f.getNumArguments(); i < n; ++i) {
    auto name =
        results ? f.getResultAttrOfType<StringAttr>(i, "nn.name") : f.getArgAttrOfType<StringAttr>(i, "nn.name");
    names.push_back(name ? name.getValue() : StringRef());
  }
  return names;
}

class Pairing {
public:
  Pairing(func::FuncOp function, const Model &model, DiagnosticSink &sink)
      : function(function), model(model), sink(sink), inputs(boundaryNames(function, false)),
        outputs(boundaryNames(function, true)), taken(outputs.size(), false) {}

  bool byFlag(StringRef flag) {
    auto [in, out] = splitFlag(flag);
    const auto *input = llvm::find(inputs, in), *output = llvm::find(outputs, out);
    if (!flag.contains('='))
      return fail("--state " + quoteName(flag.str()) + " is neither INPUT=OUTPUT nor none",
                  "for example --state h0=hn");
    if (input == inputs.end())
      return fail("--state names " + quoteName(in.str()) + ", which is no input",
                  "the inputs: " + llvm::join(inputs, ", "));
    if (output == outputs.end())
      return fail("--state names " + quoteName(out.str()) + ", which is no output",
                  "the outputs: " + llvm::join(outputs, ", "));
    const auto i = static_cast<unsigned>(input - inputs.begin()), o = static_cast<unsigned>(output - outputs.begin());
    if (function.getArgAttr(i, "nn.state") || taken[o])
      return fail("--state pairs " + quoteName((taken[o] ? out : in).str()) + " twice", "give one pair for each state");
    if (function.getArgumentTypes()[i] != function.getResultTypes()[o])
      return fail("--state pairs " + quoteName(in.str()) + " and " + quoteName(out.str()) +
                      ", which differ in type or shape",
                  "pair an input with the output that is its next value");
    return pair(i, o);
  }

  /// Pairs that the names give away, each without a choice.
  bool guess() {
    SmallVector<std::pair<unsigned, unsigned>> pairs;
    SmallVector<unsigned> candidates(outputs.size(), 0);
    for (unsigned i = 0; i < inputs.size(); ++i) {
      std::optional<unsigned> found;
      unsigned count = 0;
      for (unsigned o = 0; o < outputs.size(); ++o)
        if (function.getArgumentTypes()[i] == function.getResultTypes()[o] && isStatePair(inputs[i], outputs[o])) {
          found = o;
          ++count;
          ++candidates[o];
        }
      if (count == 1)
        pairs.emplace_back(i, *found);
    }
    llvm::erase_if(pairs, [&](auto p) { return candidates[p.second] != 1; });
    if (pairs.size() >= inputs.size() || pairs.size() >= outputs.size())
      return true; // nothing would be left to give or to get
    for (auto [i, o] : pairs) {
      sink.handle({.severity = Severity::Remark,
                   .model = model.name,
                   .message = "input " + quoteName(inputs[i].str()) + " and output " + quoteName(outputs[o].str()) +
                              " are a state, which the library keeps; --state none makes them input and output again"});
      if (!pair(i, o))
        return false;
    }
    return true;
  }

private:
  bool fail(std::string message, std::string fix) {
    sink.handle({.code = "BRN1511", .model = model.name, .message = std::move(message), .fix = std::move(fix)});
    return false;
  }

  bool pair(unsigned i, unsigned o) {
    Builder b(function.getContext());
    function.setArgAttr(i, "nn.state", b.getI64IntegerAttr(o));
    taken[o] = true;
    for (const onnx::TensorProto &tensor : model.graph().initializer()) {
      if (tensor.name() != inputs[i])
        continue;
      std::optional<HostTensor> value = fromTensorProto(tensor, sink);
      if (!value)
        return false;
      auto type = cast<RankedTensorType>(function.getArgumentTypes()[i]);
      if (static_cast<int64_t>(value->data.size()) != nn::byteSize(type))
        return fail("the default of " + quoteName(inputs[i].str()) + " has another size than the input",
                    "export the model with a default of the input's shape");
      function.setArgAttr(i, "nn.reset",
                          nn::makeElements(type, ArrayRef<char>(reinterpret_cast<const char *>(value->data.data()),
                                                                value->data.size())));
    }
    return true;
  }

  func::FuncOp function;
  const Model &model;
  DiagnosticSink &sink;
  SmallVector<StringRef> inputs, outputs;
  std::vector<bool> taken;
};

} // namespace

bool pairStates(func::FuncOp function, const Model &model, const std::vector<std::string> &flags,
                DiagnosticSink &sink) {
  Pairing pairing(function, model, sink);
  if (flags.empty())
    return pairing.guess();
  if (flags.size() == 1 && flags.front() == "none")
    return true;
  return llvm::all_of(flags, [&](const std::string &flag) { return pairing.byFlag(flag); });
}

} // namespace burin
