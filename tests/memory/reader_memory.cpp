// The memory that readers take is in proportion to their input: every file of a fuzz corpus, and
// some that are small and declare much, are read while each allocation is counted.
//
// usage: uhuru_reader_memory FOLDER...
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/table_io.hpp"

namespace {

std::atomic<size_t> allocated{0}, most_allocated{0};
/// A reader that asks for more gets std::bad_alloc: this machine survives it.
constexpr size_t most_at_all = size_t{3} << 30;

void* counted(void* memory) {
  if (!memory) throw std::bad_alloc();
  const size_t now = allocated += malloc_usable_size(memory);
  most_allocated = std::max<size_t>(most_allocated, now);
  return memory;
}

void release(void* memory) {
  if (memory) allocated -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) {
  return counted(size > most_at_all - allocated ? nullptr : std::malloc(std::max<size_t>(size, 1)));
}
void* operator new(size_t size, std::align_val_t alignment) {
  const auto bytes = static_cast<size_t>(alignment);
  return counted(size > most_at_all - allocated
                     ? nullptr
                     : std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { release(memory); }

namespace {

using namespace uhuru;

/// What a reader may take: buffers and the objects of a header, and some times its input. A cell of
/// a few characters becomes a number of eight bytes, which grows in a vector that doubles.
constexpr size_t most_fixed = size_t{64} << 20;
constexpr size_t most_per_byte = 32;

/// The number of bytes of the input, decompressed.
size_t input_bytes(std::string_view bytes) {
  size_t size = 0;
  try {
    const auto source = io::ByteSource::from_memory(bytes, "input");
    for (auto part = source->next(); !part.empty(); part = source->next()) size += part.size();
  } catch (const Error&) {
    // It ends there.
  }
  return std::max(size, bytes.size());
}

/// The most bytes that were allocated at a time to read the table, in batches of so many rows.
size_t memory_of(std::string_view bytes, const std::string& name, size_t rows) {
  const size_t before = allocated;
  most_allocated = before;
  try {
    const auto reader = io::open_table_in_memory(bytes, name);
    Table batch = reader->header().empty_copy();
    while (reader->read(batch, rows)) {
    }
    reader->remarks();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) fmt::print("{}: {}\n", name, error.what());
  } catch (const std::bad_alloc&) {
    return std::numeric_limits<size_t>::max();
  }
  return most_allocated - before;
}

bool is_within_bounds(std::string_view bytes, const std::string& name) {
  const size_t bound = most_fixed + most_per_byte * input_bytes(bytes);
  for (const size_t rows :
       {size_t{16}, io::default_batch_rows, std::numeric_limits<size_t>::max()}) {
    const size_t memory = memory_of(bytes, name, rows);
    if (memory <= bound) continue;
    fmt::print("{}: {} bytes in batches of {} rows take {}, more than {}\n", name, bytes.size(),
               rows, memory, bound);
    return false;
  }
  return true;
}

std::string repeated(size_t count, const std::string& text) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

std::string votable(const std::string& fields, const std::string& data) {
  return "<VOTABLE><RESOURCE><TABLE>" + fields + "<DATA>" + data +
         "</DATA></TABLE></RESOURCE></VOTABLE>";
}

std::string tabledata(const std::string& fields, const std::string& rows) {
  return votable(fields, "<TABLEDATA>" + rows + "</TABLEDATA>");
}

std::string binary2(const std::string& fields, const std::string& base64) {
  return votable(fields, "<BINARY2><STREAM encoding=\"base64\">" + base64 + "</STREAM></BINARY2>");
}

/// Small files that declare much, and long ones of the shortest elements.
std::vector<std::pair<std::string, std::string>> greedy_tables() {
  const std::string huge = "arraysize='67108864'/>";
  const std::string number = "<FIELD datatype='double'/>";
  return {
      {"texts.vot", tabledata("<FIELD datatype='char' arraysize='1x67108864'/>",
                              repeated(40, "<TR><TD>x</TD></TR>"))},
      {"unicode.vot", tabledata("<FIELD datatype='unicodeChar' arraysize='1x67108864'/>",
                                repeated(40, "<TR><TD>x</TD></TR>"))},
      {"missing_arrays.vot",
       tabledata("<FIELD datatype='double' " + huge + "<FIELD datatype='bit' " + huge +
                     "<FIELD datatype='short' " + huge,
                 repeated(1000, "<TR><TD/><TD/><TD/></TR>"))},
      {"wrong_arrays.vot",
       tabledata("<FIELD datatype='double' " + huge, repeated(1000, "<TR><TD>1 2</TD></TR>"))},
      {"flagged_arrays.vot", binary2("<FIELD datatype='double' arraysize='*'/>",
                                     repeated(30000, "gAAAAACAAAAAAIAAAAAA"))},
      {"fields.vot", tabledata(repeated(20000, "<FIELD datatype='int'/>"), "")},
      {"empty_cells.vot", tabledata(repeated(1000, number),
                                    repeated(300, "<TR>" + repeated(1000, "<TD/>") + "</TR>"))},
      {"empty_texts.vot", tabledata(repeated(1000, "<FIELD datatype='char' arraysize='*'/>"),
                                    repeated(300, "<TR>" + repeated(1000, "<TD/>") + "</TR>"))},
      {"no_cells.vot", tabledata(repeated(20000, number), repeated(300000, "<TR/>"))},
      {"few_cells.vot", tabledata(repeated(2, number), repeated(300000, "<TR/>"))},
      {"bad_cells.vot", tabledata(repeated(1000, number),
                                  repeated(300, "<TR>" + repeated(1000, "<TD>x</TD>") + "</TR>"))},
      {"unknown_types.vot", tabledata(repeated(20000, "<FIELD datatype='q'/>"), "")},
      {"parameters.vot", tabledata(repeated(300000, "<PARAM/>") + number, "")},
      {"infos.vot", "<VOTABLE><RESOURCE>" + repeated(300000, "<INFO/>") + "</RESOURCE></VOTABLE>"},
      {"systems.vot", tabledata(repeated(300000, "<COOSYS/>") + number, "")},
      {"links.vot",
       tabledata("<FIELD datatype='int'>" + repeated(300000, "<LINK href='x'/>") + "</FIELD>", "")},
      {"tables.vot", "<VOTABLE><RESOURCE><TABLE>" + number + "</TABLE>" +
                         repeated(300000, "<TABLE/>") + "</RESOURCE></VOTABLE>"},
      {"description.vot",
       tabledata("<DESCRIPTION>" + repeated(3000000, "x") + "</DESCRIPTION>" + number, "")},
      {"attribute.vot", tabledata("<PARAM value='" + repeated(1000000, ">") + "'/>" + number, "")},
  };
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  size_t files = 0;
  size_t failures = 0;
  const auto check = [&](std::string_view bytes, const std::string& name) {
    ++files;
    failures += !is_within_bounds(bytes, name);
  };
  for (const auto& [name, bytes] : greedy_tables()) check(bytes, name);
  for (int i = 1; i < argc; ++i)
    for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
      check(content_of(entry.path()), entry.path().filename().string());
  fmt::print("{} files, {} of them take too much memory\n", files, failures);
  return failures > 0 || argc < 2 ? 1 : 0;
}
