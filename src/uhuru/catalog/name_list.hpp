// The names of all sources in memory, to find a part of a name.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/catalog/database_file.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// The names of a catalog's sources, without regard to the case of ASCII letters. A million take
/// about 60 MB. That a text of 8 characters or more is in none of them is mostly known at once (a
/// Bloom filter), of a shorter one in 10 to 50 ms. Thread-safe.
class NameList {
 public:
  /// Throws Error (input): see Catalog.
  explicit NameList(const DatabaseFile& file);

  /// The ids of names that have `text` where a word begins, but not at their beginning (see
  /// SourceLookup::with_prefix), in order of name; at most `most`. A word begins at a letter or
  /// digit after anything else, and at any other character: "J0043", "-0923" and "0923" are found
  /// in "CAT J0043-0923", "O J" is not. None for an empty text.
  std::vector<int64_t> with_word(std::string_view text, size_t most) const;
  /// The same for names that end with `text`.
  std::vector<int64_t> ending_with(std::string_view text, size_t most) const;

 private:
  /// Calls `visit(id, is_end)` for each such name until it returns false.
  template <class Visit>
  void search(std::string_view text, const Visit& visit) const;
  bool begins_word(size_t at) const;
  static std::array<uint64_t, 2> hashes(std::string_view text);
  void note_beginnings();
  bool may_begin_word(std::string_view text) const;

  std::string names_;           // in lower case, one after another
  std::vector<size_t> begins_;  // of each name, and the end of the last
  std::vector<int64_t> ids_;
  std::vector<uint64_t> beginnings_;  // bits: which 8 characters a word may begin with
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
