# embed_files(OUTPUT FILE...): writes a C++ file that contains the bytes of each FILE, listed by path
# in uhuru::embedded_files (base/embedded.hpp). A FILE is in the build folder if a target generates
# it, otherwise in the source folder.
function(embed_files output)
  set(UHURU_EMBEDS "")
  set(UHURU_EMBED_TABLE "")
  set(UHURU_EMBED_COUNT 0)
  set(paths "")
  foreach(name ${ARGN})
    set(path ${CMAKE_BINARY_DIR}/${name})
    get_source_file_property(is_made ${path} GENERATED)
    if(NOT is_made)
      set(path ${CMAKE_SOURCE_DIR}/${name})
    endif()
    list(APPEND paths ${path})
    set(symbol uhuru_file_${UHURU_EMBED_COUNT})
    string(APPEND UHURU_EMBEDS "EMBED(${symbol}, \"${path}\");\n")
    string(APPEND UHURU_EMBED_TABLE
           "      EmbeddedFile{\"${name}\", {${symbol}_begin, ${symbol}_end}},\n")
    math(EXPR UHURU_EMBED_COUNT "${UHURU_EMBED_COUNT} + 1")
  endforeach()
  configure_file(${CMAKE_SOURCE_DIR}/tools/embedded_files.cpp.in ${output} @ONLY)
  set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS "${paths}")
endfunction()
