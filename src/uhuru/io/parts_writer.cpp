#include "uhuru/io/parts_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "uhuru/base/packing.hpp"
#include "uhuru/io/spooled_rows.hpp"

namespace uhuru::io {
namespace {

class PartsWriter : public TableWriter {
 public:
  PartsWriter(std::string path, const Table& header, const WriteOptions& options,
              const Communicator& ranks)
      : path_(std::move(path)),
        header_(header.empty_copy()),
        options_(options),
        ranks_(ranks),
        rank_(static_cast<size_t>(ranks.rank())) {
    if (!options_.group) options_.group = &own_group_;
  }

  void write(const Table& batch) override {
    rows_.add(batch);
    count_ += batch.rows();
  }

  void commit() override {
    share_provenance();
    if (options_.parts->key)
      write_by_key();
    else
      write_by_number();
    for (auto& [part, writer] : writers_) writer->commit();
    ranks_.meet();
    if (options_.group == &own_group_) own_group_.commit();
  }

 private:
  /// The first rank reads the inputs for all.
  void share_provenance() {
    if (!options_.provenance.valid()) return;
    Provenance provenance;
    if (ranks_.is_first()) provenance = options_.provenance.get();
    const auto of_ranks = ranks_.all_gather(ranks_.is_first() ? packed(provenance) : "");
    unpack(of_ranks.front(), provenance);
    std::promise<Provenance> known;
    known.set_value(std::move(provenance));
    options_.provenance = known.get_future().share();
  }

  TableWriter& writer(uint64_t part) {
    auto& writer = writers_[part];
    if (!writer) {
      const std::string number =
          fmt::format("{}{:0{}}", options_.parts->prefix, part, options_.parts->digits);
      writer = create_table(part_name(path_, number), header_, options_);
    }
    return *writer;
  }

  /// Parts with as many rows each, as far as possible. Transfers of rows are ordered by their
  /// numbers, and each rank does its own in that order, so that none waits for a later one.
  void write_by_number() {
    const size_t parts = options_.parts->count;
    options_.parts->digits = std::to_string(parts - 1).size();
    std::vector<uint64_t> begins = {0};
    for (const uint64_t count : ranks_.of_each(count_)) begins.push_back(begins.back() + count);
    const auto begin_of = [&](size_t part) { return begins.back() * part / parts; };
    Table batch = header_.empty_copy();
    size_t taken = 0;  // rows of the batch
    for (size_t from = 0; from + 1 < begins.size(); ++from)
      for (size_t part = 0; part < parts; ++part) {
        const size_t to = part * static_cast<size_t>(ranks_.count()) / parts;
        if (from != rank_ && to != rank_) continue;
        if (to == rank_) writer(part);  // also without rows
        const uint64_t begin = std::max(begins[from], begin_of(part));
        const uint64_t end = std::min(begins[from + 1], begin_of(part + 1));
        for (uint64_t row = begin; row < end;) {
          Table some = header_.empty_copy();
          if (from == rank_) {
            if (taken == batch.rows()) {
              batch.set_rows(rows_.next());
              taken = 0;
              continue;
            }
            const size_t count = std::min<size_t>(batch.rows() - taken, end - row);
            for (size_t c = 0; c < some.columns.size(); ++c)
              some.columns[c].append_from(batch.columns[c], taken, count);
            taken += count;
            if (to != from) ranks_.send(static_cast<int>(to), some.rows_as_bytes());
          } else {
            some.set_rows(ranks_.receive(static_cast<int>(from)));
          }
          if (to == rank_) writer(part).write(some);
          row += some.rows();
        }
      }
  }

  /// A part for each key. One rank after the other sends its rows to those that write them.
  void write_by_key() {
    Table some = header_.empty_copy();
    for (int from = 0; from < ranks_.count(); ++from) {
      while (from == ranks_.rank() && !rows_.done()) {
        some.set_rows(rows_.next());
        write_keys(some);
      }
      for (int to = 0; from == ranks_.rank() && to < ranks_.count(); ++to)
        if (to != from) ranks_.send(to, "");
      while (from != ranks_.rank()) {
        const std::string bytes = ranks_.receive(from);
        if (bytes.empty()) break;
        some.set_rows(bytes);
        write_keys(some);
      }
    }
  }

  /// Writes the rows with keys of this rank, and sends the others.
  void write_keys(const Table& batch) {
    std::map<uint64_t, std::vector<size_t>> rows_of;
    std::vector<std::vector<size_t>> to_each(static_cast<size_t>(ranks_.count()));
    const auto keys = options_.parts->key(batch);
    for (size_t row = 0; row < keys.size(); ++row) {
      const size_t owner = keys[row] % to_each.size();
      (owner == rank_ ? rows_of[keys[row]] : to_each[owner]).push_back(row);
    }
    for (const auto& [key, rows] : rows_of) writer(key).write(batch.select(rows));
    for (size_t to = 0; to < to_each.size(); ++to)
      if (!to_each[to].empty())
        ranks_.send(static_cast<int>(to), batch.select(to_each[to]).rows_as_bytes());
  }

  std::string path_;
  Table header_;
  WriteOptions options_;
  const Communicator& ranks_;
  size_t rank_;
  OutputGroup own_group_;
  SpooledRows rows_;
  uint64_t count_ = 0;
  std::map<uint64_t, std::unique_ptr<TableWriter>> writers_;
};

}  // namespace

std::string part_name(const std::string& path, const std::string& part) {
  const size_t folder = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
  size_t dot = path.rfind('.');
  if (path.ends_with(".gz")) dot = path.rfind('.', path.size() - 4);
  if (dot == std::string::npos || dot <= folder) dot = path.size();
  return path.substr(0, dot) + "-" + part + path.substr(dot);
}

std::unique_ptr<TableWriter> create_parts(const std::string& path, const Table& header,
                                          const WriteOptions& options, const Communicator& ranks) {
  return std::make_unique<PartsWriter>(path, header, options, ranks);
}

}  // namespace uhuru::io
