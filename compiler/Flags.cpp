// Like main.cpp compiled with exceptions, for CLI11.
#include "compiler/Flags.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

namespace burin {
namespace {

/// `text` for a cell of a table.
std::string cell(const std::string &text) {
  std::string out;
  for (char c : text)
    out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return out;
}

/// What --help shows of the value, without the checks: "NAME=N", "{onnx,tflite}".
std::string valueOf(const CLI::Option &option) {
  const std::string type = option.get_type_name(), choice = "TEXT:{";
  return type.compare(0, choice.size(), choice) == 0 ? type.substr(choice.size() - 1) : type.substr(0, type.find(':'));
}

/// "`--dim NAME=N`", "`MODEL`".
std::string nameOf(const CLI::Option &option) {
  std::string name = option.get_positional() ? option.get_name(true) : option.get_name(false, true);
  for (size_t at = 0; (at = name.find(',', at)) != std::string::npos; at += 2)
    name.replace(at, 1, ", ");
  const bool takesValue = option.get_items_expected_max() > 0 && !option.get_positional();
  return "`" + name + (takesValue ? " " + valueOf(option) : "") + "`";
}

void printCommand(const CLI::App &command) {
  std::printf("\n## burin %s\n\n%s.\n", command.get_name().c_str(), command.get_description().c_str());
  std::map<std::string, std::vector<const CLI::Option *>> groups; // the general ones first: their name is empty here
  for (const CLI::Option *option : command.get_options())
    if (option != command.get_help_ptr())
      groups[option->get_group() == "Samples" || option->get_group() == "Quantisation" ? option->get_group() : ""]
          .push_back(option);
  for (const auto &[group, options] : groups) {
    std::printf("\n| %s | |\n|---|---|\n", group.empty() ? "flag" : group.c_str());
    for (const CLI::Option *option : options) {
      const std::string byDefault = option->get_default_str();
      std::printf("| %s | %s%s |\n", nameOf(*option).c_str(), cell(option->get_description()).c_str(),
                  byDefault.empty() ? "" : (". Default: " + cell(byDefault)).c_str());
    }
  }
}

} // namespace

void printFlags(const CLI::App &app) {
  std::printf("# Flags\n\nWritten by `burin flags`. `burin COMMAND --help` says the same.\n");
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
    printCommand(*command);
}

} // namespace burin
