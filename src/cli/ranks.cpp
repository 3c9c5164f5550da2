#include "ranks.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "uhuru/base/error.hpp"

namespace fs = std::filesystem;

namespace uhuru::cli {
namespace {

Transport* transport = nullptr;

/// Whether a launcher started this process as one of several. Open MPI's tells how many there are;
/// others, such as srun --mpi=pmix, only tell which one this is.
bool is_one_of_several() {
  if (const char* count = std::getenv("OMPI_COMM_WORLD_SIZE")) return std::atoi(count) > 1;
  return std::getenv("PMIX_RANK") != nullptr;
}

/// Beside the program, where it is built, or in the folder of modules, where it is installed.
void* load_module() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  for (const fs::path& folder : {program, program / UHURU_MODULES}) {
    const fs::path module = folder / "uhuru_mpi.so";
    if (!fs::exists(module, failed)) continue;
    // Open MPI loads parts of itself, which look for its symbols among the global ones.
    if (void* loaded = dlopen(module.c_str(), RTLD_NOW | RTLD_GLOBAL)) return loaded;
    throw input_error("the module for MPI cannot be loaded", module.string(),
                      "Open MPI, as for Debian's package uhuru-mpi", dlerror());
  }
  throw Error(ErrorKind::usage, "started by MPI, but without its module",
              (program / UHURU_MODULES / "uhuru_mpi.so").string(),
              "the package uhuru-mpi, or a build with -DUHURU_MPI=ON");
}

}  // namespace

Communicator open_ranks() {
  if (!is_one_of_several()) return {};
  void* function = dlsym(load_module(), transport_function);
  if (!function)
    throw input_error("the module for MPI is of another version of uhuru", "uhuru_mpi.so",
                      "version " UHURU_VERSION);
  transport = reinterpret_cast<OpenTransport>(function)();
  if (!transport) throw input_error("MPI does not start", "", "mpirun or srun of Open MPI");
  if (transport->rank() > 0 && !std::freopen("/dev/null", "w", stdout))
    throw system_error("cannot open", "/dev/null");
  return Communicator(*transport);
}

bool is_other_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK"})
    if (const char* rank = std::getenv(name)) return std::atoi(rank) > 0;
  return false;
}

int threads_of_rank(const Communicator& ranks) {
  cpu_set_t mine;
  const int usable = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;
  const auto all = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  // A launcher that binds its ranks has divided the processors already.
  if (ranks.is_alone() || usable < all) return usable;
  return std::max(1, usable / transport->count_here());
}

void close_ranks() {
  if (transport) transport->finish();
  transport = nullptr;
}

void abort_ranks(int exit_code) {
  if (transport) transport->abort(exit_code);
  std::_Exit(exit_code);
}

}  // namespace uhuru::cli
