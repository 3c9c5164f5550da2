// The header of one unit of a FITS file: its keywords, and where its data lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "uhuru/base/descriptor.hpp"

namespace uhuru::io {

/// The bytes of a file at any place. Thread-safe.
class FitsFile {
 public:
  /// Throws Error (input) if the file cannot be opened.
  explicit FitsFile(const std::string& path);
  uint64_t size() const { return size_; }
  /// Reads `size` bytes at `offset`. Throws Error (input) if the file ends before.
  void read(uint64_t offset, char* buffer, size_t size) const;

 private:
  Descriptor file_;
  uint64_t size_ = 0;
};

/// A keyword with its value.
struct FitsKeyword {
  enum class Kind { text, logical, number, other };  // other: complex, undefined, malformed
  std::string name, value, comment;
  Kind kind = Kind::other;
};

/// The keywords of one unit. Values are checked when they are asked for.
class FitsHeader {
 public:
  static constexpr size_t block = 2880;
  static constexpr size_t card = 80;

  /// Reads the header at `offset`. Throws Error (input) if the file ends before the header does, or
  /// the size of the data is not valid.
  FitsHeader(const FitsFile& file, uint64_t offset);

  const std::vector<FitsKeyword>& keywords() const { return keywords_; }
  /// The first keyword of this name that has a value, or nullptr.
  const FitsKeyword* find(const std::string& name) const;

  /// The value of a keyword; empty if it is absent. Throw Error (input), which names the keyword,
  /// if the value is of another kind or beyond 64 bits.
  std::optional<std::string> text(const std::string& name) const;
  std::optional<int64_t> whole(const std::string& name) const;
  std::optional<double> real(const std::string& name) const;
  bool is_true(const std::string& name) const;

  uint64_t data_begin() const { return data_begin_; }
  /// The size of the data without padding, and the offset of the next unit.
  uint64_t data_size() const { return data_size_; }
  uint64_t next() const;

 private:
  void read_cards(const FitsFile& file, uint64_t offset);
  void add_card(std::string_view card);
  void measure_data();

  std::vector<FitsKeyword> keywords_;
  std::unordered_map<std::string, size_t> index_;
  uint64_t data_begin_ = 0, data_size_ = 0;
};

/// The value of a keyword as UTF-8, up to the first NUL, without blanks around it.
std::string fits_string(std::string_view value);

/// A number with the exponent E instead of Fortran's D.
std::string with_exponent_e(std::string number);

/// Whether the keyword describes the layout of the table or one of its columns, or checks its
/// bytes: not a fact to be carried to another file.
bool is_fits_structure(const std::string& name);

/// The cards of a keyword: one, or for a long text several (CONTINUE). Empty if it cannot be
/// written, because a name that needs HIERARCH leaves no room. All texts are printable ASCII.
std::string fits_cards(const FitsKeyword& keyword);
/// A text of printable ASCII as cards HISTORY.
std::string fits_history(const std::string& text);

}  // namespace uhuru::io
