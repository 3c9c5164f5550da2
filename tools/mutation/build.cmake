# Read by the build of tools/mutants (CMAKE_PROJECT_uhuru_INCLUDE). The library is optimized a little,
# because the tests spend their time in it, and counts which lines are executed. The programs are not,
# because they take long to compile. The library calls its own copies of inline functions, which count.
set(BUILD_SHARED_LIBS ON)
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
set(MUTANTS_COVERAGE -fprofile-instr-generate -fcoverage-mapping)
add_compile_options(${MUTANTS_COVERAGE})
add_link_options(-fprofile-instr-generate -fuse-ld=lld)
function(mutants_targets)
  target_compile_options(uhuru_core PRIVATE -O1)
  target_link_options(uhuru_core PRIVATE -Wl,-Bsymbolic-functions)
  foreach(target uhuru uhuru_tests)
    get_target_property(options ${target} COMPILE_OPTIONS)
    list(REMOVE_ITEM options ${MUTANTS_COVERAGE})
    set_target_properties(${target} PROPERTIES COMPILE_OPTIONS "${options}")
  endforeach()
endfunction()
cmake_language(DEFER CALL mutants_targets)
