// Records and cells of text whose columns are separated by a character. Source: RFC 4180 for
// quoting.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru::io {

/// How lines are divided into records and cells.
struct RecordRules {
  char delimiter = ',';             // ' ': any number of blanks
  bool returns_end_lines = false;   // lines end in CR alone
  bool tabs_are_blanks = false;     // tabs separate cells as blanks do
  bool skips_blank_lines = true;    // else each is a record; not for tables of several columns
  bool skips_comments = false;      // lines that begin with '#' are no records
  bool has_further_tables = false;  // a line "#Table" or "#RESOURCE" ends the records
};

/// Tables separated by tabs or bars are padded with blanks; quotes preserve those that belong to
/// the text.
inline std::string_view blanks_trimmed(std::string_view cell, char delimiter) {
  return delimiter == '\t' || delimiter == '|' ? trim(cell) : cell;
}

/// Whether a line holds nothing, not even missing cells.
inline bool is_blank_line(std::string_view line, char delimiter) {
  return trim(line).empty() && (delimiter == ' ' || line.find(delimiter) == std::string_view::npos);
}

constexpr size_t max_record_bytes = size_t{1} << 26;
constexpr size_t max_text_columns = 20000;

/// A part of a text: the records that begin in these bytes of it, of which the last one may go on
/// behind them.
struct TextPart {
  uint64_t begin = 0, end = std::numeric_limits<uint64_t>::max();
  uint64_t lines_before = 0;
};

/// Splits a source into records (lines, or several if quotes contain line ends) and cells.
class RecordReader {
 public:
  /// `part`: begins at a line, in a file that can be read from any place.
  RecordReader(std::unique_ptr<ByteSource> source, const RecordRules& rules, TextPart part = {})
      : source_(std::move(source)),
        rules_(rules),
        at_(part.begin),
        end_(part.end),
        line_(part.lines_before) {
    if (at_ > 0) source_->seek(at_);
  }

  /// Whole lines without quotes, each with its line feed, available in memory at the start of a
  /// record; empty if there are none. skip() consumes all or the first of them. Valid until the
  /// next call.
  std::string_view plain_lines() {
    if (at_ >= end_ || block_.data() < quotes_end_) return {};
    size_t last = block_.rfind('\n');
    if (last == std::string_view::npos) {
      fill_block();
      if (quotes_end_ > block_.data()) return {};
      last = block_.rfind('\n');
    }
    if (last == std::string_view::npos) return {};
    if (end_ - at_ <= last) last = block_.find('\n', static_cast<size_t>(end_ - at_ - 1));
    return block_.substr(0, last + 1);
  }
  void skip(size_t bytes, uint64_t lines) {
    take(bytes);
    line_ += lines;
  }

  /// The next physical line without its line feed; false at the end of the file.
  bool line(std::string_view& text) {
    carry_.clear();
    while (true) {
      if (block_.empty()) {
        fill_block();
        if (block_.empty()) {
          if (carry_.empty()) return false;
          text = carry_;
          break;
        }
      }
      const size_t end = block_.find('\n');
      const auto piece = block_.substr(0, end);
      if (carry_.size() + piece.size() > max_record_bytes)
        throw input_error("a line is too long", fmt::format("line {}", line_ + 1),
                          "less than 64 MiB");
      const bool whole = end != std::string_view::npos;
      take(whole ? end + 1 : block_.size());
      if (whole && carry_.empty()) {
        text = piece;
        break;
      }
      carry_ += piece;
      if (whole) {
        text = carry_;
        break;
      }
    }
    ++line_;
    return true;
  }

  /// The cells of the next record, valid until the next call; false after the last.
  bool record(std::vector<std::string_view>& cells) {
    std::string_view text;
    if (!record_line(text)) return false;
    split(text, cells);
    return true;
  }

  /// The first line of the next record; false after the last.
  bool record_line(std::string_view& text) {
    while (!ended_ && at_ < end_ && line(text)) {
      const auto start = rules_.delimiter == ' ' ? trim(text) : text;
      if (rules_.skips_comments && start.starts_with('#')) {
        ended_ = rules_.has_further_tables &&
                 (text.starts_with("#Table") || text.starts_with("#RESOURCE"));
        continue;
      }
      if (!rules_.skips_blank_lines || !is_blank_line(text, rules_.delimiter)) return true;
    }
    return false;
  }
  /// Whether a further table was met.
  bool ended() const { return ended_; }

  /// Splits a line into cells; an open quote continues in the following lines. Cells beyond
  /// max_text_columns + 1 are left out.
  void split(std::string_view text, std::vector<std::string_view>& cells) {
    cells.clear();
    if (text.find('"') != std::string_view::npos) return split_quoted(std::string(text), cells);
    const char delimiter = rules_.delimiter;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (delimiter == ' ') text = trim(text);
    while (true) {
      const size_t end = text.find(delimiter);
      cells.push_back(blanks_trimmed(text.substr(0, end), delimiter));
      if (end == std::string_view::npos || cells.size() > max_text_columns) return;
      text.remove_prefix(end + 1);
      if (delimiter == ' ') text.remove_prefix(text.find_first_not_of(' '));
    }
  }

  uint64_t line_number() const { return line_; }
  /// The byte of the text that is next.
  uint64_t position() const { return at_; }
  const ByteSource& source() const { return *source_; }
  const RecordRules& rules() const { return rules_; }

 private:
  void take(size_t bytes) {
    block_.remove_prefix(bytes);
    at_ += bytes;
  }
  /// Refills the buffer after the unread part of the block.
  void fill_block() {
    constexpr size_t block_bytes = size_t{1} << 21;
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(block_bytes);
    const size_t left = block_.size();
    if (left > 0) std::memmove(buffer_.get(), block_.data(), left);
    block_ = {buffer_.get(), left + source_->read(buffer_.get() + left, block_bytes - left)};
    if (at_ == 0 && left == 0 && block_.starts_with("\xef\xbb\xbf")) take(3);
    if (rules_.returns_end_lines || rules_.tabs_are_blanks)
      for (char* at = buffer_.get() + left; at < block_.data() + block_.size(); ++at) {
        if (rules_.returns_end_lines && *at == '\r') *at = '\n';
        if (rules_.tabs_are_blanks && *at == '\t') *at = ' ';
      }
    const bool quotes = block_.find('"') != std::string_view::npos;
    quotes_end_ = quotes ? block_.data() + block_.rfind('"') + 1 : nullptr;
  }

  void split_quoted(std::string text, std::vector<std::string_view>& cells) {
    const char delimiter = rules_.delimiter;
    const auto skip_blanks = [&](size_t from) {
      return delimiter == ' ' ? std::min(text.find_first_not_of(" \r", from), text.size()) : from;
    };
    const uint64_t first_line = line_;
    unquoted_.clear();
    std::vector<std::pair<size_t, size_t>> bounds;  // of each cell in unquoted_
    size_t at = skip_blanks(0);
    while (true) {
      const size_t begin = unquoted_.size();
      const bool was_quoted = at < text.size() && text[at] == '"';
      if (was_quoted) {
        ++at;
        while (true) {
          const size_t quote = text.find('"', at);
          if (quote != std::string::npos) {
            unquoted_.append(text, at, quote - at);
            at = quote + 1;
            if (at >= text.size() || text[at] != '"') break;
            unquoted_ += '"';
            ++at;
            continue;
          }
          unquoted_.append(text, at);
          std::string_view more;
          if (unquoted_.size() > max_record_bytes || !line(more))
            throw input_error("unterminated quote", fmt::format("line {}", first_line),
                              "a closing \"", "the end of the file");
          unquoted_ += '\n';
          text = std::string(more);
          at = 0;
        }
      }
      const size_t end = std::min(text.find(delimiter, at), text.size());
      const bool line_end = end == text.size() && end > at && text.back() == '\r';
      unquoted_.append(text, at, end - at - line_end);
      const auto whole = std::string_view(unquoted_).substr(begin);
      const auto cell = was_quoted ? whole : blanks_trimmed(whole, delimiter);
      bounds.emplace_back(
          cell.empty() ? begin : static_cast<size_t>(cell.data() - unquoted_.data()), cell.size());
      if (end >= text.size() || bounds.size() > max_text_columns) break;
      at = skip_blanks(end + 1);
      if (delimiter == ' ' && at == text.size()) break;
    }
    for (const auto& [begin, size] : bounds)
      cells.push_back(std::string_view(unquoted_).substr(begin, size));
  }

  std::unique_ptr<ByteSource> source_;
  RecordRules rules_;
  std::unique_ptr<char[]> buffer_;
  std::string_view block_;            // of buffer_, not yet consumed
  const char* quotes_end_ = nullptr;  // after the last quote of the block
  std::string carry_, unquoted_;
  uint64_t at_, end_;  // bytes of the text: the next one, and the end of the part
  uint64_t line_;
  bool ended_ = false;
};

/// What visit_plain_records consumed of its text.
struct PlainRecords {
  size_t bytes = 0, records = 0;
  uint64_t lines = 0;
};

/// Calls `visit(c, begin, end)` for each cell of lines without quotes, with the rest of its line;
/// it returns the end of the cell. Stops before the first line that does not have `columns` cells,
/// that is a comment, or for which it returns nullptr.
template <class Visit>
PlainRecords visit_plain_records(std::string_view lines, size_t columns, const RecordRules& rules,
                                 Visit&& visit) {
  const bool blanks = rules.delimiter == ' ';
  PlainRecords done;
  while (done.bytes < lines.size()) {
    const std::string_view rest = lines.substr(done.bytes);
    const size_t size = rest.find('\n');
    const char* at = rest.data();
    const char* end = at + size - (size > 0 && rest[size - 1] == '\r');
    while (blanks && at < end && *at == ' ') ++at;
    if (rules.skips_comments && *at == '#') return done;
    const bool blank = rules.skips_blank_lines &&
                       (at >= end || (static_cast<unsigned char>(*at) <= ' ' &&
                                      is_blank_line(rest.substr(0, size), rules.delimiter)));
    while (blanks && at < end && end[-1] == ' ') --end;
    for (size_t c = 0; !blank && c < columns; ++c) {
      while (blanks && at < end && *at == ' ') ++at;
      at = visit(c, at, end);
      if (!at || (at == end) != (c + 1 == columns)) return done;
      if (at != end && *at++ != rules.delimiter) return done;
    }
    done.bytes += size + 1;
    ++done.lines;
    done.records += !blank;
  }
  return done;
}

/// The end of the cell that starts at `begin`.
inline const char* cell_end(const char* begin, const char* end, char delimiter) {
  const void* found =
      begin == end ? nullptr : std::memchr(begin, delimiter, static_cast<size_t>(end - begin));
  return found ? static_cast<const char*>(found) : end;
}

}  // namespace uhuru::io
