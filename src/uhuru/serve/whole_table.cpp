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

WholeTable::File WholeTable::file() {
  const std::lock_guard lock(mutex_);
  if (file_.descriptor) return file_;
  const TemporaryFolder folder("/tmp");
  const std::string path = folder.file(name_);
  const auto sources = open_sources(catalog_);
  const auto writer = create_table(path, sources->header());
  Table batch = sources->header().empty_copy();
  while (sources->read(batch)) writer->write(batch);
  writer->commit();
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor)
    throw input_error("cannot read a temporary file", path, "", std::strerror(errno));
  file_.size = std::filesystem::file_size(path);
  file_.descriptor = std::make_shared<const Descriptor>(std::move(descriptor));
  return file_;
}

}  // namespace uhuru
