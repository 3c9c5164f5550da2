#include "uhuru/base/temporary.hpp"

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

std::FILE* open_temporary_file() {
  std::string path = temporary_parent() + "/uhuru-XXXXXX";
  const int descriptor = mkstemp(path.data());
  if (descriptor < 0) return nullptr;
  unlink(path.c_str());
  return fdopen(descriptor, "w+b");
}

}  // namespace uhuru
