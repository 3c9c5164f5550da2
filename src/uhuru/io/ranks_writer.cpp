#include "uhuru/io/ranks_writer.hpp"

#include <utility>

#include "uhuru/io/parts_writer.hpp"
#include "uhuru/io/spooled_rows.hpp"

namespace uhuru::io {
namespace {

/// Rank 0: writes its own rows, then those that the others send.
class FirstRankWriter : public TableWriter {
 public:
  FirstRankWriter(std::unique_ptr<TableWriter> writer, const Table& header,
                  const Communicator& ranks)
      : writer_(std::move(writer)), batch_(header.empty_copy()), ranks_(ranks) {}

  void write(const Table& batch) override { writer_->write(batch); }
  void commit() override {
    ranks_.meet();
    for (int rank = 1; rank < ranks_.count(); ++rank)
      while (true) {
        const std::string bytes = ranks_.receive(rank);
        if (bytes.empty()) break;
        batch_.set_rows(bytes);
        writer_->write(batch_);
      }
    ranks_.meet();
    writer_->commit();
  }

 private:
  std::unique_ptr<TableWriter> writer_;
  Table batch_;
  const Communicator& ranks_;
};

/// Another rank: keeps its rows until rank 0 has written those before.
class OtherRankWriter : public TableWriter {
 public:
  explicit OtherRankWriter(const Communicator& ranks) : ranks_(ranks) {}

  void write(const Table& batch) override { rows_.add(batch); }
  void commit() override {
    ranks_.meet();
    while (!rows_.done()) ranks_.send(0, rows_.next());
    ranks_.send(0, "");
    ranks_.meet();
  }

 private:
  const Communicator& ranks_;
  SpooledRows rows_;
};

}  // namespace

std::unique_ptr<TableWriter> create_table_of_ranks(const std::string& path, const Table& header,
                                                   const WriteOptions& options,
                                                   const Communicator& ranks) {
  if (options.parts) return create_parts(path, header, options, ranks);
  if (ranks.is_alone()) return create_table(path, header, options);
  if (!ranks.is_first()) return std::make_unique<OtherRankWriter>(ranks);
  return std::make_unique<FirstRankWriter>(create_table(path, header, options), header, ranks);
}

}  // namespace uhuru::io
