// burin flags: every flag of every command, as Markdown.
#ifndef BURIN_COMPILER_FLAGS_H
#define BURIN_COMPILER_FLAGS_H

namespace CLI {
class App;
}

namespace burin {

/// Prints docs/flags.md: what `app` and its commands take, from the same descriptions as --help.
void printFlags(const CLI::App &app);

} // namespace burin

#endif
