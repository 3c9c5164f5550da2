#include "uhuru/catalog/name_list.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/sqlite.hpp"

namespace uhuru::catalog {
namespace {

/// Whether a byte belongs to a word: a letter, also beyond ASCII, or a digit.
bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

constexpr size_t beginning = 8;  // characters

}  // namespace

bool NameList::begins_word(size_t at) const {
  return at > 0 && (!is_of_word(names_[at]) || !is_of_word(names_[at - 1]));
}

std::array<uint64_t, 2> NameList::hashes(std::string_view text) {
  uint64_t bytes = 0;
  std::memcpy(&bytes, text.data(), beginning);
  const uint64_t one = bytes * 0x9e3779b97f4a7c15;
  const uint64_t other = (bytes ^ (bytes >> 29)) * 0xbf58476d1ce4e5b9;
  return {one ^ (one >> 32), other ^ (other >> 32)};
}

void NameList::note_beginnings() {
  const auto visit = [&](const auto& visit_word) {
    for (size_t name = 0; name + 1 < begins_.size(); ++name)
      for (size_t at = begins_[name] + 1; at + beginning <= begins_[name + 1]; ++at)
        if (begins_word(at)) visit_word(std::string_view(names_).substr(at, beginning));
  };
  size_t words = 0;
  visit([&](std::string_view) { ++words; });
  beginnings_.resize(std::bit_ceil(words / 4 + 1));  // 16 bits or more for each
  const uint64_t last = beginnings_.size() * 64 - 1;
  visit([&](std::string_view word) {
    for (const uint64_t hash : hashes(word))
      beginnings_[(hash & last) / 64] |= uint64_t{1} << (hash % 64);
  });
}

bool NameList::may_begin_word(std::string_view text) const {
  if (text.size() < beginning) return true;
  const uint64_t last = beginnings_.size() * 64 - 1;
  const auto found = hashes(text);
  return std::all_of(found.begin(), found.end(), [&](uint64_t hash) {
    return (beginnings_[(hash & last) / 64] >> (hash % 64) & 1) != 0;
  });
}

NameList::NameList(const DatabaseFile& file) {
  const Catalog catalog(file);
  // The index of names has both columns: the wide rows of the table are not read.
  Statement rows(catalog.file(), "SELECT id, name FROM sources ORDER BY name COLLATE NOCASE, id");
  while (rows.step()) {
    ids_.push_back(rows.whole(0));
    begins_.push_back(names_.size());
    names_ += lower(rows.text(1));
  }
  begins_.push_back(names_.size());
  names_.shrink_to_fit();
  note_beginnings();
}

template <class Visit>
void NameList::search(std::string_view text, const Visit& visit) const {
  if (text.empty()) return;
  const std::string wanted = lower(text);
  if (!may_begin_word(wanted)) return;
  for (size_t at = names_.find(wanted); at != std::string::npos;) {
    if (!begins_word(at)) {  // first, since it is quick
      at = names_.find(wanted, at + 1);
      continue;
    }
    const auto after = std::upper_bound(begins_.begin(), begins_.end(), at);
    const size_t begin = *(after - 1);
    const size_t next = *after;
    const bool is_inside = at + wanted.size() <= next;
    if (at == begin || !is_inside) {
      at = names_.find(wanted, at + 1);
      continue;
    }
    const size_t last = next - wanted.size();
    const bool is_end = names_.compare(last, wanted.size(), wanted) == 0 && begins_word(last);
    const auto place = static_cast<size_t>(after - begins_.begin()) - 1;
    if (!visit(ids_[place], is_end)) return;
    at = names_.find(wanted, next);
  }
}

std::vector<int64_t> NameList::with_word(std::string_view text, size_t most) const {
  std::vector<int64_t> found;
  search(text, [&](int64_t id, bool) {
    if (found.size() < most) found.push_back(id);
    return found.size() < most;
  });
  return found;
}

std::vector<int64_t> NameList::ending_with(std::string_view text, size_t most) const {
  std::vector<int64_t> found;
  search(text, [&](int64_t id, bool is_end) {
    if (is_end && found.size() < most) found.push_back(id);
    return found.size() < most;
  });
  return found;
}

}  // namespace uhuru::catalog
