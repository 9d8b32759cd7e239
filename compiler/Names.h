// Names in C that follow from names of files.
#ifndef BURIN_COMPILER_NAMES_H
#define BURIN_COMPILER_NAMES_H

#include <filesystem>
#include <string>

namespace burin {

/// A C identifier made of the file's name: "my-net.v2.onnx" gives "my_net_v2". Exporters call the file model.onnx in a
/// folder that has the name.
std::string defaultName(const std::filesystem::path &model);

} // namespace burin

#endif
