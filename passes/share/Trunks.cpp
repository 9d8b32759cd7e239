#include "passes/share/Trunks.h"

#include "ir/nn/Kept.h"
#include "ir/nn/ops/Constant.h"
#include "passes/Passes.h"
#include "passes/share/ValueNumbers.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

#include <set>

namespace burin {
#define GEN_PASS_DEF_SHARETRUNKS
#include "passes/Passes.h.inc"
} // namespace burin

namespace burin::share {
using namespace mlir;

namespace {

using Numbers = std::set<unsigned>;

Block &bodyOf(func::FuncOp function) { return function.getBody().front(); }

bool isView(Operation *op) {
  auto node = dyn_cast<nn::NnOp>(op);
  return node && node.isView();
}

/// Splits the functions of one group, whose operators numbered `common` are those of the trunk.
class Splitter {
public:
  Splitter(const ValueNumbers &numbers, ArrayRef<func::FuncOp> users, Numbers common)
      : numbers(numbers), users(users), common(std::move(common)) {
    dropUnreadViews();
    for (Operation &op : bodyOf(users.front()).without_terminator())
      if (inTrunk(&op))
        for (Value v : op.getOperands())
          if (isa<BlockArgument>(v))
            inputs.insert(numbers.of(v));
    for (func::FuncOp user : users)
      bodyOf(user).walk([&](Operation *op) { noteReads(op); });
  }

  OwningOpRef<ModuleOp> trunk();
  OwningOpRef<ModuleOp> head(func::FuncOp user);

private:
  bool inTrunk(Operation *op) const { return !isa<func::ReturnOp>(op) && common.count(numbers.of(op)); }

  /// Views that nothing of the trunk reads are the heads'.
  void dropUnreadViews() {
    for (Operation &op : llvm::reverse(bodyOf(users.front()).without_terminator()))
      if (inTrunk(&op) && isView(&op) &&
          llvm::none_of(op.getUsers(), [&](Operation *reader) { return inTrunk(reader); }))
        common.erase(numbers.of(&op));
  }

  /// The value that holds what `v` shows, where the trunk has made views of it.
  Value rootOf(Value v) const {
    while (Operation *op = v.getDefiningOp()) {
      if (!inTrunk(op) || !isView(op))
        break;
      v = op->getOperand(0);
    }
    return v;
  }

  bool isOfTrunk(Value v) const {
    Operation *op = v.getDefiningOp();
    return op ? inTrunk(op) : inputs.count(numbers.of(v)) > 0;
  }

  /// What an operator of a head reads of the trunk is kept.
  void noteReads(Operation *op) {
    if (!isa<func::ReturnOp>(op) &&
        (op->getBlock()->getParentOp() != op->getParentOfType<func::FuncOp>() || inTrunk(op)))
      return;
    for (Value v : op->getOperands())
      if (Value root = rootOf(v); isOfTrunk(root))
        kept.insert(numbers.of(root));
  }

  /// The values of the first user that are kept, its inputs first.
  SmallVector<Value> keptValues() const {
    SmallVector<Value> values;
    llvm::SmallDenseSet<unsigned> seen;
    const auto add = [&](Value v) {
      if (kept.count(numbers.of(v)) && seen.insert(numbers.of(v)).second)
        values.push_back(v);
    };
    for (BlockArgument arg : bodyOf(users.front()).getArguments())
      add(arg);
    for (Operation &op : bodyOf(users.front()).without_terminator())
      llvm::for_each(op.getResults(), add);
    return values;
  }

  /// An empty function in a module of its own, with the attributes of `like`.
  static func::FuncOp newFunction(OwningOpRef<ModuleOp> &module, func::FuncOp like, StringRef name, TypeRange takes,
                                  TypeRange gives) {
    module = ModuleOp::create(like.getLoc());
    OpBuilder b(module->getBodyRegion());
    auto function = func::FuncOp::create(b, like.getLoc(), name, b.getFunctionType(takes, gives));
    for (NamedAttribute attribute : like->getDiscardableAttrs())
      function->setAttr(attribute.getName(), attribute.getValue());
    function.addEntryBlock();
    return function;
  }

  static NamedAttrList keptAttributes(MLIRContext *context, size_t number) {
    Builder b(context);
    NamedAttrList attributes;
    attributes.set("nn.hidden", b.getUnitAttr());
    attributes.set(nn::keptAttrName, b.getI64IntegerAttr(static_cast<int64_t>(number)));
    attributes.set("nn.name", b.getStringAttr("kept_" + std::to_string(number)));
    return attributes;
  }

  /// Clones `op` behind the constants that it reads.
  static void clone(OpBuilder &b, Operation &op, IRMapping &map) {
    for (Value v : op.getOperands())
      if (auto constant = v.getDefiningOp<nn::ConstantOp>(); constant && !map.contains(v))
        b.clone(*constant, map);
    b.clone(op, map);
  }

  const ValueNumbers &numbers;
  ArrayRef<func::FuncOp> users;
  Numbers common, inputs, kept; // operators of the trunk, inputs that it reads, what it leaves
};

OwningOpRef<ModuleOp> Splitter::trunk() {
  func::FuncOp first = users.front();
  SmallVector<Value> takes, gives;
  for (BlockArgument arg : first.getArguments())
    if (inputs.count(numbers.of(arg)))
      takes.push_back(arg);
  const SmallVector<Value> all = keptValues();
  llvm::copy_if(all, std::back_inserter(gives), [](Value v) { return !isa<BlockArgument>(v); });
  OwningOpRef<ModuleOp> module;
  func::FuncOp function = newFunction(module, first, "trunk", ValueRange(takes), ValueRange(gives));
  IRMapping map;
  for (auto [i, v] : llvm::enumerate(takes)) {
    map.map(v, function.getArgument(static_cast<unsigned>(i)));
    NamedAttrList attributes(first.getArgAttrDict(cast<BlockArgument>(v).getArgNumber()));
    if (const auto *at = llvm::find(all, v); at != all.end())
      attributes.set(nn::keptAttrName, Builder(first.getContext()).getI64IntegerAttr(at - all.begin()));
    function.setArgAttrs(static_cast<unsigned>(i), attributes.getDictionary(first.getContext()));
  }
  OpBuilder b = OpBuilder::atBlockEnd(&bodyOf(function));
  for (Operation &op : bodyOf(first).without_terminator())
    if (inTrunk(&op))
      clone(b, op, map);
  SmallVector<Value> results;
  for (auto [i, v] : llvm::enumerate(gives)) {
    results.push_back(map.lookup(v));
    const size_t number = all.size() - gives.size() + i;
    function.setResultAttrs(static_cast<unsigned>(i),
                            keptAttributes(first.getContext(), number).getDictionary(first.getContext()));
  }
  func::ReturnOp::create(b, first.getLoc(), results);
  return module;
}

OwningOpRef<ModuleOp> Splitter::head(func::FuncOp user) {
  // The user's own values of those that are kept, in the trunk's order.
  llvm::DenseMap<unsigned, Value> own;
  for (BlockArgument arg : user.getArguments())
    own.try_emplace(numbers.of(arg), arg);
  for (Operation &op : bodyOf(user).without_terminator())
    for (Value v : op.getResults())
      own.try_emplace(numbers.of(v), v);
  SmallVector<Value> takes;
  for (Value v : keptValues())
    takes.push_back(own.at(numbers.of(v)));
  const size_t keeps = takes.size();
  for (BlockArgument arg : user.getArguments())
    if (!inputs.count(numbers.of(arg)))
      takes.push_back(arg);
  OwningOpRef<ModuleOp> module;
  func::FuncOp function = newFunction(module, user, user.getName(), ValueRange(takes), user.getResultTypes());
  IRMapping map;
  llvm::DenseMap<unsigned, Value> given;
  for (auto [i, v] : llvm::enumerate(takes)) {
    Value arg = function.getArgument(static_cast<unsigned>(i));
    if (i < keeps) {
      given[numbers.of(v)] = arg;
      function.setArgAttrs(static_cast<unsigned>(i),
                           keptAttributes(user.getContext(), i).getDictionary(user.getContext()));
    } else {
      map.map(v, arg);
      if (DictionaryAttr attributes = user.getArgAttrDict(cast<BlockArgument>(v).getArgNumber()))
        function.setArgAttrs(static_cast<unsigned>(i), attributes);
    }
  }
  OpBuilder b = OpBuilder::atBlockEnd(&bodyOf(function));
  // A value of the trunk is what was kept, or views of it, made where the head first needs them.
  const std::function<void(Value)> fetch = [&](Value v) {
    if (map.contains(v) || !isOfTrunk(v))
      return;
    if (auto it = given.find(numbers.of(v)); it != given.end())
      return map.map(v, it->second);
    fetch(v.getDefiningOp()->getOperand(0));
    clone(b, *v.getDefiningOp(), map);
  };
  for (Operation &op : bodyOf(user)) {
    if (isa<nn::ConstantOp>(&op) || (!isa<func::ReturnOp>(&op) && inTrunk(&op)))
      continue;
    llvm::for_each(op.getOperands(), fetch);
    clone(b, op, map);
  }
  for (unsigned i = 0; i < user.getNumResults(); ++i)
    if (DictionaryAttr attributes = user.getResultAttrDict(i))
      function.setResultAttrs(i, attributes);
  return module;
}

/// Functions that have operators in common.
struct Group {
  std::vector<size_t> users;
  Numbers common;
  int64_t macs = 0; ///< of these
  int64_t saved() const { return macs * (static_cast<int64_t>(users.size()) - 1); }
};

/// The numbers of the function's operators, with their multiply-accumulates.
std::map<unsigned, int64_t> macsOf(func::FuncOp function, const ValueNumbers &numbers) {
  std::map<unsigned, int64_t> macs;
  for (Operation &op : bodyOf(function).without_terminator())
    if (auto node = dyn_cast<nn::NnOp>(&op); node && !isa<nn::ConstantOp>(&op))
      macs[numbers.of(&op)] = node.macs();
  return macs;
}

/// The group with one function more.
Group joined(const Group &group, size_t user, const std::map<unsigned, int64_t> &macs) {
  Group out{.users = group.users, .common = {}};
  out.users.push_back(user);
  for (unsigned number : group.common)
    if (auto it = macs.find(number); it != macs.end()) {
      out.common.insert(number);
      out.macs += it->second;
    }
  return out;
}

} // namespace

std::vector<Trunk> splitTrunks(ArrayRef<func::FuncOp> functions) {
  ValueNumbers numbers;
  for (func::FuncOp function : functions)
    numbers.add(function);
  std::vector<Group> groups;
  for (auto [user, function] : llvm::enumerate(functions)) {
    const std::map<unsigned, int64_t> macs = macsOf(function, numbers);
    Group *best = nullptr;
    Group with;
    for (Group &group : groups) {
      Group candidate = joined(group, user, macs);
      if (candidate.saved() - group.saved() > (best ? with.saved() - best->saved() : 0)) {
        best = &group;
        with = std::move(candidate);
      }
    }
    if (best) {
      *best = std::move(with);
      continue;
    }
    Group &alone = groups.emplace_back(Group{.users = {user}, .common = {}});
    for (auto [number, count] : macs) {
      alone.common.insert(number);
      alone.macs += count;
    }
  }
  std::vector<Trunk> trunks;
  for (const Group &group : groups) {
    if (group.users.size() < 2)
      continue;
    SmallVector<func::FuncOp> users;
    for (size_t user : group.users)
      users.push_back(functions[user]);
    Splitter splitter(numbers, users, group.common);
    Trunk &trunk = trunks.emplace_back();
    trunk.users = group.users;
    trunk.trunk = splitter.trunk();
    for (func::FuncOp user : users)
      trunk.heads.push_back(splitter.head(user));
  }
  return trunks;
}

} // namespace burin::share

namespace burin {
namespace {
using namespace mlir;

struct ShareTrunksPass : impl::ShareTrunksBase<ShareTrunksPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (share::Trunk &t : share::splitTrunks(functions)) {
      OpBuilder b(functions[t.users.front()]);
      const auto add = [&](ModuleOp module) {
        for (auto function : module.getOps<func::FuncOp>())
          b.clone(*function);
      };
      add(*t.trunk);
      for (auto &head : t.heads)
        add(*head);
      for (size_t user : t.users)
        functions[user].erase();
    }
  }
};

} // namespace
} // namespace burin
