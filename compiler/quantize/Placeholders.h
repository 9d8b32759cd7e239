// Weights of a program that can be exchanged while it runs.
#ifndef BURIN_COMPILER_QUANTIZE_PLACEHOLDERS_H
#define BURIN_COMPILER_QUANTIZE_PLACEHOLDERS_H

#include "compiler/quantize/Program.h"
#include "compiler/quantize/WriteQdq.h"

namespace burin::quantize {

/// The importer permutes weights into its own layouts. Where each element has gone is found out by numbering them: the
/// model is imported with numbers for weights, which are then looked for in the program.
class Placeholders {
public:
  /// Replaces the dequantised weights and biases of `layers` in a QDQ model by numbered float initialisers. Layers with
  /// more than 2^23 weights are left as they are.
  void put(onnx::ModelProto &proto, const std::vector<WeightedLayer> &layers, const QdqNames &names);

  /// Finds them in the imported program, before it is lowered, and makes values of them that can be exchanged. False if
  /// those of a layer aren't there.
  bool find(mlir::func::FuncOp function, const onnx::GraphProto &graph, const std::vector<WeightedLayer> &layers);

  /// Real weights, in ONNX's layout, and biases of a layer, before the program has run it.
  void set(Program &program, const std::string &layer, const std::vector<float> &weights,
           const std::vector<float> &biases) const;

private:
  struct Place {
    mlir::Value value;
    bool isBias;
    std::vector<size_t> from; ///< for each element, its number
  };
  static std::optional<Place> placeOf(mlir::Value v);

  std::map<std::string, std::vector<Place>> places; ///< by layer
};

} // namespace burin::quantize

#endif
