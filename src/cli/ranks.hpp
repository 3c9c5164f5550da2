// Under mpirun or srun: the other processes of the computation.
#pragma once

#include "uhuru/base/communicator.hpp"

namespace uhuru::cli {

/// The ranks, if this process was started as one of several; else it is alone. Loads the module for
/// MPI, and lets only the first rank write to standard output. Throws Error (usage) if the module
/// is not installed, (input) if MPI does not start. Call it once.
Communicator open_ranks();

/// Whether a launcher started this process as one of several, and not as the first: what is wrong
/// with the command line, all of them see, and the first says.
bool is_other_rank();

/// So many threads are a rank's share of the processors that it may use.
int threads_of_rank(const Communicator& ranks);

/// Ends the use of MPI, if it was begun.
void close_ranks();
/// Ends all ranks at once: they did not answer.
[[noreturn]] void abort_ranks(int exit_code);

}  // namespace uhuru::cli
