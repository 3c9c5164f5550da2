#include "uhuru/io/fits_header.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {

FitsFile::FitsFile(const std::string& path)
    : file_(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); })) {
  struct stat status {};
  if (!file_ || fstat(file_.get(), &status) != 0)
    throw system_error("cannot open the FITS file", "", "", std::strerror(errno));
  size_ = static_cast<uint64_t>(status.st_size);
}

void FitsFile::read(uint64_t offset, char* buffer, size_t size) const {
  while (size > 0) {
    const ssize_t n = uninterrupted(
        [&] { return ::pread(file_.get(), buffer, size, static_cast<off_t>(offset)); });
    if (n < 0) throw system_error("cannot read the FITS file", "", "", std::strerror(errno));
    if (n == 0)
      throw input_error("the FITS file is truncated", "",
                        fmt::format("{} more bytes at byte {}", size, offset), "the end");
    buffer += n;
    offset += static_cast<uint64_t>(n);
    size -= static_cast<size_t>(n);
  }
}

namespace {

std::string_view without_trailing_blanks(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<double> parse_fits_real(std::string text) {
  const auto number = parse_double(with_exponent_e(std::move(text)));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

/// The value after "= ", and the comment after '/'.
void parse_value(std::string_view text, FitsKeyword& keyword) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (text.starts_with('\'')) {
    size_t at = 1;
    for (; at < text.size(); ++at) {
      if (text[at] == '\'' && (at + 1 == text.size() || text[at + 1] != '\'')) break;
      if (text[at] == '\'') ++at;  // a doubled quote
      keyword.value += text[at];
    }
    if (at < text.size()) keyword.kind = FitsKeyword::Kind::text;
    keyword.value.resize(without_trailing_blanks(keyword.value).size());
    text.remove_prefix(std::min(at + 1, text.size()));
  } else {
    const auto value = trim(text.substr(0, text.find('/')));
    keyword.value = value;
    if (value == "T" || value == "F")
      keyword.kind = FitsKeyword::Kind::logical;
    else if (parse_fits_real(keyword.value))
      keyword.kind = FitsKeyword::Kind::number;
  }
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) keyword.comment = trim(text.substr(slash + 1));
}

[[noreturn]] void unreadable(const FitsKeyword& keyword, const std::string& expected) {
  throw input_error("unreadable FITS keyword", keyword.name, expected, in_quotes(keyword.value));
}

}  // namespace

FitsHeader::FitsHeader(const FitsFile& file, uint64_t offset) {
  read_cards(file, offset);
  measure_data();
}

void FitsHeader::read_cards(const FitsFile& file, uint64_t offset) {
  std::string bytes(block, '\0');
  for (;; offset += block) {
    if (offset > file.size() || file.size() - offset < block)
      throw input_error("the FITS file is truncated", "", "the keyword END",
                        "the end of the file in a header");
    file.read(offset, bytes.data(), block);
    for (size_t at = 0; at < block; at += card) {
      const auto one = std::string_view(bytes).substr(at, card);
      if (one.starts_with("END     ")) {
        data_begin_ = offset + block;
        return;
      }
      add_card(one);
    }
  }
}

void FitsHeader::add_card(std::string_view text) {
  FitsKeyword keyword;
  keyword.name = without_trailing_blanks(text.substr(0, 8));
  if (keyword.name == "CONTINUE" && !keywords_.empty() &&
      keywords_.back().kind == FitsKeyword::Kind::text && keywords_.back().value.ends_with('&')) {
    parse_value(text.substr(8), keyword);
    FitsKeyword& before = keywords_.back();
    before.value.pop_back();
    before.value += keyword.value;
    if (!keyword.comment.empty()) before.comment += keyword.comment;
    return;
  }
  const size_t equals = text.find('=');
  if (keyword.name == "HIERARCH" && equals != std::string_view::npos) {
    keyword.name = trim(text.substr(8, equals - 8));
    parse_value(text.substr(equals + 1), keyword);
  } else if (equals == 8) {
    parse_value(text.substr(9), keyword);
  } else {
    return;  // a comment
  }
  index_.emplace(keyword.name, keywords_.size());
  keywords_.push_back(std::move(keyword));
}

const FitsKeyword* FitsHeader::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &keywords_[found->second];
}

std::optional<std::string> FitsHeader::text(const std::string& name) const {
  const FitsKeyword* keyword = find(name);
  if (!keyword || (keyword->kind == FitsKeyword::Kind::other && keyword->value.empty())) return {};
  if (keyword->kind != FitsKeyword::Kind::text) unreadable(*keyword, "text in single quotes");
  return keyword->value;
}

std::optional<int64_t> FitsHeader::whole(const std::string& name) const {
  const FitsKeyword* keyword = find(name);
  if (!keyword) return {};
  if (keyword->kind == FitsKeyword::Kind::number) {
    if (const auto number = parse_int(keyword->value)) return *number;
    const auto real = parse_fits_real(keyword->value);
    if (real && std::abs(*real) < 0x1p53 && *real == std::floor(*real))
      return static_cast<int64_t>(*real);
  }
  unreadable(*keyword, "a whole number of at most 64 bits");
}

std::optional<double> FitsHeader::real(const std::string& name) const {
  const FitsKeyword* keyword = find(name);
  if (!keyword) return {};
  if (keyword->kind != FitsKeyword::Kind::number) unreadable(*keyword, "a number");
  return parse_fits_real(keyword->value);
}

bool FitsHeader::is_true(const std::string& name) const {
  const FitsKeyword* keyword = find(name);
  return keyword && keyword->kind == FitsKeyword::Kind::logical && keyword->value == "T";
}

uint64_t FitsHeader::next() const { return data_begin_ + (data_size_ + block - 1) / block * block; }

void FitsHeader::measure_data() {
  const auto natural = [&](const std::string& name, int64_t otherwise) {
    const int64_t value = whole(name).value_or(otherwise);
    if (value < 0) unreadable(*find(name), "a number that is not negative");
    return static_cast<uint64_t>(value);
  };
  const uint64_t axes = natural("NAXIS", 0);
  if (axes > 999) unreadable(*find("NAXIS"), "at most 999");
  const int64_t bits = whole("BITPIX").value_or(8);
  if (std::abs(bits) > 64 || bits % 8 != 0 || bits == 0)
    unreadable(*find("BITPIX"), "8, 16, 32, 64, -32 or -64");
  bool overflow = false;
  const auto times = [&](uint64_t& product, uint64_t factor) {
    overflow |= __builtin_mul_overflow(product, factor, &product);
  };
  uint64_t values = axes > 0 ? 1 : 0;
  for (uint64_t axis = 1; axis <= axes; ++axis) {
    const uint64_t length = natural(fmt::format("NAXIS{}", axis), 0);
    if (axis == 1 && length == 0 && is_true("GROUPS")) continue;
    times(values, length);
  }
  overflow |= __builtin_add_overflow(values, natural("PCOUNT", 0), &values);
  times(values, natural("GCOUNT", 1));
  times(values, static_cast<uint64_t>(std::abs(bits)) / 8);
  // The last bound is that of a file's size, so that sums of offsets cannot overflow.
  if (overflow || values > static_cast<uint64_t>(INT64_MAX) - data_begin_ - block)
    throw input_error("the header of the FITS file gives an impossible size");
  data_size_ = values;
}

std::string fits_string(std::string_view value) { return std::string(trim(to_utf8(value))); }

std::string with_exponent_e(std::string number) {
  std::replace(number.begin(), number.end(), 'D', 'E');
  std::replace(number.begin(), number.end(), 'd', 'E');
  return number;
}

bool is_fits_structure(const std::string& name) {
  static const std::unordered_set<std::string> names = {
      "SIMPLE",   "XTENSION", "BITPIX",  "NAXIS",   "EXTEND",  "PCOUNT",   "GCOUNT",
      "TFIELDS",  "GROUPS",   "EXTNAME", "EXTVER",  "THEAP",   "CHECKSUM", "DATASUM",
      "CONTINUE", "COMMENT",  "END",     "HISTORY", "HIERARCH"};
  static const std::unordered_set<std::string> numbered = {
      "NAXIS", "TTYPE", "TFORM", "TUNIT", "TNULL", "TSCAL", "TZERO", "TDISP", "TBCOL",
      "TDIM",  "TUCD",  "TUTYP", "TCOMM", "TLMIN", "TLMAX", "TDMIN", "TDMAX"};
  const size_t digits = name.find_first_of("0123456789");
  return names.contains(name) ||
         (digits != std::string::npos && numbered.contains(name.substr(0, digits)));
}

std::string fits_cards(const FitsKeyword& keyword) {
  const bool is_text = keyword.kind == FitsKeyword::Kind::text;
  const bool standard =
      keyword.name.size() <= 8 && !keyword.name.empty() &&
      std::all_of(keyword.name.begin(), keyword.name.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  const std::string head =
      standard ? fmt::format("{:<8}= ", keyword.name) : fmt::format("HIERARCH {} = ", keyword.name);
  std::string value = keyword.value;
  if (is_text) {
    for (size_t at = 0; (at = value.find('\'', at)) != std::string::npos; at += 2)
      value.insert(at, 1, '\'');
    value = fmt::format("'{:<{}}'", value, standard ? 8 : 0);
  } else if (standard) {
    value = fmt::format("{:>20}", value);
  }
  if (standard && !keyword.comment.empty()) value = fmt::format("{:<20}", value);
  const std::string comment = keyword.comment.empty() ? "" : " / " + keyword.comment;
  const auto padded = [](std::string card) {
    card.resize(FitsHeader::card, ' ');
    return card;
  };
  if (head.size() + value.size() <= FitsHeader::card) return padded(head + value + comment);
  if (!is_text || !standard) return {};
  // Without its quotes, in pieces that do not separate a doubled quote.
  std::string_view rest = std::string_view(value).substr(1, value.size() - 2);
  constexpr size_t room = FitsHeader::card - 10 - 3;  // two quotes and '&'
  std::string cards;
  while (!rest.empty()) {
    size_t length = std::min(room, rest.size());
    const auto quotes = [&] {
      const auto end = rest.substr(0, length);
      const size_t other = end.find_last_not_of('\'');
      return length - (other == std::string_view::npos ? 0 : other + 1);
    };
    if (length < rest.size() && quotes() % 2 == 1) --length;
    const bool last = length == rest.size();
    cards += padded(fmt::format("{}'{}{}'", cards.empty() ? head : "CONTINUE  ",
                                rest.substr(0, length), last ? "" : "&"));
    rest.remove_prefix(length);
  }
  return cards;
}

std::string fits_history(const std::string& text) {
  constexpr size_t room = FitsHeader::card - 8;
  std::string cards;
  for (size_t at = 0; at < text.size(); at += room)
    cards += fmt::format("HISTORY {:<72}", text.substr(at, room));
  return cards;
}

}  // namespace uhuru::io
