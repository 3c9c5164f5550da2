#include "uhuru/catalog/name_list.hpp"

#include <algorithm>

#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/sqlite.hpp"

namespace uhuru::catalog {
namespace {

/// Whether a byte belongs to a word: a letter, also beyond ASCII, or a digit.
bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

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
}

template <class Visit>
void NameList::search(std::string_view text, const Visit& visit) const {
  if (text.empty()) return;
  const std::string wanted = lower(text);
  const auto begins_word = [&](size_t at) {
    return at > 0 && (!is_of_word(names_[at]) || !is_of_word(names_[at - 1]));
  };
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
