# Read by the build of tools/mutants (CMAKE_PROJECT_uhuru_INCLUDE). The libraries are optimized a little,
# because the tests spend their time in them, and count which lines are executed. The programs are not,
# because they take long to compile; all tests are one program. A library calls its own copies of inline
# functions, which count.
set(BUILD_SHARED_LIBS ON)
set(UHURU_VISIBILITY default CACHE STRING "")
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
add_link_options(-fprofile-instr-generate -fuse-ld=lld)
function(mutants_targets)
  foreach(part method tables vo jobs serve)
    set_property(TARGET uhuru_${part} PROPERTY VERSION)
    set_property(TARGET uhuru_${part} PROPERTY SOVERSION)
    target_compile_options(uhuru_${part} PRIVATE -O1 -fprofile-instr-generate -fcoverage-mapping)
    target_link_options(uhuru_${part} PRIVATE -Wl,-Bsymbolic-functions)
  endforeach()
  target_link_libraries(uhuru_tests PRIVATE method_test_objects)
endfunction()
cmake_language(DEFER CALL mutants_targets)
