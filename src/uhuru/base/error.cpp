#include "uhuru/base/error.hpp"

namespace uhuru {
namespace {

std::string one_line(const std::string& message, const std::string& where,
                     const std::string& expected, const std::string& found) {
  std::string line = where.empty() ? message : where + ": " + message;
  if (!expected.empty()) line += "; expected " + expected;
  if (!found.empty()) line += "; found " + found;
  return line;
}

}  // namespace

Error::Error(ErrorKind kind, std::string message, std::string where, std::string expected,
             std::string found)
    : std::runtime_error(one_line(message, where, expected, found)),
      kind_(kind),
      message_(std::move(message)),
      where_(std::move(where)),
      expected_(std::move(expected)),
      found_(std::move(found)) {}

Error Error::within(const std::string& outer) const {
  if (outer.empty() || where_.starts_with(outer)) return *this;
  Error error(kind_, message_, where_.empty() ? outer : outer + ", " + where_, expected_, found_);
  error.cause_ = cause_;
  return error;
}

Error Error::because(ErrorCause cause) const {
  Error error = *this;
  error.cause_ = cause;
  return error;
}

Error input_error(std::string message, std::string where, std::string expected, std::string found) {
  return Error(ErrorKind::input, std::move(message), std::move(where), std::move(expected),
               std::move(found));
}

Error system_error(std::string message, std::string where, std::string expected,
                   std::string found) {
  return input_error(std::move(message), std::move(where), std::move(expected), std::move(found))
      .because(ErrorCause::system);
}

}  // namespace uhuru
