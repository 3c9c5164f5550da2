// The error type of the library: what went wrong, where, what was expected, what was found.
#pragma once

#include <stdexcept>
#include <string>

#pragma GCC visibility push(default)
namespace uhuru {

/// Who caused an error: the user's data, the caller, a service elsewhere, or this program.
enum class ErrorKind { input, usage, service, bug };

/// What an error is about, as far as a caller may want to tell: a machine that failed (a full disk,
/// a file that cannot be read), not the input itself; a file that is not there, or that is.
enum class ErrorCause { other, system, absent_file, existing_file };

/// An error, described for the user.
///
/// `where` is a file, row, column or line; `expected` and `found` are short phrases. Each may be
/// empty. Row numbers count from 1, excluding the header. what() returns everything in one line.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string message, std::string where = {}, std::string expected = {},
        std::string found = {});

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& where() const { return where_; }
  const std::string& expected() const { return expected_; }
  const std::string& found() const { return found_; }
  ErrorCause cause() const { return cause_; }
  /// Whether the machine failed.
  bool is_of_system() const {
    return cause_ == ErrorCause::system || cause_ == ErrorCause::absent_file;
  }

  /// Returns the same error with `outer` prepended to its place, e.g. a file name to a row. Nothing
  /// is added twice.
  Error within(const std::string& outer) const;
  /// The same error with this cause.
  Error because(ErrorCause cause) const;

 private:
  ErrorKind kind_;
  std::string message_, where_, expected_, found_;
  ErrorCause cause_ = ErrorCause::other;
};

/// Shorthand for the most common kind: an invalid file or value of the user.
Error input_error(std::string message, std::string where = {}, std::string expected = {},
                  std::string found = {});

/// The machine failed: kind `input`, since a person can mend it.
Error system_error(std::string message, std::string where = {}, std::string expected = {},
                   std::string found = {});

}  // namespace uhuru
#pragma GCC visibility pop
