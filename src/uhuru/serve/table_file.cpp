#include "uhuru/serve/table_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/votable_answer.hpp"

namespace uhuru::serve {

TableFile make_table_file(const std::function<std::string(const io::TemporaryFolder&)>& write) {
  const io::TemporaryFolder folder(temporary_parent());
  TableFile file;
  try {
    file.name = write(folder);
  } catch (const Error& error) {
    // Nobody else needs to know where this machine has its temporary files.
    const std::string parent = folder.file("");
    if (!error.where().starts_with(parent)) throw;
    throw Error(error.kind(), error.message(), error.where().substr(parent.size()),
                error.expected(), error.found())
        .because(error.cause());
  }
  const std::string path = folder.file(file.name);
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor)
    throw system_error("cannot read a temporary file", file.name, "", std::strerror(errno));
  file.size = std::filesystem::file_size(path);
  file.descriptor = std::make_shared<const Descriptor>(std::move(descriptor));
  return file;
}

std::string media_type(const std::string& name) {
  const std::string extension = std::filesystem::path(name).extension().string();
  if (extension == ".vot") return votable_type;
  if (extension == ".fits") return "application/fits";
  if (extension == ".csv") return "text/csv; charset=utf-8";
  if (extension == ".tsv") return "text/tab-separated-values; charset=utf-8";
  if (extension == ".html") return "text/html; charset=utf-8";
  if (extension == ".js") return "text/javascript; charset=utf-8";
  if (extension == ".css") return "text/css; charset=utf-8";
  if (extension == ".json") return "application/json";
  if (extension == ".wasm") return "application/wasm";
  return "text/plain; charset=utf-8";
}

TableFile WholeTable::file(const std::function<void()>& check_wanted) {
  const std::lock_guard lock(mutex_);
  if (file_.descriptor) return file_;
  file_ = make_table_file([&](const io::TemporaryFolder& folder) {
    const auto sources = catalog::open_sources(catalog_);
    const catalog::Catalog catalog(catalog_);
    Table header = sources->header().empty_copy();
    declare_icrs(catalog.columns(), header);
    add_facts(table_origin(catalog, known_), "", catalog.source_count(), std::time(nullptr),
              header);
    const auto writer = io::create_table(folder.file(name_), header);
    Table batch = sources->header().empty_copy();
    while (sources->read(batch)) {
      writer->write(batch);
      check_wanted();
    }
    writer->commit();
    return name_;
  });
  return file_;
}

}  // namespace uhuru::serve
