# palier_embed(TARGET SYMBOL ROOT FILE...): puts files into the program, so that one binary is all there is to copy.
# Declares `std::span<const palier::EmbeddedFile> palier::embedded::SYMBOL()` (base/embedded.hpp), whose names are relative to
# ROOT. The bytes come in by the assembler's .incbin, which costs nothing to compile whatever the size.
function(palier_embed target symbol root)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embed)
  set(assembly "    .section .note.GNU-stack,\"\",%progbits\n    .section .rodata\n")
  set(externs "")
  set(rows "")
  set(index 0)
  set(inputs "")
  foreach(file IN LISTS ARGN)
    get_filename_component(path ${file} ABSOLUTE)
    file(RELATIVE_PATH name ${root} ${path})
    set(label palier_embedded_${symbol}_${index})
    string(APPEND assembly "    .balign 16\n    .global ${label}_begin\n${label}_begin:\n    .incbin \"${path}\"\n"
                           "    .global ${label}_end\n${label}_end:\n    .byte 0\n")
    string(APPEND externs "extern \"C\" const char ${label}_begin[], ${label}_end[];\n")
    string(APPEND rows "      {\"${name}\", {${label}_begin, static_cast<std::size_t>(${label}_end - ${label}_begin)}},\n")
    list(APPEND inputs ${path})
    math(EXPR index "${index} + 1")
  endforeach()
  file(GENERATE OUTPUT ${dir}/${symbol}.S CONTENT "${assembly}")
  file(GENERATE OUTPUT ${dir}/${symbol}.cpp CONTENT
"#include \"base/embedded.hpp\"
${externs}
namespace palier::embedded {
std::span<const EmbeddedFile> ${symbol}() {
  static const EmbeddedFile files[] = {
${rows}  };
  return files;
}
}  // namespace palier::embedded
")
  set_source_files_properties(${dir}/${symbol}.S PROPERTIES OBJECT_DEPENDS "${inputs}")
  target_sources(${target} PRIVATE ${dir}/${symbol}.S ${dir}/${symbol}.cpp)
endfunction()
