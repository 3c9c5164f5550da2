#include "uhuru/io/table_io.hpp"

namespace uhuru::io {
namespace {

/// The whole table for the first rank, none of its rows for the others.
class FirstRankReader : public TableReader {
 public:
  FirstRankReader(std::unique_ptr<TableReader> whole, const Communicator& ranks)
      : TableReader(""), whole_(std::move(whole)), ranks_(ranks) {
    header_ = whole_->header();
  }
  const Communicator& ranks() const override { return ranks_; }
  double fraction_read() const override { return whole_->fraction_read(); }
  std::vector<std::string> remarks() const override { return whole_->remarks(); }

 protected:
  void read_rows(Table& batch, size_t max_rows) override {
    if (ranks_.is_first()) whole_->read(batch, max_rows);
  }

 private:
  std::unique_ptr<TableReader> whole_;
  const Communicator& ranks_;
};

}  // namespace

std::unique_ptr<TableReader> open_table_part(const std::string& name, const Threads& threads) {
  if (threads.ranks().is_alone()) return open_table(name, threads);
  return std::make_unique<FirstRankReader>(open_table(name, threads), threads.ranks());
}

}  // namespace uhuru::io
