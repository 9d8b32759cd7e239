#include "frontend/onnx/OpTable.h"

#include "frontend/onnx/Importer.h"

namespace burin::importer {

llvm::ArrayRef<OpImporter> allOps() {
  static const std::vector<OpImporter> table = [] {
    std::vector<OpImporter> rows;
    for (auto [list, file] :
         {std::pair{elementwiseOps(), "Elementwise.cpp"}, std::pair{activationOps(), "Activations.cpp"},
          std::pair{attentionOps(), "Attention.cpp"}, std::pair{castOps(), "Cast.cpp"},
          std::pair{constantOps(), "Constants.cpp"}, std::pair{convOps(), "Conv.cpp"},
          std::pair{gatherOps(), "Gather.cpp"}, std::pair{matmulOps(), "Matmul.cpp"},
          std::pair{normalizationOps(), "Normalization.cpp"}, std::pair{padOps(), "Pad.cpp"},
          std::pair{poolOps(), "Pool.cpp"}, std::pair{qlinearOps(), "QLinear.cpp"},
          std::pair{quantizeOps(), "Quantize.cpp"}, std::pair{reduceOps(), "Reduce.cpp"},
          std::pair{resizeOps(), "Resize.cpp"}, std::pair{shapeOps(), "Shape.cpp"}, std::pair{sliceOps(), "Slice.cpp"},
          std::pair{softmaxOps(), "Softmax.cpp"}})
      for (OpImporter row : list) {
        row.source = file;
        rows.push_back(row);
      }
    llvm::sort(rows, [](const OpImporter &a, const OpImporter &b) {
      return std::tuple(llvm::StringRef(a.domain), llvm::StringRef(a.op), a.sinceOpset) <
             std::tuple(llvm::StringRef(b.domain), llvm::StringRef(b.op), b.sinceOpset);
    });
    return rows;
  }();
  return table;
}

const OpImporter *findOp(llvm::StringRef domain, llvm::StringRef op, int64_t opset, const OpImporter **otherVersion) {
  *otherVersion = nullptr;
  llvm::ArrayRef<OpImporter> table = allOps();
  const auto key = std::pair(domain, op);
  const OpImporter *row = llvm::lower_bound(table, key, [](const OpImporter &a, const auto &k) {
    return std::pair(llvm::StringRef(a.domain), llvm::StringRef(a.op)) < k;
  });
  for (; row != table.end() && domain == row->domain && op == row->op; ++row) {
    if (opset >= row->sinceOpset && (row->untilOpset == 0 || opset <= row->untilOpset))
      return row;
    *otherVersion = row;
  }
  return nullptr;
}

} // namespace burin::importer

namespace burin {

std::vector<OpSupport> supportedOps() {
  std::vector<OpSupport> out;
  for (const importer::OpImporter &row : importer::allOps())
    out.push_back({row.domain, row.op, row.sinceOpset, row.untilOpset, row.restrictions, row.source});
  return out;
}

} // namespace burin
