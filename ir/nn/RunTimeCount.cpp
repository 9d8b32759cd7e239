#include "ir/nn/RunTimeCount.h"

namespace burin::nn {
using namespace mlir;

std::optional<RunTimeCount> runTimeCount(Operation *op) {
  auto count = op->getAttrOfType<DictionaryAttr>(countAttrName);
  if (!count)
    return std::nullopt;
  return RunTimeCount{count.getAs<StringAttr>("name").getValue(), count.getAs<IntegerAttr>("bound").getInt()};
}

void setRunTimeCount(Operation *op, StringRef name, int64_t bound) {
  Builder b(op->getContext());
  op->setAttr(countAttrName, b.getDictionaryAttr({b.getNamedAttr("name", b.getStringAttr(name)),
                                                  b.getNamedAttr("bound", b.getI64IntegerAttr(bound))}));
}

} // namespace burin::nn
