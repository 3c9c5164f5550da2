// A table that is read more than once.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/joined_tables.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// Opens a table that is not in a file, from its beginning, each time it is called.
using OpenTable = std::function<std::unique_ptr<TableReader>()>;

/// `name`: name of a table, or of several that are one (see is_joined), "-" for standard input.
/// What can be read only once, as a pipe, is first copied to an unnamed temporary file.
class Input {
 public:
  /// `open_elsewhere`: if set, opens the table, which has only its name from `name`.
  explicit Input(const std::string& name, OpenTable open_elsewhere = {});
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// Opens the table from its beginning. Throws Error as open_table does.
  std::unique_ptr<TableReader> open(const Threads& threads) const;
  /// The same for the part of this rank, as open_table_part does.
  std::unique_ptr<TableReader> open_part(const Threads& threads) const;
  /// The name used in the record of the run.
  std::string name() const { return name_; }
  /// Of the whole file; of a table that is not in one, as a VOTable in BINARY2; of several, of the
  /// lines that sha256sum writes of them in their folder. Computed once. Thread-safe.
  std::string sha256() const { return sha256_.get(); }
  /// The same of each file, with the names without folders.
  std::vector<NamedDigest> digests() const;
  /// Whether the name stands for several tables, even if these are one.
  bool is_several() const { return !parts_.empty(); }

 private:
  using Parts = std::vector<std::shared_ptr<const Input>>;
  friend std::vector<JoinedPart> joined_inputs(const std::string& name);

  Input(const std::string& name, OpenTable open_elsewhere, bool is_several);
  static Parts parts_of(const std::string& name);
  static std::vector<JoinedPart> joined(const Parts& parts);
  void copy_stream(const std::string& name);
  std::string compute_sha256() const;

  std::string name_, path_, part_;
  Parts parts_;  // if there are several
  OpenTable open_elsewhere_;
  std::unique_ptr<SpooledFile> spool_;
  std::shared_future<std::string> sha256_;
};

/// The tables that a name stands for, to be read as one.
std::vector<JoinedPart> joined_inputs(const std::string& name);

/// At most a thousand digests, for a header: of more, one of all of them, under this name. Their
/// digest is that of the lines that sha256sum writes. Thread-safe.
std::vector<NamedDigest> digests_for_header(std::vector<NamedDigest> digests,
                                            const std::string& name);

/// The options with these inputs in their provenance, if they have one; the inputs must outlive the
/// result.
WriteOptions with_inputs(WriteOptions options, const std::vector<const Input*>& inputs);

}  // namespace uhuru::io
#pragma GCC visibility pop
