// Batches of rows in an unnamed temporary file, until they can be written.
#pragma once

#include <string>
#include <vector>

#include "uhuru/io/byte_source.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// Keeps batches of a table in their order. Not thread-safe.
class SpooledRows {
 public:
  /// Throws Error (input) if the disk is full.
  void add(const Table& batch) {
    const std::string bytes = batch.rows_as_bytes();
    sizes_.push_back(bytes.size());
    file_.write(bytes);
  }
  size_t batches() const { return sizes_.size(); }
  /// The bytes of the next batch, for Table::set_rows.
  std::string next() {
    std::string bytes(sizes_[next_++], '\0');
    file_.read(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
    return bytes;
  }
  bool done() const { return next_ == sizes_.size(); }

 private:
  SpooledFile file_;
  std::vector<size_t> sizes_;
  size_t next_ = 0;
  uint64_t at_ = 0;
};

}  // namespace uhuru::io
