// VOTables of any serialisation; what is read must survive BINARY2, TABLEDATA and BINARY.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadTable table;
  only_errors([&] { table = read_in_batches(*open_table_in_memory(bytes, "fuzz.vot")); });
  if (!table.complete) return 0;
  require_round_trip(table.rows, Format::votable_binary2);
  require_round_trip(table.rows, Format::votable);
  // BINARY refuses a value that it could not tell from a missing one.
  only_errors([&] { require_round_trip(table.rows, Format::votable_binary); });
  return 0;
}
