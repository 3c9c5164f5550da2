# The library in parts, each of which uses only those before it: uhuru::method, the method on numbers;
# uhuru::tables, files and recipes; uhuru::vo, the archives; uhuru::jobs, what the commands do;
# uhuru::serve, a catalog over HTTP. Static, or shared with BUILD_SHARED_LIBS. Public
# headers, which are installed, make what they declare visible in a shared library
# (#pragma GCC visibility); all else is hidden. src/uhuru/NAME.hpp includes those of a part.
include(GNUInstallDirs)
set(UHURU_VISIBILITY hidden CACHE STRING "Of what is not public; the tests need more than that")
include(CMakePackageConfigHelpers)

# uhuru_library(NAME FOLDERS folder... [SOURCES file...] [WITHOUT file...] [PUBLIC lib...]
#               [PRIVATE lib...]): folders and files of src/uhuru.
function(uhuru_library name)
  cmake_parse_arguments(PARSE_ARGV 1 part "" "" "FOLDERS;SOURCES;WITHOUT;PUBLIC;PRIVATE")
  set(root ${CMAKE_SOURCE_DIR}/src/uhuru)
  list(TRANSFORM part_FOLDERS PREPEND ${root}/)
  list(TRANSFORM part_FOLDERS APPEND /*.cpp)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${part_FOLDERS})
  list(TRANSFORM part_SOURCES PREPEND ${root}/)
  list(TRANSFORM part_WITHOUT PREPEND ${root}/)
  list(APPEND sources ${part_SOURCES})
  list(REMOVE_ITEM sources ${part_WITHOUT} "")
  set(target uhuru_${name})
  add_library(${target} ${sources})
  add_library(uhuru::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} VERSION 1.${PROJECT_VERSION} SOVERSION 1
    DEFINE_SYMBOL "" POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET ${UHURU_VISIBILITY} VISIBILITY_INLINES_HIDDEN ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  # Calls within the library are direct, as without position-independent code.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
  target_compile_definitions(${target} PRIVATE UHURU_VERSION="${PROJECT_VERSION}"
                                       PUBLIC EIGEN_DONT_PARALLELIZE)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src> $<INSTALL_INTERFACE:include>)
  target_link_libraries(${target} PUBLIC ${part_PUBLIC} PRIVATE ${part_PRIVATE})
  # A folder is compiled as one file: its headers are parsed and its templates instantiated once. So
  # names in unnamed namespaces must be unique within a folder.
  if(UHURU_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    foreach(source IN LISTS sources)
      get_filename_component(group ${source} DIRECTORY)
      get_filename_component(group ${group} NAME)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    endforeach()
    # Of names in other files; the preset dev looks at each file alone.
    target_compile_options(${target} PRIVATE
      -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  install(TARGETS ${target} EXPORT uhuru-targets
          LIBRARY COMPONENT runtime NAMELINK_COMPONENT development ARCHIVE COMPONENT development)
endfunction()

# install_libraries(): public headers, uhuruConfig.cmake, and files for pkg-config.
function(install_libraries)
  file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR}/src CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/src/uhuru/*.hpp)
  foreach(header IN LISTS headers)
    file(STRINGS ${CMAKE_SOURCE_DIR}/src/${header} is_public LIMIT_COUNT 1
         REGEX "^#pragma GCC visibility push")
    get_filename_component(folder ${header} DIRECTORY)
    if(is_public OR folder STREQUAL "uhuru")
      install(FILES ${CMAKE_SOURCE_DIR}/src/${header}
              DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder} COMPONENT development)
    endif()
  endforeach()
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/uhuru)
  install(EXPORT uhuru-targets NAMESPACE uhuru:: DESTINATION ${package} COMPONENT development)
  configure_package_config_file(${CMAKE_SOURCE_DIR}/tools/uhuruConfig.cmake.in
    ${CMAKE_BINARY_DIR}/uhuruConfig.cmake INSTALL_DESTINATION ${package})
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/uhuruConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/uhuruConfig.cmake ${CMAKE_BINARY_DIR}/uhuruConfigVersion.cmake
          DESTINATION ${package} COMPONENT development)
  # Relative, so that the folder can be installed anywhere.
  file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  # A shared library names what it needs itself.
  set(private_method libhwy)
  set(private_tables expat zlib libcrypto fmt tomlplusplus yaml-0.1)
  foreach(name method tables)
    set(private ${private_${name}})
    list(JOIN private " " private)
    if(BUILD_SHARED_LIBS)
      set(private "")
    endif()
    configure_file(${CMAKE_SOURCE_DIR}/tools/uhuru-${name}.pc.in
                   ${CMAKE_BINARY_DIR}/uhuru-${name}.pc @ONLY)
    install(FILES ${CMAKE_BINARY_DIR}/uhuru-${name}.pc
            DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
  endforeach()
endfunction()
