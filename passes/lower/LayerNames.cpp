#include "passes/lower/LayerNames.h"
#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Normalize.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Recurrent.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Scan.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/Unary.h"

#include "llvm/ADT/TypeSwitch.h"

namespace burin {
using namespace mlir;

std::string LayerNames::kindOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::string>(op)
      .Case<nn::Conv2dOp>([](nn::Conv2dOp conv) {
        const bool depthwise =
            conv.getGroups() > 1 && static_cast<int64_t>(conv.getGroups()) == nn::shapeOf(conv.getX())[3];
        return depthwise ? "depthwise" : "conv2d";
      })
      .Case<nn::MatmulOp>(
          [](nn::MatmulOp matmul) { return matmul.getB().getDefiningOp<nn::ConstantOp>() ? "dense" : "matmul"; })
      .Case<nn::RecurrentOp>([](auto o) { return stringifyRecurrentKind(o.getKind()).str(); })
      .Case<nn::UnaryOp>([](auto o) { return stringifyUnaryKind(o.getKind()).str(); })
      .Case<nn::BinaryOp>([](auto o) { return stringifyBinaryKind(o.getKind()).str(); })
      .Case<nn::CompareOp>([](auto o) { return stringifyCompareKind(o.getKind()).str(); })
      .Case<nn::ReduceOp>([](auto o) { return "reduce_" + stringifyReduceKind(o.getKind()).str(); })
      .Case<nn::ArgReduceOp>([](auto o) { return stringifyArgKind(o.getKind()).str(); })
      .Case<nn::ScanOp>([](auto o) { return stringifyScanKind(o.getKind()).str(); })
      .Case<nn::Pool2dOp>([](auto o) { return stringifyPoolKind(o.getKind()).str(); })
      .Case<nn::SoftmaxOp>([](auto o) { return stringifySoftmaxKind(o.getKind()).str(); })
      .Case<nn::NormalizeOp>([](auto o) { return stringifyNormKind(o.getKind()).str(); })
      .Default([](Operation *o) { return o->getName().stripDialect().str(); });
}

} // namespace burin
