#include "fuzz.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "uhuru/base/text.hpp"

namespace uhuru::fuzz {

void require(bool holds, const std::string& property) {
  if (holds) return;
  fmt::print(stderr, "uhuru: not so: {}\n", property);
  std::abort();
}

ReadTable read_in_batches(io::TableReader& reader) {
  constexpr size_t batch_rows = 3;
  constexpr size_t most_columns = 64;      // enough to write, and fast
  constexpr size_t most_cells = 50000;     // enough to write: a table is written up to four times
  constexpr size_t most_values = 1 << 22;  // enough to read: compressed zeros give millions of rows
  ReadTable result{reader.header().empty_copy(), false};
  Table batch = reader.header().empty_copy();
  size_t cells = 0;
  size_t values = 0;
  while (reader.read(batch, batch_rows)) {
    require(batch.columns.size() == reader.header().columns.size(), "a batch has all columns");
    for (size_t c = 0; c < batch.columns.size(); ++c) {
      const Column& column = batch.columns[c];
      require(column.size() == batch.rows(), "the columns of a batch are of one length");
      require(column.field.type == reader.header().columns[c].field.type,
              "a batch has the types of the header");
      column.visit([&](const auto& all) { values += all.size(); });
    }
    cells += batch.rows() * batch.columns.size();
    if (values > most_values) return {};
    if (cells + values <= most_cells) result.rows.append_rows(batch);
  }
  // What a format with fixed sizes would write, missing arrays included.
  for (const Column& column : batch.columns)
    cells += result.rows.rows() * parse_arraysize(column.field.arraysize);
  if (batch.columns.size() > most_columns || cells + values > most_cells) return {};
  result.rows.notes = reader.notes();
  result.complete = true;
  return result;
}

namespace {

/// A scratch file of this process, in the folder TMPDIR.
class ScratchFile {
 public:
  explicit ScratchFile(const char* ending)
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("uhuru-fuzz-{}{}", getpid(), ending)) {}
  ~ScratchFile() { std::remove(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  std::string path() const { return path_; }

 private:
  std::string path_;
};

/// Formats that hold only values.
bool is_text(io::Format format) { return format == io::Format::csv || format == io::Format::tsv; }

/// The text after a round trip through XML: control characters not allowed in XML are replaced.
std::string after_xml(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    const auto rest = text.substr(at);
    if (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') {
      result += "\xef\xbf\xbd";
    } else if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
      result += "\xef\xbf\xbd";
      at += 2;
    } else {
      result += c;
    }
  }
  return result;
}

/// Bitwise equal; all NaNs are equal.
bool same_values(const Column& a, size_t row_a, const Column& b, size_t row_b) {
  return a.visit([&](const auto& values) {
    using T = typename std::decay_t<decltype(values)>::value_type;
    const auto left = a.cell<T>(row_a);
    const auto right = b.cell<T>(row_b);
    if (left.size() != right.size()) return false;
    for (size_t i = 0; i < left.size(); ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(left[i]) && std::isnan(right[i])) continue;
        if (std::signbit(left[i]) != std::signbit(right[i])) return false;
      }
      if (!(left[i] == right[i])) return false;
    }
    return true;
  });
}

bool same_cell(const Column& written, const Column& read, size_t row, io::Format format) {
  if (is_text(format)) return cell_text(written, row) == cell_text(read, row);
  if (written.missing(row) || read.missing(row)) return written.missing(row) && read.missing(row);
  if (written.field.type == Type::text && format == io::Format::votable)
    return after_xml(written.text(row)) == read.text(row);
  return same_values(written, row, read, row);
}

void require_same_field(const Field& written, const Field& read) {
  const auto same = [&](const std::string& a, const std::string& b, const char* what) {
    require(after_xml(a) == b,
            fmt::format("{} {} comes back, not {}", what, in_quotes(a), in_quotes(b)));
  };
  same(written.name, read.name, "the name");
  same(written.arraysize, read.arraysize, "the arraysize");
  same(written.unit, read.unit, "the unit");
  same(written.ucd, read.ucd, "the ucd");
  same(written.utype, read.utype, "the utype");
  same(written.xtype, read.xtype, "the xtype");
  same(written.description, read.description, "the description");
  same(written.ref, read.ref, "the reference");
  same(written.precision, read.precision, "the precision");
  same(written.minimum, read.minimum, "the minimum");
  require(written.links.size() == read.links.size(), "all links come back");
}

}  // namespace

void require_round_trip(const Table& given, io::Format format) {
  static const ScratchFile votable(".vot");
  static const ScratchFile csv(".csv");
  static const ScratchFile tsv(".tsv");
  static const ScratchFile ecsv(".ecsv");
  const auto& scratch = format == io::Format::csv    ? csv
                        : format == io::Format::tsv  ? tsv
                        : format == io::Format::ecsv ? ecsv
                                                     : votable;
  if (given.columns.empty()) return;  // is not written
  Table table = given;
  if (io::is_text_format(format))  // a text file need not preserve all variety of names
    for (size_t c = 0; c < table.columns.size(); ++c)
      table.columns[c].field.name = fmt::format("c{}", c);
  io::write_table(scratch.path(), table, {io::Overwrite::yes, format});
  Table again;
  try {
    again = io::read_table(scratch.path());
  } catch (const Error& error) {
    require(false, fmt::format("what was written can be read: {}", error.what()));
  }
  require(again.columns.size() == table.columns.size(), "as many columns come back");
  if (!is_text(format)) {
    require(again.parameters.size() == table.parameters.size(), "all parameters come back");
    require(again.systems.size() == table.systems.size(), "all reference systems come back");
  }
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const Column& written = table.columns[c];
    const Column& read = again.columns[c];
    require(written.size() == read.size(),
            fmt::format("{} rows come back, not {}", written.size(), read.size()));
    require(written.field.type == read.field.type ||
                (is_text(format) && written.missing_count() == written.size()),
            fmt::format("column {} stays {}, not {}", c + 1, type_name(written.field.type),
                        type_name(read.field.type)));
    if (!io::is_text_format(format)) require_same_field(written.field, read.field);
    for (size_t row = 0; row < written.size(); ++row)
      require(same_cell(written, read, row, format),
              fmt::format("row {}, column {}, type {}: {} comes back, not {}", row + 1, c + 1,
                          type_name(written.field.type), in_quotes(cell_text(written, row)),
                          in_quotes(cell_text(read, row))));
  }
}

}  // namespace uhuru::fuzz
