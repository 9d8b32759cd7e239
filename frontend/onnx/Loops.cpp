// Loop and Scan: computed now where all is known, else nn.loop.
#include "frontend/onnx/Body.h"
#include "frontend/onnx/GraphImporter.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/Loop.h"
#include "ir/nn/ops/Yield.h"

#include "llvm/Support/SaveAndRestore.h"

#include <algorithm>
#include <limits>

namespace burin::importer {
using namespace mlir;

/// What a Loop node says.
struct GraphImporter::LoopNode {
  const onnx::GraphProto &graph;
  std::optional<int64_t> trips;  ///< at most
  std::optional<bool> condition; ///< before the first turn, where known
  Values inits;
  size_t stacked() const { return static_cast<size_t>(graph.output_size()) - 1 - inits.size(); }
};

/// What a Scan node says, of opset 9 on; opset 8 has it for each element of a batch.
struct GraphImporter::ScanNode {
  const onnx::GraphProto &graph;
  Values inits, scans;
  Shape axes, reversed, outAxes, outReversed; ///< one per scan, and per stacked output
  Value length = {};                          ///< turns that count, an int64 scalar; null: all
};

namespace {

/// Turns that are tried when a loop may be computed now.
constexpr int64_t maxFoldedTurns = 4096;
constexpr int64_t maxTrips = std::numeric_limits<int32_t>::max();

/// The bool of a condition, true if it is absent; nullopt if only the data say.
std::optional<bool> knownBool(Value condition) {
  if (!condition)
    return true;
  auto values = nn::constantInts(condition);
  return values && values->size() == 1 ? std::optional(values->front() != 0) : std::nullopt;
}

bool declaredAsVector(const onnx::ValueInfoProto &info) {
  return info.type().tensor_type().has_shape() && info.type().tensor_type().shape().dim_size() == 1;
}

/// An nn.loop in the making.
struct LoopParts {
  Body &body;
  int64_t trips;
  bool conditional = false;
  SmallVector<Value> inits, scans, yields; ///< yields: carried, then stacked
  SmallVector<int64_t> scanAxes = {}, outAxes = {};
  SmallVector<bool> scanReversed = {}, outReversed = {};
};

/// The operator at `builder`, whose body is complete but for what it yields.
Operation *createLoop(OpBuilder &builder, NodeContext &context, LoopParts parts) {
  nn::YieldOp::create(builder, context.loc(), parts.yields);
  parts.body.close();
  eraseDeadOps(parts.body.block());
  SmallVector<Type> types;
  for (auto [i, v] : llvm::enumerate(parts.yields)) {
    if (i < parts.inits.size()) {
      types.push_back(v.getType());
      continue;
    }
    Shape shape = NnBuilder::shape(v);
    shape.insert(shape.begin() + parts.outAxes[i - parts.inits.size()], parts.trips);
    RankedTensorType type = context.tensor(shape, context.element(v));
    if (!type)
      return nullptr;
    types.push_back(type);
  }
  auto loop = nn::LoopOp::create(builder, context.loc(), types, parts.inits, parts.scans, parts.body.captures(),
                                 static_cast<uint64_t>(parts.trips), parts.conditional, parts.scanAxes,
                                 parts.scanReversed, parts.outAxes, parts.outReversed);
  loop.getBody().takeBody(parts.body.region);
  nn::tidyCaptures(loop);
  return loop;
}

/// Fails unless carried values keep their types.
bool keepsTypes(NodeContext &context, ValueRange before, ValueRange after) {
  for (auto [i, a, b] : llvm::enumerate(before, after))
    if (a.getType() != b.getType())
      return context.support(false,
                             "carried value " + Twine(i) + " is " + describeType(a.getType()) + " before a turn and " +
                                 describeType(b.getType()) + " after it",
                             "carry a tensor of the final shape and write into it, or stack an output of each turn");
  return true;
}

RankedTensorType withoutAxis(Value v, int64_t axis) {
  Shape shape = NnBuilder::shape(v);
  shape.erase(shape.begin() + axis);
  return RankedTensorType::get(shape, nn::elementTypeOf(v));
}

/// The node's outputs are the first of what its bodies gave.
bool giveResults(NodeContext &context, ArrayRef<Value> results) {
  if (!context.require(results.size() >= context.numOutputs(), "the body gives fewer outputs than the node has"))
    return false;
  for (unsigned i = 0; i < context.numOutputs(); ++i)
    context.output(i, results[i]);
  return true;
}

} // namespace

/// All turns one after the other on constants; nullopt if that isn't possible (or has failed).
std::optional<GraphImporter::Values> GraphImporter::foldLoop(NodeContext &context, Scope &scope, const LoopNode &loop) {
  const llvm::SaveAndRestore trying(budget.isTrying, true);
  Values carried = loop.inits;
  std::vector<Values> stacks(loop.stacked());
  if (!loop.condition || !llvm::all_of(carried, nn::definingConstant))
    return std::nullopt;
  bool goesOn = *loop.condition;
  int64_t turn = 0;
  for (; goesOn && (!loop.trips || turn < *loop.trips); ++turn) {
    if (turn == maxFoldedTurns || budget.turnsLeft == 0)
      return std::nullopt;
    --budget.turnsLeft;
    Body body(builder);
    Scope inner = scopeInside(context, scope, &body);
    Values inputs{context.ints({turn}, declaredAsVector(loop.graph.input(0)) ? Shape{1} : Shape{}, context.i64()),
                  context.ints({1}, declaredAsVector(loop.graph.input(1)) ? Shape{1} : Shape{}, context.i1())};
    for (Value v : carried)
      inputs.push_back(body.capture(v));
    std::optional<Values> outputs = importBody(context, loop.graph, inner, inputs);
    if (!outputs || !llvm::all_of(*outputs, nn::definingConstant))
      return std::nullopt;
    body.close();
    const std::optional<bool> after = knownBool((*outputs)[0]);
    if (!after)
      return std::nullopt;
    goesOn = *after;
    Values outside;
    for (Value v : llvm::drop_begin(*outputs))
      outside.push_back(builder.clone(*v.getDefiningOp())->getResult(0));
    carried.assign(outside.begin(), outside.begin() + static_cast<ptrdiff_t>(carried.size()));
    for (auto [stack, v] : llvm::zip(stacks, ArrayRef<Value>(outside).drop_front(carried.size())))
      stack.push_back(context.insertAxis(v, 0));
  }
  if (turn == 0 && !stacks.empty())
    return std::nullopt; // what the turns would have stacked, only the body knows
  for (const Values &stack : stacks)
    carried.push_back(context.concat(stack, 0));
  return context.failed() ? std::nullopt : std::optional(carried);
}

std::optional<GraphImporter::Values> GraphImporter::makeLoop(NodeContext &context, Scope &scope, const LoopNode &loop) {
  if (!loop.trips || *loop.trips > maxTrips)
    return context.fail("BRN1214", "nothing bounds how many turns the loop takes",
                        "give it a constant trip count (input 0): the condition may end it earlier"),
           std::nullopt;
  Value before = context.input(1);
  Values inits = loop.inits;
  Body body(builder);
  Scope inner = scopeInside(context, scope, &body);
  auto asDeclared = [&](Value scalar, const onnx::ValueInfoProto &info) {
    return declaredAsVector(info) ? context.reshape(scalar, {1}) : scalar;
  };
  Value index = body.addArgument(RankedTensorType::get({}, context.i64()), context.loc());
  budget.turns[index] = *loop.trips;
  // Whoever looks at the condition inside finds it true.
  Values inputs{asDeclared(index, loop.graph.input(0)),
                asDeclared(context.ints({1}, {}, context.i1()), loop.graph.input(1))};
  for (Value v : inits)
    inputs.push_back(body.addArgument(v.getType(), context.loc()));
  std::optional<Values> outputs = importBody(context, loop.graph, inner, inputs);
  budget.turns.erase(index);
  if (!outputs || !keepsTypes(context, inits, ArrayRef<Value>(*outputs).drop_front().take_front(inits.size())))
    return std::nullopt;

  const std::optional<bool> after = knownBool(outputs->front());
  int64_t trips = loop.condition == false ? 0 : *loop.trips;
  if (after == false)
    trips = std::min<int64_t>(trips, 1);
  const bool conditional = trips > 0 && (!loop.condition || (!after && trips > 1));
  if (conditional && loop.stacked() > 0)
    return context.fail("BRN1214", "data decide how many turns the loop takes, and so how long its stacked outputs are",
                        "let the loop carry a tensor of the greatest length and how much of it is filled"),
           std::nullopt;
  Values yields(outputs->begin() + 1, outputs->end());
  if (conditional &&
      !context.require(context.element(outputs->front()).isInteger(1), "the body's condition must be a bool"))
    return std::nullopt;
  if (conditional) {
    body.block().insertArgument(1, RankedTensorType::get({}, context.i1()), context.loc());
    yields.insert(yields.begin(), context.reshape(outputs->front(), {}));
    OpBuilder::InsertionGuard guard(builder);
    builder.restoreInsertionPoint(body.whereOutside());
    inits.insert(inits.begin(), before ? context.reshape(before, {}) : context.ints({1}, {}, context.i1()));
  }
  if (context.failed())
    return std::nullopt;
  LoopParts parts{body, trips, conditional, inits, {}, yields};
  parts.outAxes.assign(loop.stacked(), 0);
  parts.outReversed.assign(loop.stacked(), false);
  Operation *op = createLoop(builder, context, std::move(parts));
  if (!op)
    return std::nullopt;
  Values results(op->result_begin() + (conditional ? 1 : 0), op->result_end());
  return results;
}

bool GraphImporter::importLoop(NodeContext &context, Scope &scope) {
  const onnx::AttributeProto *attribute = context.requiredAttr("body", onnx::AttributeProto::GRAPH);
  if (!attribute)
    return false;
  LoopNode loop{attribute->g(), std::nullopt, knownBool(context.input(1)), {}};
  for (unsigned i = 2; i < context.numInputs(); ++i)
    loop.inits.push_back(context.input(i));
  const auto carried = static_cast<int>(loop.inits.size());
  if (!context.require(!llvm::is_contained(loop.inits, Value()), "a carried value has no first value") ||
      !context.require(loop.graph.input_size() == carried + 2 && loop.graph.output_size() >= carried + 1,
                       "the body must take the turn, the condition and " + Twine(carried) +
                           " carried values, and give a condition and these"))
    return false;
  if (Value condition = context.input(1);
      condition &&
      !context.require(context.element(condition).isInteger(1) && nn::numElements(NnBuilder::shape(condition)) == 1,
                       "the condition must be one bool"))
    return false;
  if (context.hasInput(0)) {
    auto trips = context.constantInts(0, "how many turns the loop takes at most");
    if (!trips || !context.require(trips->size() == 1, "the trip count must have one element"))
      return false;
    loop.trips = std::max<int64_t>(trips->front(), 0);
  }
  std::optional<Values> results = foldLoop(context, scope, loop);
  // A loop around this one that is tried can't be computed now, either.
  if (!results && !context.failed() && sink.errorCount() == 0 && !budget.isTrying)
    results = makeLoop(context, scope, loop);
  return results && giveResults(context, *results) && bindOutputs(context, scope);
}

std::optional<GraphImporter::Values> GraphImporter::scanOver(NodeContext &context, Scope &scope, const ScanNode &scan) {
  const int64_t trips = NnBuilder::dim(scan.scans[0], scan.axes[0]);
  Body body(builder);
  Scope inner = scopeInside(context, scope, &body);
  LoopParts parts{body, trips, false, scan.inits, scan.scans, {}};
  Value index = body.addArgument(RankedTensorType::get({}, context.i64()), context.loc());
  Values inputs;
  for (Value v : scan.inits)
    inputs.push_back(body.addArgument(v.getType(), context.loc()));
  for (auto [k, v] : llvm::enumerate(scan.scans)) {
    if (!context.require(NnBuilder::dim(v, scan.axes[k]) == trips, "the scanned inputs differ in length"))
      return std::nullopt;
    inputs.push_back(body.addArgument(withoutAxis(v, scan.axes[k]), context.loc()));
    parts.scanAxes.push_back(scan.axes[k]);
    parts.scanReversed.push_back(scan.reversed[k] != 0);
  }
  std::optional<Values> outputs = importBody(context, scan.graph, inner, inputs);
  if (!outputs || !keepsTypes(context, scan.inits, ArrayRef<Value>(*outputs).take_front(scan.inits.size())))
    return std::nullopt;
  if (scan.length) { // turns past the length leave the states, and zeros
    Value counts = context.compare(nn::CompareKind::less, index, body.capture(scan.length));
    for (auto [i, v] : llvm::enumerate(*outputs))
      v = context.select(counts, v, i < scan.inits.size() ? inputs[i] : context.fill(0, {}, context.element(v)));
  }
  for (size_t j = scan.inits.size(); j < outputs->size(); ++j) {
    parts.outAxes.push_back(context.axis(scan.outAxes[j - scan.inits.size()], NnBuilder::rank((*outputs)[j]) + 1));
    parts.outReversed.push_back(scan.outReversed[j - scan.inits.size()] != 0);
  }
  parts.yields = *outputs;
  Operation *op = context.failed() ? nullptr : createLoop(builder, context, std::move(parts));
  return op ? std::optional(Values(op->getResults())) : std::nullopt;
}

/// Opset 8: axis 0 of all is a batch, each element of which is scanned by itself, along axis 1 (now 0).
std::optional<GraphImporter::Values> GraphImporter::scanBatches(NodeContext &context, Scope &scope,
                                                                const ScanNode &scan, Value lengths) {
  Values all = scan.inits;
  all.append(scan.scans);
  if (lengths && !context.require(NnBuilder::rank(lengths) == 1 && context.element(lengths).isInteger(64),
                                  "sequence_lens must be a vector of int64"))
    return std::nullopt;
  if (lengths)
    all.push_back(lengths);
  const int64_t batch = NnBuilder::rank(all[0]) > 0 ? NnBuilder::dim(all[0], 0) : 0;
  for (Value v : all)
    if (!context.require(NnBuilder::rank(v) > 0 && NnBuilder::dim(v, 0) == batch, "the inputs differ in their batch"))
      return std::nullopt;
  Body body(builder);
  Scope inner = scopeInside(context, scope, &body);
  body.addArgument(RankedTensorType::get({}, context.i64()), context.loc());
  ScanNode one = scan;
  Values elements;
  for (Value v : all)
    elements.push_back(body.addArgument(withoutAxis(v, 0), context.loc()));
  one.inits.assign(elements.begin(), elements.begin() + static_cast<ptrdiff_t>(scan.inits.size()));
  one.scans.assign(elements.begin() + static_cast<ptrdiff_t>(scan.inits.size()),
                   elements.begin() + static_cast<ptrdiff_t>(scan.inits.size() + scan.scans.size()));
  one.length = lengths ? elements.back() : Value();
  std::optional<Values> results = scanOver(context, inner, one);
  if (!results)
    return std::nullopt;
  LoopParts parts{body, batch, false, {}, all, *results};
  parts.scanAxes.assign(all.size(), 0);
  parts.scanReversed.assign(all.size(), false);
  parts.outAxes.assign(results->size(), 0);
  parts.outReversed.assign(results->size(), false);
  Operation *op = createLoop(builder, context, std::move(parts));
  return op ? std::optional(Values(op->getResults())) : std::nullopt;
}

bool GraphImporter::importScan(NodeContext &context, Scope &scope) {
  const onnx::AttributeProto *attribute = context.requiredAttr("body", onnx::AttributeProto::GRAPH);
  const bool batched = context.opset() < 9;
  const int64_t scanned = context.intAttr("num_scan_inputs", 0);
  const int64_t operands = static_cast<int64_t>(context.numInputs()) - (batched ? 1 : 0);
  if (!attribute || !context.require(scanned > 0 && scanned <= operands, "num_scan_inputs is " + Twine(scanned)))
    return false;
  ScanNode scan{attribute->g(), {}, {}, {}, {}, {}, {}};
  for (unsigned i = batched ? 1 : 0; i < context.numInputs(); ++i)
    (static_cast<int64_t>(scan.inits.size()) < operands - scanned ? scan.inits : scan.scans)
        .push_back(context.input(i));
  const auto states = static_cast<int64_t>(scan.inits.size()), outputs = int64_t{scan.graph.output_size()};
  if (!context.require(!llvm::is_contained(scan.inits, Value()) && !llvm::is_contained(scan.scans, Value()),
                       "an input is absent") ||
      !context.require(scan.graph.input_size() == operands && outputs >= states, "the body doesn't fit the inputs"))
    return false;
  const auto count = static_cast<size_t>(scanned), stacked = static_cast<size_t>(outputs - states);
  scan.axes = context.intsAttr("scan_input_axes", Shape(count, 0));
  scan.reversed = context.intsAttr(batched ? "directions" : "scan_input_directions", Shape(count, 0));
  scan.outAxes = context.intsAttr("scan_output_axes", Shape(stacked, 0));
  scan.outReversed = context.intsAttr("scan_output_directions", Shape(stacked, 0));
  if (!context.require(scan.axes.size() == count && scan.reversed.size() == count && scan.outAxes.size() == stacked &&
                           scan.outReversed.size() == stacked,
                       "axes and directions must be one per scanned input and output"))
    return false;
  for (auto [axis, v] : llvm::zip(scan.axes, scan.scans))
    axis = context.axis(axis, NnBuilder::rank(v) - (batched ? 1 : 0));
  Value lengths = batched ? context.input(0) : Value();
  if (lengths && !context.support(!llvm::is_contained(scan.reversed, 1), "sequence_lens with backward directions"))
    return false;
  if (context.failed())
    return false;
  std::optional<Values> results = batched ? scanBatches(context, scope, scan, lengths) : scanOver(context, scope, scan);
  return results && giveResults(context, *results) && bindOutputs(context, scope);
}

} // namespace burin::importer
