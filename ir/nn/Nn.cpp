#include "ir/nn/AllOps.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "ir/nn/NnDialect.cpp.inc"
#include "ir/nn/NnEnums.cpp.inc"
#include "ir/nn/NnInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/nn/NnAttrs.cpp.inc"

namespace burin::nn {
using namespace mlir;

void NnDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/nn/NnAttrs.cpp.inc"
      >();
}

void NnDialect::initialize() {
  registerAttributes();
  forAllOperators([this]<typename... Operators>() { addOperations<Operators...>(); });
}

OriginAttr getOrigin(Operation *op) { return op ? op->getAttrOfType<OriginAttr>(originAttrName) : OriginAttr(); }

void setOrigin(Operation *op, StringRef tensor, ArrayRef<int64_t> perm) {
  if (isIdentityPermutation(perm))
    perm = {};
  op->setAttr(originAttrName, OriginAttr::get(op->getContext(), StringAttr::get(op->getContext(), tensor), perm));
}

void copyOrigin(Operation *from, Operation *to, ArrayRef<int64_t> perm) {
  OriginAttr origin = getOrigin(from);
  if (!origin)
    return;
  SmallVector<int64_t> composed(origin.getPerm());
  if (composed.empty())
    composed.assign(perm.begin(), perm.end());
  else if (!perm.empty())
    composed = composePermutations(composed, perm);
  if (isIdentityPermutation(composed))
    composed.clear();
  to->setAttr(originAttrName,
              OriginAttr::get(to->getContext(), origin.getTensor(), composed, origin.getKept(), origin.getAxis()));
}

void keepChannelsOfOrigin(Operation *op, ArrayRef<int64_t> kept) {
  OriginAttr origin = getOrigin(op);
  if (!origin)
    return;
  SmallVector<int64_t> left;
  for (int64_t c : kept)
    left.push_back(origin.getKept().empty() ? c : origin.getKept()[c]);
  ArrayRef<int64_t> perm = origin.getPerm();
  const int64_t axis = perm.empty() ? tensorType(op->getResult(0)).getRank() - 1 : perm.back();
  op->setAttr(originAttrName, OriginAttr::get(op->getContext(), origin.getTensor(), perm, left, axis));
}

} // namespace burin::nn
