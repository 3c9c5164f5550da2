#include "uhuru/io/joined_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <type_traits>
#include <unordered_set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/header_bytes.hpp"
#include "uhuru/io/joined_header.hpp"

namespace uhuru::io {
namespace {

/// Whether a whole number is not a double.
template <class T>
bool is_rounded(T value) {
  if constexpr (std::is_same_v<T, int64_t>) {
    constexpr double first_beyond = 9223372036854775808.0;  // the type
    const auto number = static_cast<double>(value);
    return number >= first_beyond || static_cast<int64_t>(number) != value;
  }
  return false;
}

/// Appends the rows of a column to one of another type or unit.
class CellCaster {
 public:
  CellCaster(const Column& from, Column& to, const ColumnCast& cast)
      : from_(from), to_(to), cast_(cast) {}

  /// Returns how many whole numbers were rounded.
  uint64_t append() {
    if (to_.field.type == Type::text) {
      for (size_t row = 0; row < from_.size(); ++row) to_.append_text(cell_text(from_, row));
      return 0;
    }
    from_.visit([&](const auto& from_values) {
      using From = typename std::decay_t<decltype(from_values)>::value_type;
      to_.visit([&](const auto& to_values) {
        append_as<From, typename std::decay_t<decltype(to_values)>::value_type>();
      });
    });
    return rounded_;
  }

 private:
  template <class From, class To>
  void append_as() {
    std::vector<To> cell;
    for (size_t row = 0; row < from_.size(); ++row) {
      const auto values = from_.cell<From>(row);
      if (from_.missing(row) && (from_.field.is_scalar() || values.empty())) {
        to_.append_missing();
      } else if (from_.field.is_scalar()) {
        to_.append(converted<From, To>(values[0]));
      } else {
        cell.clear();
        for (const From value : values) cell.push_back(element<From, To>(value));
        to_.append(std::span<const To>(cell));
      }
    }
  }

  template <class From, class To>
  To element(From value) const {
    if constexpr (std::is_integral_v<From> && std::is_floating_point_v<To>) {
      const bool can_miss = from_.field.type == Type::boolean || from_.field.null_marker;
      if (can_miss && value == missing_element<From>(from_.field))
        return std::numeric_limits<To>::quiet_NaN();
    }
    return converted<From, To>(value);
  }

  template <class From, class To>
  To converted(From value) const {
    if constexpr (std::is_floating_point_v<To>) {
      const auto number = static_cast<double>(value);
      rounded_ += is_rounded(value);
      if (cast_.divisor != 1) return static_cast<To>(number / cast_.divisor);
      return static_cast<To>(number * cast_.factor);
    } else {
      return static_cast<To>(value);
    }
  }

  const Column& from_;
  Column& to_;
  const ColumnCast& cast_;
  mutable uint64_t rounded_ = 0;
};

/// The table with which each of these ranks begins, and the end: each has about as many bytes, and
/// at least one table if there are enough.
std::vector<size_t> begins_of_ranks(std::span<const uint64_t> sizes, size_t ranks) {
  uint64_t total = 0;
  for (const uint64_t size : sizes) total += size;
  std::vector<size_t> begins = {0};
  size_t next = 0;
  uint64_t before = 0;  // bytes of the tables before the next
  for (size_t rank = 1; rank < ranks; ++rank) {
    const double wanted =
        static_cast<double>(total) * static_cast<double>(rank) / static_cast<double>(ranks);
    const bool enough = sizes.size() >= ranks;
    const size_t least = enough ? begins.back() + 1 : begins.back();
    const size_t most = enough ? sizes.size() - (ranks - rank) : sizes.size();
    const auto is_nearer = [&] {  // if the next table is one of those before
      return static_cast<double>(before) + static_cast<double>(sizes[next]) / 2 < wanted;
    };
    while (next < most && (next < least || is_nearer())) before += sizes[next++];
    begins.push_back(next);
  }
  begins.push_back(sizes.size());
  return begins;
}

class JoinedReader : public TableReader {
 public:
  JoinedReader(std::vector<JoinedPart> parts, const Threads& threads, const Communicator& ranks)
      : TableReader(""), parts_(std::move(parts)), threads_(threads.of_one_rank()), ranks_(&ranks) {
    if (parts_.empty()) throw input_error("there are no tables", "", "at least one");
    choose_own();
    read_headers();
    find_empty_columns();
    joined_.finish();
    header_ = joined_.header().empty_copy();
    find_duplicates();
  }

  double fraction_read() const override {
    const double now = reader_ ? reader_->fraction_read() : 0;
    return (static_cast<double>(next_ - first_ - (reader_ ? 1 : 0)) + now) /
           static_cast<double>(std::max<size_t>(1, end_ - first_));
  }
  const Communicator& ranks() const override { return *ranks_; }
  bool overflow() const override { return overflow_ || (reader_ && reader_->overflow()); }
  std::vector<std::string> notes() const override {
    std::vector<std::string> result = joined_.notes();
    result.insert(result.end(), duplicates_.begin(), duplicates_.end());
    for (const auto& [column, count] : rounded_)
      result.push_back(fmt::format("column {}: {} whole number{} of more than 15 digits {} rounded",
                                   header_.columns[column].field.name, with_commas(count),
                                   count == 1 ? "" : "s", count == 1 ? "is" : "are"));
    return result;
  }
  std::vector<std::string> remarks() const override {
    std::vector<std::string> result = notes();
    result.insert(result.end(), remarks_.begin(), remarks_.end());
    if (reader_) add_remarks(*reader_, result);
    if (more_remarks_ > 0)
      result.push_back(fmt::format("{} more notes about files", with_commas(more_remarks_)));
    return result;
  }
  std::vector<FileRows> files() const override {
    std::vector<FileRows> result;
    for (const uint64_t before : first_rows_)
      result.push_back({parts_[first_ + result.size()].name, before});
    return result;
  }

 protected:
  void read_rows(Table& batch, size_t max_rows) override {
    while (batch.rows() < max_rows) {
      if (!reader_ && !open_next(rows_read_ + batch.rows())) return;
      if (reader_->read(rows_, std::min(max_rows - batch.rows(), default_batch_rows))) {
        append(batch);
        continue;
      }
      overflow_ = overflow_ || reader_->overflow();
      add_remarks(*reader_, remarks_);
      reader_.reset();
    }
  }

  void share_findings() override {
    if (ranks_->is_alone()) return;
    const auto of_ranks = ranks_->all_gather(packed(overflow_, remarks_, more_remarks_, rounded_));
    remarks_.clear();
    rounded_.clear();
    more_remarks_ = 0;
    for (const std::string& bytes : of_ranks) {
      bool overflow = false;
      std::vector<std::string> remarks;
      uint64_t more = 0;
      std::map<size_t, uint64_t> rounded;
      unpack(bytes, overflow, remarks, more, rounded);
      overflow_ = overflow_ || overflow;
      for (std::string& remark : remarks)
        if (remarks_.size() < most_remarks)
          remarks_.push_back(std::move(remark));
        else
          ++more_remarks_;
      more_remarks_ += more;
      for (const auto& [column, count] : rounded) rounded_[column] += count;
    }
  }

 private:
  static constexpr size_t most_kept = 8;
  static constexpr size_t most_remarks = 100;

  /// Whole tables, with about as many bytes as the other ranks read, of the first rank's list.
  void choose_own() {
    std::vector<std::string> names;
    std::vector<uint64_t> sizes;
    for (const JoinedPart& part : parts_) {
      std::error_code unknown;
      const auto size = std::filesystem::file_size(split_table_name(part.name).first, unknown);
      sizes.push_back(unknown ? 1 : std::max<uint64_t>(1, size));
      names.push_back(part.name);
    }
    end_ = parts_.size();
    if (ranks_->is_alone()) return;
    std::vector<std::string> of_first;
    unpack(ranks_->all_gather(ranks_->is_first() ? packed(names, sizes) : "").front(), of_first,
           sizes);
    check_same(names, of_first);
    const auto begins = begins_of_ranks(sizes, static_cast<size_t>(ranks_->count()));
    next_ = first_ = begins[static_cast<size_t>(ranks_->rank())];
    end_ = begins[static_cast<size_t>(ranks_->rank()) + 1];
  }

  static void check_same(const std::vector<std::string>& own,
                         const std::vector<std::string>& of_first) {
    const auto [ours, theirs] =
        std::mismatch(own.begin(), own.end(), of_first.begin(), of_first.end());
    if (ours == own.end() && theirs == of_first.end()) return;
    throw input_error("the ranks find different files", "the list of tables",
                      theirs == of_first.end() ? "no more of them" : *theirs,
                      ours == own.end() ? "no more of them" : *ours);
  }

  void read_headers() {
    std::vector<std::string> own;
    for (size_t part = first_; part < end_; ++part) {
      auto reader = open(part);
      if (ranks_->is_alone())
        joined_.add(reader->header(), parts_[part].name);
      else
        own.push_back(packed_header(reader->header()));
      if (part < first_ + most_kept) kept_[part] = std::move(reader);
    }
    if (ranks_->is_alone()) return;
    size_t part = 0;
    for (const std::string& bytes : ranks_->all_gather(packed(own))) {
      unpack(bytes, own);
      for (const std::string& header : own)
        joined_.add(unpacked_header(header), parts_[part++].name);
    }
  }

  void find_empty_columns() {
    std::map<size_t, std::vector<size_t>> empty;  // by table
    for (size_t part = first_; part < end_; ++part)
      if (const auto columns = joined_.doubtful_columns(part); !columns.empty())
        empty[part] = columns_without_values(part, columns);
    for (const std::string& bytes : ranks_->all_gather(packed(empty))) {
      unpack(bytes, empty);
      for (const auto& [part, columns] : empty) joined_.set_empty(part, columns);
    }
  }

  std::unique_ptr<TableReader> open(size_t part) {
    if (const auto kept = kept_.find(part); kept != kept_.end()) {
      auto reader = std::move(kept->second);
      kept_.erase(kept);
      return reader;
    }
    return parts_[part].open(threads_);
  }

  /// Those of these columns that have no values.
  std::vector<size_t> columns_without_values(size_t part, std::vector<size_t> columns) {
    const auto reader = open(part);
    check_unchanged(part, *reader);
    Table rows = reader->header().empty_copy();
    while (!columns.empty() && reader->read(rows))
      std::erase_if(columns,
                    [&](size_t c) { return rows.columns[c].missing_count() < rows.rows(); });
    return columns;
  }

  void check_unchanged(size_t part, const TableReader& reader) const {
    if (!joined_.has_columns(part, reader.header()))
      throw input_error("the table has changed while it was read", parts_[part].name,
                        "the same columns as before");
  }

  bool open_next(uint64_t rows_before) {
    if (next_ == end_) return false;
    first_rows_.push_back(rows_before);
    reader_ = open(next_);
    check_unchanged(next_, *reader_);
    casts_ = joined_.casts(next_);
    rows_ = reader_->header().empty_copy();
    ++next_;
    return true;
  }

  void append(Table& batch) {
    for (size_t c = 0; c < casts_.size(); ++c) {
      const ColumnCast& cast = casts_[c];
      Column& to = batch.columns[c];
      if (cast.from == ColumnCast::absent) {
        for (size_t row = 0; row < rows_.rows(); ++row) to.append_missing();
      } else if (cast.as_it_is) {
        to.append_from(rows_.columns[cast.from], 0, rows_.rows());
      } else if (const auto count = CellCaster(rows_.columns[cast.from], to, cast).append()) {
        rounded_[c] += count;
      }
    }
  }

  /// A folder of a hundred thousand odd files should not take the memory of all their notes.
  void add_remarks(const TableReader& reader, std::vector<std::string>& to) const {
    for (std::string& remark : reader.remarks()) {
      if (to.size() < most_remarks)
        to.push_back(std::move(remark));
      else if (&to == &remarks_)
        ++more_remarks_;
    }
  }

  void find_duplicates() {
    std::unordered_set<std::string> names;
    size_t count = 0;
    std::string first;
    for (const JoinedPart& part : parts_) {
      const auto [path, of_file] = split_table_name(part.name);
      std::error_code error;
      const auto whole = std::filesystem::canonical(path, error);
      if (names.insert(error ? part.name : whole.string() + "#" + of_file).second) continue;
      if (count++ == 0) first = part.name;
    }
    if (count > 0)
      duplicates_.push_back(
          count == 1 ? first + " is given twice, and its rows are read twice"
                     : fmt::format("{} files are given more than once, and their rows are read as "
                                   "often: first {}",
                                   with_commas(count), first));
  }

  std::vector<JoinedPart> parts_;
  Threads threads_;
  const Communicator* ranks_;
  JoinedHeader joined_;
  std::map<size_t, std::unique_ptr<TableReader>> kept_;  // open since their headers were read
  size_t first_ = 0, next_ = 0, end_ = 0;                // those that this rank reads
  std::vector<uint64_t> first_rows_;  // of those opened by this rank: the rows of those before
  std::unique_ptr<TableReader> reader_;
  std::vector<ColumnCast> casts_;
  Table rows_;
  bool overflow_ = false;
  std::vector<std::string> remarks_, duplicates_;
  mutable uint64_t more_remarks_ = 0;
  std::map<size_t, uint64_t> rounded_;  // by column
};

}  // namespace

std::unique_ptr<TableReader> open_joined(std::vector<JoinedPart> parts, const Threads& threads,
                                         const Communicator& ranks) {
  return std::make_unique<JoinedReader>(std::move(parts), threads, ranks);
}

}  // namespace uhuru::io
