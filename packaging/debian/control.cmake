# The packages: component of cmake --install, name, section, summary, description, dependencies beside
# those of shared libraries.
set(about "uhuru classifies X-ray sources (quasars, Seyfert galaxies, X-ray binaries,
young stars) from their X-ray properties alone, by the method of Perez-Diaz et
al. (2024). It reads and writes VOTable, FITS, ECSV, CSV and TSV.")

package(program uhuru science "classifier of X-ray sources"
"${about}
.
This package has the program: it trains, classifies, validates, fetches
tables from archives, and shows results in a browser."
  "libuhuru1 (${this_version})")
install(FILES ${CMAKE_BINARY_DIR}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT program)

if(UHURU_MPI)
  package(mpi uhuru-mpi science "classifier of X-ray sources - for many machines"
"${about}
.
This package lets the program compute on many machines at once, where mpirun
or a scheduler starts it under Open MPI."
    "uhuru (${this_version})")
  set(CPACK_DEBIAN_MPI_PACKAGE_RECOMMENDS openmpi-bin)
endif()

package(runtime libuhuru1 libs "classifier of X-ray sources - libraries"
"${about}
.
This package has the shared libraries."
)
# Before 1.0, programs need the very version that they were built with.
set(shlibs "")
foreach(part method tables vo jobs serve)
  string(APPEND shlibs "libuhuru_${part} 1 libuhuru1 (${this_version})\n")
endforeach()
file(WRITE ${CMAKE_BINARY_DIR}/shlibs "${shlibs}")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/libuhuru1/triggers
                                               ${CMAKE_BINARY_DIR}/shlibs)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/libuhuru1/lintian-overrides RENAME libuhuru1
        DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT runtime)

package(development libuhuru-dev libdevel "classifier of X-ray sources - development files"
"${about}
.
This package has what is needed to use its libraries in C++ programs."
  "libuhuru1 (${this_version})" libeigen3-dev)

execute_process(COMMAND /usr/bin/python3 -c
  "from sys import version_info as v; print(f'python3 (>= {v[0]}.{v[1]}), python3 (<< {v[0]}.{v[1]+1})')"
  OUTPUT_VARIABLE python OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
package(python python3-uhuru python "classifier of X-ray sources - Python package"
"${about}
.
This package has the module uhuru for Python: tables of astropy, pandas and
numpy, estimators for scikit-learn, and displays for notebooks."
  "libuhuru1 (${this_version})" "${python}" python3-numpy python3-astropy python3-sklearn)
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/python3-uhuru/postinst
                                              ${CMAKE_CURRENT_LIST_DIR}/python3-uhuru/prerm)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SUGGESTS "python3-pandas, python3-matplotlib, python3-pyvo")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "python3-uhuru, uhuru-mpi, topcat")

set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
