// A table that is read more than once.
#pragma once

#include <memory>
#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// `name`: name of a table, "-" for standard input. What can be read only once, as a pipe, is first
/// copied to an unnamed temporary file.
class Input {
 public:
  explicit Input(const std::string& name);

  /// Opens the table from its beginning. Throws Error as open_table does.
  std::unique_ptr<TableReader> open(const Threads& threads) const;
  /// The name used in the record of the run.
  std::string name() const { return name_; }
  /// Of the whole file.
  std::string sha256() const;

 private:
  std::string name_, path_, part_;
  std::unique_ptr<SpooledFile> spool_;
};

}  // namespace uhuru::io
#pragma GCC visibility pop
