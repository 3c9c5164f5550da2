# Build dependencies. Debian 12 has the oldest version of each that is known to work. What is
# missing or too old is reported before anything is compiled.
set(UHURU_MISSING "")
set(UHURU_TOO_OLD "")

# require(NAME FOUND VERSION LEAST): VERSION and LEAST are empty if any version will do.
macro(require name found version least)
  if(NOT ${found})
    list(APPEND UHURU_MISSING "${name}")
  elseif(NOT "${least}" STREQUAL "" AND "${version}" VERSION_LESS "${least}")
    list(APPEND UHURU_TOO_OLD "${name} ${version} (${least} or newer is needed)")
  endif()
endmacro()

# require_package(NAME PACKAGE LEAST [ARGUMENTS...]): with find_package.
macro(require_package name package least)
  find_package(${package} QUIET ${ARGN})
  require("${name}" ${package}_FOUND "${${package}_VERSION}" "${least}")
endmacro()

# require_module(NAME PREFIX MODULE LEAST): with pkg-config, as PkgConfig::PREFIX.
macro(require_module name prefix module least)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET ${module})
  require("${name}" ${prefix}_FOUND "${${prefix}_VERSION}" "${least}")
endmacro()

set(compiler_found TRUE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  require("GCC" compiler_found "${CMAKE_CXX_COMPILER_VERSION}" 12)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  require("clang" compiler_found "${CMAKE_CXX_COMPILER_VERSION}" 14)
endif()
find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "uhuru cannot be built: missing pkg-config. "
                      "On Debian and Ubuntu, ./try installs what is missing.")
endif()
require_package("threads" Threads "")
require_package("Boost" Boost 1.74 CONFIG)
require_package("Eigen" Eigen3 3.4 NO_MODULE)
require_package("expat" EXPAT "")
require_package("zlib" ZLIB "")
require_package("OpenSSL" OpenSSL "" COMPONENTS Crypto)
require_package("libcurl" CURL "")
require_package("fmt" fmt 9)
require_package("nlohmann-json" nlohmann_json 3.10)
require_package("CLI11" CLI11 2.1)
require_module("toml++" TOMLPP tomlplusplus 3.3)
require_module("libyaml" YAML yaml-0.1 0.2)
require_module("SQLite" SQLITE sqlite3 3.37)
require_module("Highway" HIGHWAY libhwy 1.0.3)
find_path(FAST_FLOAT_INCLUDE fast_float/fast_float.h)
require("fast_float" FAST_FLOAT_INCLUDE "" "")

list(JOIN UHURU_TOO_OLD ", " UHURU_TOO_OLD)
if(UHURU_TOO_OLD)
  message(FATAL_ERROR "This system is too old for uhuru: ${UHURU_TOO_OLD}. "
                      "Use Debian 12, Ubuntu 24.04 or newer.")
endif()
list(JOIN UHURU_MISSING ", " UHURU_MISSING)
if(UHURU_MISSING)
  message(FATAL_ERROR "uhuru cannot be built: missing ${UHURU_MISSING}. "
                      "On Debian and Ubuntu, ./try installs what is missing.")
endif()

# The pages need Node.js; without it, the program is built without them and says why.
set(UHURU_NO_PAGES "")
find_program(NODE NAMES node nodejs)
find_program(NPM npm)
if(NOT UHURU_WEB)
  set(UHURU_NO_PAGES "UHURU_WEB was off")
elseif(NOT NODE OR NOT NPM)
  set(UHURU_NO_PAGES "Node.js or npm was missing")
else()
  execute_process(COMMAND ${NODE} --version OUTPUT_VARIABLE node_version
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" node_version "${node_version}")
  if(node_version VERSION_LESS 18)
    set(UHURU_NO_PAGES "Node.js ${node_version} was too old: 18 or newer is needed")
  endif()
endif()
if(UHURU_NO_PAGES)
  message(STATUS "uhuru report and uhuru serve will have no pages: ${UHURU_NO_PAGES}")
endif()
