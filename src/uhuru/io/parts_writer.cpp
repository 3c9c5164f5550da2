#include "uhuru/io/parts_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <unordered_set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/folder.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/io/spooled_rows.hpp"

namespace uhuru::io {
namespace {

/// Where the ending of a file's name begins, with the dot.
size_t place_of_ending(const std::string& path) {
  const size_t folder = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
  size_t dot = path.rfind('.');
  if (path.ends_with(".gz")) dot = path.rfind('.', path.size() - 4);
  return dot == std::string::npos || dot <= folder ? path.size() : dot;
}

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
    replace_others();
    if (options_.group == &own_group_) own_group_.commit(ranks_);
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

  /// The parts of earlier commands disappear with this one's appearance.
  void replace_others() {
    const auto written = ranks_.all_values(std::span<const uint64_t>(written_));
    if (!ranks_.is_first() || options_.overwrite == Overwrite::no) return;
    std::unordered_set<std::string> names;
    for (const uint64_t part : written) names.insert(name_of(part));
    std::vector<std::string> others = existing_parts(path_, *options_.parts);
    std::erase_if(others, [&](const std::string& name) { return names.contains(name); });
    options_.group->remove_then(std::move(others));
  }

  std::string name_of(uint64_t part) const {
    return part_name(path_,
                     fmt::format("{}{:0{}}", options_.parts->prefix, part, options_.parts->digits));
  }

  TableWriter& writer(uint64_t part) {
    auto& writer = writers_[part];
    if (!writer) {
      writer = create_table(name_of(part), header_, options_);
      written_.push_back(part);
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
    std::vector<bool> complete(parts);
    for (size_t from = 0; from + 1 < begins.size(); ++from)
      for (size_t part = 0; part < parts; ++part) {
        const size_t to = part * static_cast<size_t>(ranks_.count()) / parts;
        if (from != rank_ && to != rank_) continue;
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
        // A part is complete, also without rows, after those who have some: few files are open.
        if (to == rank_ && !complete[part] && begins[from + 1] >= begin_of(part + 1)) {
          writer(part).commit();
          writers_.erase(part);
          complete[part] = true;
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
  std::map<uint64_t, std::unique_ptr<TableWriter>> writers_;  // of the parts that are not complete
  std::vector<uint64_t> written_;
};

}  // namespace

std::string part_name(const std::string& path, const std::string& part) {
  const size_t ending = place_of_ending(path);
  return path.substr(0, ending) + "-" + part + path.substr(ending);
}

std::vector<std::string> existing_parts(const std::string& path, const Parts& parts) {
  namespace fs = std::filesystem;
  const size_t ending = place_of_ending(path);
  const std::string before = fs::path(path.substr(0, ending) + "-" + parts.prefix).filename();
  const std::string after = path.substr(ending);
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  std::vector<std::string> result;
  for (const std::string& name : names_in_folder((folder / ".").string(), error)) {
    if (!name.starts_with(before) || !name.ends_with(after)) continue;
    const size_t size = name.size() - std::min(name.size(), before.size() + after.size());
    const std::string number = name.substr(before.size(), size);
    if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos)
      result.push_back((folder / name).string());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw system_error("cannot read the folder", (folder / ".").string(), "", error.message());
  std::sort(result.begin(), result.end());
  return result;
}

std::unique_ptr<TableWriter> create_parts(const std::string& path, const Table& header,
                                          const WriteOptions& options, const Communicator& ranks) {
  check_target(path, options);
  return std::make_unique<PartsWriter>(path, header, options, ranks);
}

}  // namespace uhuru::io
