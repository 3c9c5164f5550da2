# Debian packages, made by cpack: uhuru, uhuru-mpi (with UHURU_MPI), libuhuru1, libuhuru-dev and
# python3-uhuru. tools/make_packages sets what is needed.
cmake_host_system_information(RESULT system QUERY DISTRIB_ID DISTRIB_VERSION_ID)
list(JOIN system "" system)
set(UHURU_MAINTAINER "The uhuru developers <uhuru@packages.invalid>" CACHE STRING
    "Who answers for the packages")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME uhuru)
set(CPACK_PACKAGE_CONTACT "${UHURU_MAINTAINER}")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program runtime development python)
if(UHURU_MPI)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# A package for Debian 13 is newer than the same one for Debian 12.
set(CPACK_DEBIAN_PACKAGE_RELEASE 1~${system})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR})
set(this_version "= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

# package(COMPONENT NAME SECTION SUMMARY DESCRIPTION [DEPENDS...]): also installs its copyright and
# changelog.
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${CMAKE_BINARY_DIR}/changelog.Debian @ONLY)
file(COPY_FILE ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_BINARY_DIR}/changelog)
foreach(file changelog changelog.Debian)
  execute_process(COMMAND gzip -9nf ${CMAKE_BINARY_DIR}/${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
macro(package component name section summary description)
  string(TOUPPER ${component} upper)
  set(depends ${ARGN})
  list(JOIN depends ", " depends)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}")
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${description}")
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/copyright ${CMAKE_BINARY_DIR}/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component})
endmacro()
include(${CMAKE_CURRENT_LIST_DIR}/control.cmake)
