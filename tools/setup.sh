# Shared by ./try and ./check: installs missing Debian packages, configures and builds.
# shellcheck shell=bash

build_packages="g++ cmake ninja-build pkg-config ccache libeigen3-dev libexpat1-dev zlib1g-dev
  libssl-dev libcurl4-openssl-dev libfmt-dev nlohmann-json3-dev libcli11-dev
  libyaml-dev libtomlplusplus-dev libfast-float-dev libhwy-dev libsqlite3-dev
  libboost-dev libjemalloc-dev"
test_packages="libgtest-dev libbenchmark-dev curl python3-yaml"
# Node.js for the pages, unless it is already installed.
command -v npm >/dev/null || build_packages+=" nodejs npm"
# The module for many machines, uhuru_mpi.so; the program can be built and used without it.
mpi_packages="libopenmpi-dev openmpi-bin"
# The compiled module of the Python package.
module_packages="python3-dev pybind11-dev"
# The Python package, what it can be used with, and what its tests need.
python_packages="$module_packages python3-numpy python3-astropy python3-sklearn
  python3-setuptools python3-wheel python3-build python3-venv python3-pip python3-pytest
  python3-pandas python3-matplotlib python3-pyvo python3-dask mypy"
notebook_packages="python3-ipykernel python3-nbclient"
site_packages="mkdocs"
browser_packages="chromium firefox-esr"
peer_packages="python3-sklearn python3-scipy python3-pandas python3-astropy stilts
  topcat default-jdk-headless xvfb xauth python3-healpy clang clang-tidy clang-format"
# DaCHS without the package gavodachs2-server, which would set up and start a service on this
# machine.
server_packages="postgresql python3-gavo python3-pyvo stilts jsamp wrk curl openssl nginx-light"

# Lets ccache find objects built in another clone.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() { printf '\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '%s\n' "$*"; }

# need PACKAGE...: installs missing packages, as root or with sudo.
need() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "These packages are missing, and installing them requires root or sudo:" \
        "${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Installing the packages failed; the full log is $log" >&2
    exit 1
  fi
  rm -f "$log"
}

# build PRESET [TARGET...]: quiet unless it fails.
build() {
  local preset=$1 log
  shift
  log=$(mktemp)
  if ! { cmake --preset "$preset" && cmake --build "build/$preset" ${1:+--target "$@"}; } \
    >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "The build failed; the full log is $log" >&2
    exit 1
  fi
  rm -f "$log"
}
