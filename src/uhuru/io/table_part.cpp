// The parts of a table that several ranks read; what cannot be divided is read by the first.

#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/header_bytes.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/joined_tables.hpp"
#include "uhuru/io/table_names.hpp"

namespace uhuru::io {
namespace {

/// A table that the first rank reads as a whole, while the others have no rows.
class FirstRankReader : public TableReader {
 public:
  /// `whole`: the table, in the first rank.
  FirstRankReader(std::unique_ptr<TableReader> whole, const Communicator& ranks)
      : TableReader(""), whole_(std::move(whole)), ranks_(&ranks) {
    header_ = unpacked_header(ranks.all_gather(whole_ ? packed_header(whole_->header()) : "")[0]);
  }

  const Communicator& ranks() const override { return *ranks_; }
  double fraction_read() const override { return whole_ ? whole_->fraction_read() : 1; }
  bool overflow() const override { return found_.overflow; }
  std::vector<std::string> notes() const override { return found_.notes; }
  std::vector<std::string> other_tables() const override { return found_.other_tables; }
  std::vector<std::string> remarks() const override { return found_.remarks; }
  std::vector<FileRows> files() const override {
    return whole_ ? whole_->files() : std::vector<FileRows>();
  }

 private:
  void read_rows(Table& batch, size_t max_rows) override {
    if (whole_) whole_->read(batch, max_rows);
  }
  void share_findings() override {
    if (whole_)
      found_ = {whole_->overflow(), whole_->notes(), whole_->other_tables(), whole_->remarks()};
    Packer own;
    own(found_.overflow, found_.notes, found_.other_tables, found_.remarks);
    const std::string of_first = ranks_->all_gather(own.bytes)[0];
    found_ = {};
    unpack(of_first, found_.overflow, found_.notes, found_.other_tables, found_.remarks);
  }

  struct Findings {
    bool overflow = false;
    std::vector<std::string> notes, other_tables, remarks;
  };
  Findings found_;
  std::unique_ptr<TableReader> whole_;
  const Communicator* ranks_;
};

/// Whether a file can be read from any place.
bool can_be_divided(const std::string& path) {
  std::error_code ignored;
  if (path == "-" || !std::filesystem::is_regular_file(path, ignored)) return false;
  const auto source = ByteSource::open(path);
  source->peek();
  return !source->seekable_path().empty() && !source->was_gzip();
}

}  // namespace

std::unique_ptr<TableReader> open_table_part(const std::string& name, const Threads& threads) {
  const Communicator& ranks = threads.ranks();
  if (ranks.is_alone()) return open_table(name, threads);
  if (is_joined(name)) return open_joined(joined_inputs(name), threads, ranks);
  // The first rank looks, and the others hear of it: they may not even have what it reads.
  const std::string path = split_table_name(name).first;
  const char divided = ranks.is_first() && can_be_divided(path);
  if (ranks.of_each(divided)[0]) return open_single_table(name, threads, ranks);
  auto whole = ranks.is_first() ? open_table(name, threads.of_one_rank()) : nullptr;
  return std::make_unique<FirstRankReader>(std::move(whole), ranks);
}

}  // namespace uhuru::io
