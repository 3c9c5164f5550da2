# add_web_pages(NAME FILE...): builds web/NAME (tools/build_page) into these files of the build folder
# and embeds them in the program. A single FILE is itself the output; of several FILEs, the output is
# the folder of the first.
function(add_web_pages name)
  set(source ${CMAKE_SOURCE_DIR}/web/${name})
  set(outputs ${ARGN})
  list(TRANSFORM outputs PREPEND ${CMAKE_BINARY_DIR}/)
  list(GET outputs 0 output)
  list(LENGTH outputs count)
  if(count GREATER 1)
    get_filename_component(output ${output} DIRECTORY)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${source}/src/* ${source}/public/*
       ${CMAKE_SOURCE_DIR}/web/common/*)
  file(GLOB settings CONFIGURE_DEPENDS ${source}/*.json ${source}/*.mjs ${source}/*.html)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_page ${source} ${CMAKE_BINARY_DIR}/web/work/${name}
            ${output}
    DEPENDS ${sources} ${settings} ${CMAKE_SOURCE_DIR}/tools/build_page
    COMMENT "Building the pages of web/${name}"
    VERBATIM)
  set(UHURU_EMBEDDED ${UHURU_EMBEDDED} ${ARGN} PARENT_SCOPE)
endfunction()
