#include "uhuru/io/reader_notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

/// Enough to see what is wrong with a file; a file of oddities has one for each of its columns.
constexpr size_t most_sentences = 20;

/// What the cells of a column should be: "numbers".
std::string values_of(const Field& field, bool many) {
  const char* s = many ? "s" : "";
  std::string value = field.type == Type::text      ? fmt::format("text{}", s)
                      : field.type == Type::boolean ? fmt::format("boolean{}", s)
                      : is_float(field.type)        ? fmt::format("number{}", s)
                                                    : fmt::format("whole number{}", s);
  if (is_integer(field.type)) value += fmt::format(" of type {}", type_name(field.type));
  if (field.arraysize.empty()) return many || value.starts_with("t") ? value : "a " + value;
  return fmt::format("{}array{} of shape {}", many ? "" : "an ", s, field.arraysize);
}

}  // namespace

void ReaderNotes::say(const std::string& sentence) {
  if (std::find(said_.begin(), said_.end(), sentence) != said_.end()) return;
  if (said_.size() < most_sentences)
    said_.push_back(sentence);
  else
    ++unsaid_;
}

void ReaderNotes::column(const std::string& name, const std::string& what) {
  auto found = std::find_if(columns_.begin(), columns_.end(),
                            [&](const Columns& columns) { return columns.what == what; });
  if (found == columns_.end()) {
    if (columns_.size() == most_sentences) {
      ++unsaid_;
      return;
    }
    found = columns_.insert(found, {what, name});
  }
  ++found->count;
}

void ReaderNotes::bad_cells(size_t column, uint64_t count, uint64_t row, std::string_view text) {
  Kind& kind = bad_cells_[column];
  const bool is_first = kind.count == 0;
  kind.count += count;
  if (!is_first) return;
  kind.first_row = row;
  kind.first = in_quotes(to_utf8(trim(text)));
}

void ReaderNotes::odd_row(uint64_t row, size_t found, size_t columns) {
  Kind& kind = found < columns ? short_rows_ : long_rows_;
  if (kind.count++ > 0) return;
  kind.first_row = row;
  kind.first = fmt::format("{} cell{}", found, found == 1 ? "" : "s");
}

void ReaderNotes::Kind::add(const Kind& later) {
  if (count == 0)
    *this = later;
  else
    count += later.count;
}

void ReaderNotes::share(const Communicator& ranks) {
  if (ranks.is_alone()) return;
  const std::string own = packed(bad_cells_, short_rows_, long_rows_);
  bad_cells_.clear();
  short_rows_ = long_rows_ = {};
  for (const std::string& bytes : ranks.all_gather(own)) {
    std::map<size_t, Kind> bad_cells;
    Kind short_rows;
    Kind long_rows;
    unpack(bytes, bad_cells, short_rows, long_rows);
    for (const auto& [column, kind] : bad_cells) bad_cells_[column].add(kind);
    short_rows_.add(short_rows);
    long_rows_.add(long_rows);
  }
}

std::vector<std::string> ReaderNotes::sentences(const Table& header) const {
  std::vector<std::string> result = said_;
  for (const Columns& columns : columns_) {
    const size_t others = columns.count - 1;
    result.push_back(fmt::format("column {}{}: {}", columns.first,
                                 others == 0   ? ""
                                 : others == 1 ? " and 1 other"
                                               : fmt::format(" and {} others", with_commas(others)),
                                 columns.what));
  }
  if (unsaid_ > 0)
    result.push_back(fmt::format("{} more notes about columns", with_commas(unsaid_)));
  const auto place = [](const Kind& kind) {
    return fmt::format("{}row {}, {}", kind.count > 1 ? "first: " : "", with_commas(kind.first_row),
                       kind.first);
  };
  size_t columns = 0;
  for (const auto& [column, kind] : bad_cells_) {
    if (++columns > most_sentences) continue;
    const Field& field = header.columns[column].field;
    const bool many = kind.count > 1;
    result.push_back(fmt::format("column {}: {} {} not {} and {} as missing, {}", field.name,
                                 with_commas(kind.count), many ? "cells are" : "cell is",
                                 values_of(field, many), many ? "count" : "counts", place(kind)));
  }
  if (columns > most_sentences)
    result.push_back(fmt::format("{} more columns have cells that count as missing",
                                 with_commas(columns - most_sentences)));
  const auto rows = [&](const Kind& kind, const char* what, const char* how) {
    if (kind.count > 0)
      result.push_back(fmt::format(
          "{} {} {} cells than there are columns ({}): {}, {}", with_commas(kind.count),
          kind.count > 1 ? "rows have" : "row has", what, header.columns.size(), how, place(kind)));
  };
  rows(short_rows_, "fewer", "the last columns count as missing there");
  rows(long_rows_, "more", "the last cells are left out");
  return result;
}

}  // namespace uhuru::io
