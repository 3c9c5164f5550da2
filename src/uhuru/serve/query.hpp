// The parameters of a request to the API.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "uhuru/catalog/selection.hpp"
#include "uhuru/httpd/message.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// Reads parameters by name and records which ones: any that is left over is an error, since a
/// misspelt condition would silently select everything. Throws Error (input), naming the parameter.
class Query {
 public:
  using Parameters = httpd::Request::Parameters;
  /// `parameters` must outlive this object.
  explicit Query(const Parameters& parameters) : parameters_(parameters) {}

  /// The value of a parameter; empty if it is not given. Throws if it is given twice.
  std::optional<std::string> text(const std::string& name);
  std::string text(const std::string& name, const std::string& otherwise);
  /// All values of a parameter that may be repeated, in order.
  std::vector<std::string> texts(const std::string& name);
  /// One of these words; the first if the parameter is not given.
  std::string word(const std::string& name, const std::vector<std::string>& words);
  int64_t whole(const std::string& name, int64_t otherwise, int64_t least, int64_t most);
  double number(const std::string& name, double least, double most);
  /// The conditions that all requests for several sources accept: class, group, standing,
  /// agreement, hard_class, label (repeated: any of these; empty: missing), name (a prefix), cone
  /// (RA,DEC,RADIUS in degrees), min.COLUMN and max.COLUMN, sky (FRAME,x,y,x,y,…) and plane
  /// (x,y,x,y,…) with plane.x, plane.y, plane.xscale and plane.yscale, where (an expression, see
  /// catalog::evaluate_where; repeated up to 50 times: all must hold; empty: none).
  catalog::SourceFilter filter();
  /// Throws if a parameter was given but not read.
  void end() const;

 private:
  const Parameters& parameters_;
  std::set<std::string> known_;
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
