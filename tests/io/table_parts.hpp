// The parts of a table that several ranks read, compared with the whole, which one reader reads.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/thread_transport.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::testing {

inline std::string text_of(const Attributes& attributes) {
  std::string text;
  for (const auto& [name, value] : attributes) text += name + "=" + value + ";";
  return text;
}

inline std::string text_of(const Field& f) {
  std::string text(type_name(f.type));
  for (const std::string& part : {f.name, f.arraysize, f.unit, f.ucd, f.utype, f.xtype,
                                  f.description, f.ref, f.width, f.precision, f.minimum, f.maximum})
    text += "|" + part;
  text += f.null_marker ? fmt::format(" null {}", *f.null_marker) : "";
  text += f.unicode ? " unicode" : "";
  for (const Attributes& link : f.links) text += " link " + text_of(link);
  return text + "\n";
}

inline std::string header_of(const Table& table) {
  std::string text = table.name + "|" + table.description + "\n";
  for (const Parameter& p : table.parameters)
    text += fmt::format("{}{} {}\n", text_of(p.field), p.value, p.info);
  for (const ReferenceSystem& s : table.systems) text += s.element + text_of(s.attributes) + "\n";
  for (const Column& column : table.columns) text += text_of(column.field);
  return text;
}

/// What one rank, or a reader of the whole, finds.
struct Found {
  std::string header;
  std::vector<std::string> rows;
  std::vector<std::string> remarks;  // also whether the service cut the table short, other tables
  uint64_t rows_before = 0;
};

inline Found read_all(io::TableReader& reader, size_t batch_rows) {
  Found found;
  found.header = header_of(reader.header());
  found.rows_before = reader.rows_before();
  Table batch = reader.header().empty_copy();
  while (reader.read(batch, batch_rows)) {
    for (size_t row = 0; row < batch.rows(); ++row) {
      std::string& text = found.rows.emplace_back();
      for (const Column& column : batch.columns)
        text += (column.missing(row) ? "missing" : "=" + cell_text(column, row)) + "|";
    }
    EXPECT_GE(reader.fraction_read(), 0);
    EXPECT_LE(reader.fraction_read(), 1);
  }
  EXPECT_FALSE(reader.read(batch));
  EXPECT_EQ(reader.rows_read(), found.rows.size());
  found.remarks = reader.remarks();
  found.remarks.push_back(reader.overflow() ? "overflow" : "complete");
  for (const std::string& note : reader.notes()) found.remarks.push_back("note " + note);
  for (const std::string& table : reader.other_tables()) found.remarks.push_back("#" + table);
  return found;
}

/// What the ranks find; throws the error of the lowest one that fails.
inline std::vector<Found> read_parts(const std::string& name, int count, size_t batch_rows = 16384,
                                     int threads = 1) {
  std::vector<Found> parts(static_cast<size_t>(count));
  as_ranks(count, [&](const Communicator& ranks) {
    const Threads own = Threads(threads).across(ranks);
    const auto reader = io::open_table_part(name, own);
    EXPECT_EQ(reader->ranks().count(), count);
    parts[static_cast<size_t>(ranks.rank())] = read_all(*reader, batch_rows);
  });
  return parts;
}

/// The error's text, or nothing.
template <class Work>
std::string failure_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Compares the parts of a table with the whole; returns the number of parts with rows.
inline size_t expect_same(const std::string& name, int count, int threads = 1) {
  Found whole;
  std::vector<Found> parts;
  const std::string failure =
      failure_of([&] { whole = read_all(*io::open_table(name, Threads(threads)), 16384); });
  const size_t batch_rows = count == 3 ? 7 : 16384;
  EXPECT_EQ(failure_of([&] { parts = read_parts(name, count, batch_rows, threads); }), failure)
      << name << " in " << count;
  if (!failure.empty()) return 0;
  std::vector<std::string> rows;
  size_t with_rows = 0;
  for (const Found& part : parts) {
    EXPECT_EQ(part.header, whole.header) << name << " in " << count;
    EXPECT_EQ(part.remarks, whole.remarks) << name << " in " << count;
    if (!part.rows.empty()) {
      EXPECT_EQ(part.rows_before, rows.size()) << name << " in " << count;
      ++with_rows;
    }
    rows.insert(rows.end(), part.rows.begin(), part.rows.end());
  }
  EXPECT_EQ(rows.size(), whole.rows.size()) << name << " in " << count;
  for (size_t row = 0; row < std::min(rows.size(), whole.rows.size()); ++row)
    if (rows[row] != whole.rows[row]) {
      ADD_FAILURE() << name << " in " << count << ", row " << row << "\n"
                    << rows[row] << "\n"
                    << whole.rows[row];
      break;
    }
  return with_rows;
}

constexpr int rank_counts[] = {1, 2, 3, 8};

inline void expect_same_in_all(const std::string& name) {
  for (const int count : rank_counts) {
    expect_same(name, count);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace uhuru::testing
