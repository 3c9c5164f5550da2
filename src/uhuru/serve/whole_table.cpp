#include "uhuru/serve/whole_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
size_t WholeTable::size() {
  const std::lock_guard lock(mutex_);
  if (file_) return size_;
  const TemporaryFolder folder("/tmp");
  const std::string path = folder.file(name_);
  const auto sources = open_sources(catalog_);
  const auto writer = create_table(path, sources->header());
  Table batch = sources->header().empty_copy();
  while (sources->read(batch)) writer->write(batch);
  writer->commit();
  size_ = std::filesystem::file_size(path);
  file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_) throw input_error("cannot read a temporary file", path, "", std::strerror(errno));
  return size_;
}

size_t WholeTable::read(size_t offset, char* bytes, size_t size) const {
  const ssize_t got = ::pread(file_.get(), bytes, size, static_cast<off_t>(offset));
  return got > 0 ? static_cast<size_t>(got) : 0;
}

}  // namespace uhuru
