#!/usr/bin/env bash
# Called by conda-build: builds the program, its libraries and the Python package, and installs them.
set -eu
# shellcheck disable=SC2086
cmake ${CMAKE_ARGS:-} -G Ninja -S . -B build/conda -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
  -DCMAKE_INSTALL_PREFIX="$PREFIX" -DCMAKE_INSTALL_LIBDIR=lib -DUHURU_TESTS=OFF \
  -DUHURU_MPI="${UHURU_MPI:-OFF}" -DPython_EXECUTABLE="$PYTHON" -DUHURU_PYTHON_FOLDER="${SP_DIR#"$PREFIX"/}"
cmake --build build/conda
cmake --install build/conda
