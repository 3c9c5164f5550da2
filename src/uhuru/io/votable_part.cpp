#include "uhuru/io/votable_part.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace uhuru::io {
namespace {

constexpr std::string_view row_begin = "<TR>";
constexpr std::string_view data_end = "</TABLEDATA";

/// Counts line ends as XML does: LF, CR LF, or CR alone.
class LineEnds {
 public:
  void add(std::string_view text) {
    count_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (after_return_ && text.starts_with('\n')) --count_;
    if (!text.empty()) after_return_ = text.back() == '\r';
    for (size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1))
      count_ += at + 1 == text.size() || text[at + 1] != '\n';
  }
  uint64_t count() const { return count_; }

 private:
  uint64_t count_ = 0;
  bool after_return_ = false;
};

/// What a rank finds in the rows that begin in its bytes.
struct RowsFound {
  uint64_t begin = 0, end = 0;  // from the first of them to the first of the next rank
  uint64_t rows = 0, lines = 0;
  bool odd = false;    // they are not all plain
  bool ended = false;  // with the data, or the file
};

/// Goes from tag to tag.
class RowFinder {
 public:
  explicit RowFinder(ByteSource& source) : source_(source) {}

  /// `from`: the first byte of the rank, `to`: that of the next; `first`: where the data begin.
  RowsFound find(uint64_t from, uint64_t to, bool first) {
    at_ = from;
    source_.seek(from);
    while (!first && next_tag() && !here(row_begin)) pass(1);
    found_.begin = at_;
    lines_ = {};
    bool in_row = false;
    while (!found_.odd && next_tag()) {
      if (here(row_begin)) {
        if (at_ >= to && !in_row) break;
        found_.odd = in_row;
        in_row = true;
        ++found_.rows;
      } else if (here(data_end)) {
        found_.odd = in_row;
        break;
      } else {
        found_.odd = !in_row || !(is_tag("<TD") || is_tag("</TD") || is_tag("</TR"));
        if (is_tag("</TR")) in_row = false;
      }
      pass(1);
    }
    found_.end = at_;
    found_.lines = lines_.count();
    found_.ended = bytes_.empty() || here(data_end);
    return found_;
  }

 private:
  static constexpr size_t block_bytes = size_t{1} << 20;

  void pass(size_t bytes) {
    lines_.add(bytes_.substr(0, bytes));
    bytes_.remove_prefix(bytes);
    at_ += bytes;
  }
  /// Goes to the next '<', and makes the beginning of its tag available; false at the end of the
  /// file.
  bool next_tag() {
    while (true) {
      pass(std::min(bytes_.find('<'), bytes_.size()));
      if (bytes_.size() > data_end.size() || (ended_ && !bytes_.empty())) return true;
      if (ended_) return false;
      buffer_.resize(block_bytes);
      std::copy(bytes_.begin(), bytes_.end(), buffer_.begin());  // forward: they may overlap
      const size_t left = bytes_.size();
      const size_t more = source_.read(buffer_.data() + left, block_bytes - left);
      ended_ = left + more < block_bytes;
      bytes_ = {buffer_.data(), left + more};
    }
  }
  bool here(std::string_view text) const { return bytes_.starts_with(text); }
  /// The name must end there: "<TD" is not "<TDX".
  bool is_tag(std::string_view name) const {
    constexpr std::string_view ends = " \t\r\n/>";
    return here(name) && bytes_.size() > name.size() &&
           ends.find(bytes_[name.size()]) != std::string_view::npos;
  }

  ByteSource& source_;
  std::vector<char> buffer_;
  std::string_view bytes_;  // of buffer_, from at_ on
  uint64_t at_ = 0;
  bool ended_ = false;
  LineEnds lines_;
  RowsFound found_;
};

}  // namespace

VotablePart votable_part_of_rank(ByteSource& source, uint64_t begin, bool can_divide,
                                 const Communicator& ranks) {
  const auto rank = static_cast<size_t>(ranks.rank());
  const auto can = ranks.of_each(static_cast<char>(can_divide));
  const VotablePart all{begin, begin, ranks.is_first()};
  if (std::find(can.begin(), can.end(), 0) != can.end()) return all;
  const uint64_t size = std::max(begin, ranks.of_each(source.size())[0]);
  const uint64_t from = begin + ranks.part_begin(size - begin, ranks.rank());
  const uint64_t to = begin + ranks.part_begin(size - begin, ranks.rank() + 1);
  const auto found = ranks.of_each(RowFinder(source).find(from, to, ranks.is_first()));
  VotablePart part{found[rank].begin, found[rank].end};
  bool ended = false;
  for (size_t r = 0; r < found.size() && !ended; ++r) {
    if (found[r].odd) return all;
    ended = found[r].ended;
    if (r < rank) {
      part.rows_before += found[r].rows;
      part.lines_before += found[r].lines;
      if (ended) part.end = part.begin;
    } else if (r == rank) {
      part.goes_on = ended;
    }
  }
  return part;
}

}  // namespace uhuru::io
