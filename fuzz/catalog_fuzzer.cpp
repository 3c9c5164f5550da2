// Catalogs that uhuru may not have written, in SQLite: what the server reads of them at its start.
#include <fstream>

#include "fuzz.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/io/output_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  static const io::TemporaryFolder folder(temporary_parent());
  static const std::string path = folder.file("catalog.sqlite");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  only_errors([&] {
    const catalog::DatabaseFile file(path);
    catalog::Catalog catalog(file);
    catalog::recipe_of(catalog);
    catalog.cone({83.8, -5.4}, 1, 10);
    const catalog::ColumnStore store(file, Threads(1));
    for (const catalog::StoredColumn& column : store.columns())
      require(column.is_text() || column.numbers.size() == store.size(), "a number of each source");
    const auto reader = catalog::open_sources(file);
    read_in_batches(*reader);
  });
  return 0;
}
