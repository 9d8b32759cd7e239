// The tool's version as it stands in every generated file.
#ifndef BURIN_CODEGEN_VERSION_H
#define BURIN_CODEGEN_VERSION_H

#define BURIN_VERSION "0.1.0"

#endif
