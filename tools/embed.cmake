# embed_files(OUTPUT FILE...): writes a C++ file that holds each FILE as bytes, found by its path
# through uhuru::embedded_file (base/embedded.hpp).
function(embed_files output)
  set(text "#include \"uhuru/base/embedded.hpp\"\n\n#include <array>\n\nnamespace uhuru {\nnamespace {\n")
  set(table "")
  set(index 0)
  foreach(path ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${path})
    file(READ ${CMAKE_SOURCE_DIR}/${path} bytes HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND text "constexpr char file_${index}[] = {${bytes}'\\0'};\n")
    string(APPEND table "    EmbeddedFile{\"${path}\", {file_${index}, sizeof(file_${index}) - 1}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND text "constexpr std::array<EmbeddedFile, ${index}> files{{\n${table}}};\n}  // namespace\n\n"
         "std::span<const EmbeddedFile> embedded_files() { return files; }\n}  // namespace uhuru\n")
  file(CONFIGURE OUTPUT ${output} CONTENT "${text}" @ONLY)
endfunction()
