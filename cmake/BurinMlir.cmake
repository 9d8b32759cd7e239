# Libraries and programs that use MLIR, linked statically against Debian's archives.
#
# Those archives name the shared libLLVM in their link interface. A program made of both would hold two copies of LLVM's
# global state; so the name is replaced, once, by the few static LLVM archives that MLIR's core really needs.

set(BURIN_LLVM_ARCHIVES
    LLVMAsmParser LLVMBitReader LLVMCore LLVMRemarks LLVMBitstreamReader LLVMBinaryFormat LLVMTargetParser
    LLVMSupport LLVMDemangle)

add_library(BurinLlvmStatic INTERFACE)
foreach(archive ${BURIN_LLVM_ARCHIVES})
  target_link_libraries(BurinLlvmStatic INTERFACE ${LLVM_LIBRARY_DIR}/lib${archive}.a)
endforeach()
target_link_libraries(BurinLlvmStatic INTERFACE -lz -lzstd Threads::Threads ${CMAKE_DL_LIBS})

foreach(lib ${MLIR_ALL_LIBS} ${MLIR_EXPORTED_TARGETS})
  if(TARGET ${lib})
    get_target_property(needs ${lib} INTERFACE_LINK_LIBRARIES)
    if(needs AND "LLVM" IN_LIST needs)
      list(REMOVE_ITEM needs LLVM)
      list(APPEND needs BurinLlvmStatic)
      set_target_properties(${lib} PROPERTIES INTERFACE_LINK_LIBRARIES "${needs}")
    endif()
  endif()
endforeach()

# One precompiled header of upstream MLIR serves every library: it halves the build.
file(WRITE ${CMAKE_BINARY_DIR}/BurinPch.cpp "")
add_library(BurinPch OBJECT ${CMAKE_BINARY_DIR}/BurinPch.cpp)
target_compile_options(BurinPch PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
target_precompile_headers(BurinPch PRIVATE
  <mlir/IR/Builders.h> <mlir/IR/BuiltinAttributes.h> <mlir/IR/BuiltinTypes.h> <mlir/IR/OpImplementation.h>
  <mlir/IR/PatternMatch.h> <mlir/IR/DialectImplementation.h> <mlir/IR/DialectResourceBlobManager.h>
  <mlir/Pass/Pass.h> <mlir/Dialect/Quant/IR/Quant.h> <mlir/Dialect/Quant/IR/QuantTypes.h>
  <mlir/Interfaces/InferTypeOpInterface.h> <mlir/Interfaces/SideEffectInterfaces.h>)

# burin_mlir_library(name SOURCES... LINK libs...)
function(burin_mlir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  target_precompile_headers(${name} REUSE_FROM BurinPch)
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()
