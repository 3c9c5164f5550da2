// Tables of text: CSV, TSV, ECSV, IPAC and others; a table that was read must survive all
// writers.
#include <algorithm>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadTable table;
  only_errors([&] { table = read_in_batches(*io::open_table_in_memory(bytes, "fuzz.csv")); });
  if (!table.complete) return 0;
  for (const io::Format format : {io::Format::votable_binary2, io::Format::votable})
    require_round_trip(table.rows, format);
  // The types in a VOTable, even a gzipped one, differ from those that text would have.
  if (bytes.find_first_of("<\x1f") != std::string_view::npos) return 0;
  require_round_trip(table.rows, io::Format::ecsv);
  // Nor do those that a header declares come back: ECSV, IPAC, RDB.
  const auto& notes = table.rows.notes;
  const bool rdb = std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
    return note.find("RDB") != std::string::npos;
  });
  if (bytes.find("%ECSV") != std::string_view::npos || bytes.find('|') != std::string_view::npos ||
      rdb)
    return 0;
  for (const io::Format format : {io::Format::csv, io::Format::tsv})
    require_round_trip(table.rows, format);
  return 0;
}
