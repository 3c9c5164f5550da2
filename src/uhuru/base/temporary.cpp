#include "uhuru/base/temporary.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <utility>

namespace uhuru {
namespace {

std::string& parent() {
  static std::string folder = "/tmp";
  return folder;
}

}  // namespace

const std::string& temporary_parent() { return parent(); }

void set_temporary_parent(std::string folder) { parent() = std::move(folder); }

Descriptor open_temporary_file() {
  const std::string& folder = temporary_parent();
  Descriptor file(uninterrupted(
      [&] { return ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR); }));
  // Other file systems need a name for a moment, which no signal may leave there.
  if (!file && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    std::string path = folder + "/uhuru-XXXXXX";
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    file = Descriptor(::mkostemp(path.data(), O_CLOEXEC));
    const int error = errno;
    if (file) ::unlink(path.c_str());
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
  }
  return file;
}

}  // namespace uhuru
