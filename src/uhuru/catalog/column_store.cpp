#include "uhuru/catalog/column_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/position_tree.hpp"
#include "uhuru/io/utf8.hpp"
#include "uhuru/sky/sphere.hpp"

namespace uhuru::catalog {
namespace {

constexpr size_t chunk_rows = 32768;

bool is_held(const CatalogColumn& column) {
  return column.role != "name" && column.role != "mean of" && column.role != "deviation of";
}

/// The distinct texts of rows, numbered in order of appearance.
struct Dictionary {
  std::map<std::string, uint16_t, std::less<>> codes;
  bool full = false;

  uint16_t code(std::string_view text) {
    const auto found = codes.find(text);
    if (found != codes.end()) return found->second;
    full = full || codes.size() == ColumnStore::most_values;
    if (full) return StoredColumn::no_value;
    const auto code = static_cast<uint16_t>(codes.size());
    codes.emplace(text, code);
    return code;
  }
};

/// Ids are array indices; a file could contain one beyond all memory.
void check_ids(const Database& file, size_t size) {
  Statement count(file, "SELECT count(*) FROM sources");
  const auto found = count.step() ? static_cast<size_t>(count.whole(0)) : 0;
  if (found != size)
    throw input_error("the catalog is corrupt", file.path(), fmt::format("sources 1 to {}", size),
                      fmt::format("{} sources", found));
}

}  // namespace

NumberRange range_of(std::span<const double> numbers) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  NumberRange range{infinity, -infinity, infinity, 0};
  for (const double value : numbers) {
    if (std::isnan(value)) ++range.missing;
    if (!std::isfinite(value)) continue;
    range.least = std::min(range.least, value);
    range.most = std::max(range.most, value);
    if (value > 0) range.least_positive = std::min(range.least_positive, value);
  }
  for (double* none : {&range.least, &range.most, &range.least_positive})
    if (std::isinf(*none)) *none = missing_number;
  return range;
}

uint16_t StoredColumn::code_of(std::string_view text) const {
  const auto found = std::lower_bound(values.begin(), values.end(), text);
  return found != values.end() && *found == text ? static_cast<uint16_t>(found - values.begin())
                                                 : no_value;
}

ColumnStore::ColumnStore(const DatabaseFile& file, const Threads& threads) {
  const Catalog catalog(file);
  size_ = catalog.source_count();
  check_ids(catalog.file(), size_);
  for (const CatalogColumn& column : catalog.columns())
    if (is_held(column)) columns_.push_back({column, {}, {}, {}, {}});
  read(file, threads);
  make_directions(threads);
}

void ColumnStore::read(const DatabaseFile& file, const Threads& threads) {
  for (StoredColumn& stored : columns_) {
    if (stored.is_text())
      stored.codes.assign(size_, StoredColumn::no_value);
    else
      stored.numbers.assign(size_, missing_number);
  }
  // Each chunk numbers its texts separately; the numbers are then replaced by global ones.
  std::vector<std::vector<Dictionary>> dictionaries(chunk_count(size_, chunk_rows),
                                                    std::vector<Dictionary>(columns_.size()));
  threads.for_rows(size_, chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
    const Database database = Database::open(file);
    std::string sql = "SELECT id";
    for (const StoredColumn& stored : columns_) sql += ", " + sql_name(stored.column.sql);
    Statement rows(database, sql + " FROM sources WHERE id > ? AND id <= ? ORDER BY id");
    rows.bind(1, static_cast<int64_t>(begin));
    rows.bind(2, static_cast<int64_t>(end));
    std::string scratch;
    for (size_t row = begin; row < end; ++row) {
      if (!rows.step() || rows.whole(0) != static_cast<int64_t>(row + 1))
        throw input_error("the catalog is corrupt", file.name(), fmt::format("source {}", row + 1));
      for (size_t c = 0; c < columns_.size(); ++c) {
        StoredColumn& stored = columns_[c];
        const int place = static_cast<int>(c) + 1;
        if (!stored.is_text())
          stored.numbers[row] = rows.number(place);
        else if (const auto text = io::to_utf8(rows.text(place), scratch); !text.empty())
          stored.codes[row] = dictionaries[chunk][c].code(text);
      }
    }
  });
  for (size_t c = 0; c < columns_.size(); ++c) {
    StoredColumn& stored = columns_[c];
    if (!stored.is_text()) continue;
    Dictionary all;
    for (const auto& of_chunk : dictionaries) {
      all.full = all.full || of_chunk[c].full;
      for (const auto& [text, code] : of_chunk[c].codes) all.code(text);
    }
    if (all.full) {
      stored.codes.clear();  // not held
      continue;
    }
    for (const auto& [text, code] : all.codes) stored.values.push_back(text);
    threads.for_rows(size_, chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
      std::vector<uint16_t> code_of_all(most_values);
      for (const auto& [text, code] : dictionaries[chunk][c].codes)
        code_of_all[code] = stored.code_of(text);
      for (size_t row = begin; row < end; ++row)
        if (stored.codes[row] != StoredColumn::no_value)
          stored.codes[row] = code_of_all[stored.codes[row]];
    });
  }
  threads.run(columns_.size(), [&](size_t c) {
    if (!columns_[c].is_text()) columns_[c].range = range_of(columns_[c].numbers);
  });
  std::erase_if(columns_, [this](const StoredColumn& stored) {
    return stored.is_text() && stored.codes.size() != size_;
  });
}

void ColumnStore::make_directions(const Threads& threads) {
  for (auto& axis : directions_) axis.assign(size_, missing_number);
  const StoredColumn* ra = of_role("ra");
  const StoredColumn* dec = of_role("dec");
  if (!ra || !dec || ra->is_text() || dec->is_text()) return;
  threads.for_rows(size_, chunk_rows, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row) {
      const sky::SkyPosition position{ra->numbers[row], dec->numbers[row]};
      if (!sky::is_valid(position)) continue;
      const auto vector = unit_vector(position);
      for (size_t axis = 0; axis < 3; ++axis) directions_[axis][row] = vector[axis];
    }
  });
}

const StoredColumn* ColumnStore::find(std::string_view name) const {
  // A name on the pages comes first: it may be that of another column in tables.
  for (const bool on_pages : {true, false})
    for (const StoredColumn& stored : columns_)
      if ((on_pages ? stored.column.page_name : stored.column.field.name) == name) return &stored;
  return nullptr;
}

const StoredColumn& ColumnStore::at(std::string_view name) const {
  if (const StoredColumn* found = find(name)) return *found;
  std::vector<std::string> names;
  for (const StoredColumn& stored : columns_) names.push_back(stored.column.page_name);
  throw input_error("no such column to filter or sort by", in_quotes(name),
                    "one of the catalog's" + did_you_mean(name, names));
}

const StoredColumn* ColumnStore::of_role(std::string_view role) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const auto& stored) { return stored.column.role == role; });
  return found == columns_.end() ? nullptr : &*found;
}

}  // namespace uhuru::catalog
