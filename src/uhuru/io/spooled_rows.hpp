// Batches of rows in an unnamed temporary file, until they can be written.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// Keeps batches of a table in their order. Not thread-safe.
class SpooledRows {
 public:
  /// A long batch is kept as several. Throws Error (input) if the disk is full.
  void add(const Table& batch) {
    if (batch.rows() <= default_batch_rows) return add_bytes(batch.rows_as_bytes());
    Table some = batch.empty_copy();
    for (size_t row = 0; row < batch.rows(); row += default_batch_rows) {
      const size_t count = std::min(default_batch_rows, batch.rows() - row);
      some.clear_rows();
      for (size_t c = 0; c < some.columns.size(); ++c)
        some.columns[c].append_from(batch.columns[c], row, count);
      add_bytes(some.rows_as_bytes());
    }
  }
  /// The bytes of the next batch, for Table::set_rows.
  std::string next() {
    std::string bytes(sizes_[next_++], '\0');
    file_.read(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
    return bytes;
  }
  bool done() const { return next_ == sizes_.size(); }

 private:
  void add_bytes(const std::string& bytes) {
    sizes_.push_back(bytes.size());
    file_.write(bytes);
  }

  SpooledFile file_;
  std::vector<size_t> sizes_;
  size_t next_ = 0;
  uint64_t at_ = 0;
};

}  // namespace uhuru::io
