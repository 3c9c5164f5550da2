#include "uhuru/base/folder.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "uhuru/base/descriptor.hpp"

namespace uhuru {

std::vector<std::string> names_in_folder(const std::string& folder, std::error_code& error) {
  const auto failed = [&] { error.assign(errno, std::generic_category()); };
  error.clear();
  std::vector<std::string> names;
  Descriptor descriptor(
      uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> entries(
      descriptor ? ::fdopendir(descriptor.get()) : nullptr, close);
  if (!entries) {
    failed();
    return names;
  }
  descriptor.release();  // closed with the entries
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (!entry) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) failed();
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace uhuru
