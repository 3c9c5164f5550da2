#include "uhuru/catalog/table_pages.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "uhuru/base/error.hpp"
#include "uhuru/io/big_endian.hpp"

namespace uhuru::catalog {
namespace {

constexpr char leaf_type = 13, inner_type = 5;
constexpr size_t leaf_head = 8, inner_head = 12;
// A cell beyond this continues on pages of its own.
constexpr size_t most_in_leaf = page_bytes - 35;
constexpr size_t least_in_leaf = (page_bytes - 12) * 32 / 255 - 23;
constexpr size_t bytes_per_continuation = page_bytes - 4;
// A cell of an inner page: page, row number, and the place of the cell.
constexpr size_t most_children = (page_bytes - inner_head) / (4 + 9 + 2);

constexpr size_t page_count_in_file = 28;  // where the first page has the number of pages
// The page that SQLite never uses, since some systems lock its bytes.
constexpr uint32_t lock_page = (1 << 30) / page_bytes + 1;

template <class T>
void put(T value, size_t at, std::string& bytes) {
  io::to_big_endian(value, bytes.data() + at);
}

template <class T>
void append(T value, std::string& bytes) {
  bytes.resize(bytes.size() + sizeof(T));
  put(value, bytes.size() - sizeof(T), bytes);
}

/// A number in groups of seven bits, the highest first; all but the last are marked. Row numbers
/// are far below 2^56.
void append_varint(uint64_t value, std::string& bytes) {
  std::array<char, 9> reversed{};
  size_t count = 0;
  do {
    reversed[count] = static_cast<char>((value & 127) | (count ? 128 : 0));
    value >>= 7;
    ++count;
  } while (value);
  while (count-- > 0) bytes += reversed[count];
}

/// The head of a page, of which `cells` cells begin at `content`.
void put_head(char type, size_t cells, size_t content, size_t at, std::string& bytes) {
  bytes[at] = type;
  put(static_cast<int16_t>(cells), at + 3, bytes);
  put(static_cast<int16_t>(content), at + 5, bytes);
}

}  // namespace

void RowPages::begin_row() {
  header_.assign(1, '\0');  // the row number, which is not stored twice
  body_.clear();
}

void RowPages::add(double value) {
  if (std::isnan(value)) {
    header_ += '\0';
    return;
  }
  // As SQLite does: a small whole number in a column of reals takes less room as an integer.
  constexpr double most = 1 << 30;
  const bool is_small = std::abs(value) < most && !(value == 0 && std::signbit(value));
  if (is_small && value == static_cast<double>(static_cast<int64_t>(value))) {
    add(static_cast<int64_t>(value));
    return;
  }
  header_ += '\7';
  append(value, body_);
}

void RowPages::add(int64_t value) {
  if (value == 0 || value == 1) {
    header_ += static_cast<char>(8 + value);
  } else if (value == static_cast<int8_t>(value)) {
    header_ += '\1';
    body_ += static_cast<char>(value);
  } else if (value == static_cast<int16_t>(value)) {
    header_ += '\2';
    append(static_cast<int16_t>(value), body_);
  } else if (value == static_cast<int32_t>(value)) {
    header_ += '\4';
    append(static_cast<int32_t>(value), body_);
  } else {
    header_ += '\6';
    append(value, body_);
  }
}

void RowPages::add(std::string_view text) {
  if (text.empty()) {
    header_ += '\0';
    return;
  }
  append_varint(2 * text.size() + 13, header_);
  body_ += text;
}

size_t RowPages::new_page() {
  pages_.resize(pages_.size() + page_bytes, '\0');
  return pages_.size() / page_bytes - 1;
}

void RowPages::finish_row() {
  std::string record;
  // The header's size counts itself: one byte, unless that makes it too large for one.
  append_varint(header_.size() + (header_.size() < 127 ? 1 : 2), record);
  record += header_;
  record += body_;
  std::string cell;
  append_varint(record.size(), cell);
  append_varint(static_cast<uint64_t>(id_), cell);
  if (record.size() <= most_in_leaf) {
    put_cell(cell + record, 0);
  } else {
    const size_t even = least_in_leaf + (record.size() - least_in_leaf) % bytes_per_continuation;
    const size_t here = even <= most_in_leaf ? even : least_in_leaf;
    cell.append(record, 0, here);
    const size_t reference = cell.size();
    append(int32_t{0}, cell);
    put_cell(cell, reference);
    for (size_t at = here; at < record.size(); at += bytes_per_continuation) {
      const size_t page = new_page();
      references_.back().second = page;
      record.copy(pages_.data() + page * page_bytes + 4, bytes_per_continuation, at);
      if (at + bytes_per_continuation < record.size())
        references_.emplace_back(page * page_bytes, 0);
    }
  }
  leaves_.back().last_id = id_++;
  begin_row();
}

/// `reference`: where the cell has the number of the page that continues it, or 0.
void RowPages::put_cell(std::string_view cell, size_t reference) {
  if (leaves_.empty() || leaf_head + 2 * (cells_ + 1) + cell.size() > content_) {
    leaves_.push_back({new_page(), id_});
    cells_ = 0;
    content_ = page_bytes;
  }
  const size_t leaf = leaves_.back().page * page_bytes;
  content_ -= cell.size();
  cell.copy(pages_.data() + leaf + content_, cell.size());
  put(static_cast<int16_t>(content_), leaf + leaf_head + 2 * cells_, pages_);
  put_head(leaf_type, ++cells_, content_, leaf, pages_);
  if (reference) references_.emplace_back(leaf + content_ + reference, 0);
}

TableFiller::TableFiller(std::string path, uint32_t root)
    : path_(std::move(path)),
      file_(uninterrupted([&] { return ::open(path_.c_str(), O_RDWR | O_CLOEXEC); })),
      root_(root) {
  struct stat status {};
  if (!file_ || ::fstat(file_.get(), &status) != 0) fail();
  pages_ = static_cast<uint32_t>(static_cast<size_t>(status.st_size) / page_bytes);
}

void TableFiller::fail() const {
  throw system_error("cannot write the file", path_, "", std::strerror(errno));
}

void TableFiller::write_at(uint32_t page, size_t offset, std::string_view bytes) {
  if (!write_all_at(file_.get(), bytes, static_cast<off_t>((page - 1) * page_bytes + offset)))
    fail();
}

void TableFiller::append(RowPages rows) {
  if (rows.empty()) return;
  if (first_.empty() && children_.empty()) {
    first_ = std::move(rows);
    return;
  }
  if (!first_.empty()) write_pages(first_, 0);
  write_pages(rows, 0);
}

uint32_t TableFiller::new_page() {
  if (++pages_ == lock_page) ++pages_;
  return pages_;
}

/// Writes rows.pages_ from page `from` on to new pages; the page before, if there is one, is the
/// root.
void TableFiller::write_pages(RowPages& rows, size_t from) {
  std::vector<uint32_t> numbers(from, root_);
  for (size_t page = from; page < rows.pages_.size() / page_bytes; ++page)
    numbers.push_back(new_page());
  for (const auto& [at, page] : rows.references_)
    put(static_cast<int32_t>(numbers[page]), at, rows.pages_);
  for (const RowPages::Leaf& leaf : rows.leaves_)
    children_.emplace_back(numbers[leaf.page], leaf.last_id);
  const std::string_view pages(rows.pages_);
  for (size_t begin = 0; begin < numbers.size();) {
    size_t end = begin + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    write_at(numbers[begin], 0, pages.substr(begin * page_bytes, (end - begin) * page_bytes));
    begin = end;
  }
  rows = RowPages(0);
}

std::string TableFiller::inner_page(std::span<const Child> children) const {
  std::string page(page_bytes, '\0');
  size_t content = page_bytes;
  for (size_t i = 0; i + 1 < children.size(); ++i) {
    std::string cell;
    catalog::append(static_cast<int32_t>(children[i].first), cell);
    append_varint(static_cast<uint64_t>(children[i].second), cell);
    content -= cell.size();
    cell.copy(page.data() + content, cell.size());
    put(static_cast<int16_t>(content), inner_head + 2 * i, page);
  }
  put_head(inner_type, children.size() - 1, content, 0, page);
  put(static_cast<int32_t>(children.back().first), leaf_head, page);
  return page;
}

void TableFiller::finish() {
  if (!first_.empty() && first_.leaves_.size() == 1) {
    write_pages(first_, 1);  // its one leaf, which is its first page, is the root
  } else {
    if (!first_.empty()) write_pages(first_, 0);
    while (children_.size() > most_children) {
      // Evenly filled: an inner page has at least two children.
      const size_t count = (children_.size() + most_children - 1) / most_children;
      std::vector<Child> parents;
      for (size_t n = 0; n < count; ++n) {
        const size_t begin = children_.size() * n / count;
        const size_t end = children_.size() * (n + 1) / count;
        parents.emplace_back(new_page(), children_[end - 1].second);
        write_at(parents.back().first, 0,
                 inner_page(std::span<const Child>(children_).subspan(begin, end - begin)));
      }
      children_ = std::move(parents);
    }
    if (!children_.empty()) write_at(root_, 0, inner_page(children_));
  }
  std::string count;
  catalog::append(static_cast<int32_t>(pages_), count);
  write_at(1, page_count_in_file, count);
  ::sync_file_range(file_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);  // who waits for it waits less
  if (::close(file_.release()) != 0 && errno != EINTR) fail();
}

}  // namespace uhuru::catalog
