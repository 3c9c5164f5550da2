// Answers of a Simple Cone Search.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/catalog/catalog.hpp"

namespace uhuru {

/// The most rows of an answer; more are an overflow, which the answer says.
constexpr size_t max_cone_rows = 20000;

/// What a cone search asks for.
struct ConeRequest {
  SkyPosition center;
  double radius_deg = 0;
  int verbosity = 2;
  size_t most = max_cone_rows;
};

/// Reads the parameters of a query: RA, DEC, SR (degrees, decimal), VERB (1…3), MAXREC, in any
/// case; others are passed over. Throws Error (input) where one of the first three is missing, one
/// is given twice with different values, is no number or out of range. Source: Simple Cone
/// Search 1.03, sec. 2.1; MAXREC as in later protocols.
ConeRequest parse_cone_request(const std::multimap<std::string, std::string>& parameters);

/// Answers cone searches over a catalog. Used by one thread at a time.
class ConeSearch {
 public:
  /// Throws Error (input): see Catalog.
  explicit ConeSearch(const DatabaseFile& file);

  /// The answer to a query, a VOTable: the sources in the cone, nearest first, or, where the query
  /// is wrong, an INFO that says how. Throws Error (input) where the catalog is damaged. Source:
  /// Simple Cone Search 1.03, sec. 2.2 and 2.3; UCDs other than its three are UCD1+.
  std::string answer(const std::multimap<std::string, std::string>& parameters);

  const Catalog& catalog() const { return catalog_; }

 private:
  /// The columns of a verbosity.
  struct View {
    SourceRows rows;
    Table batch;       // and the separation
    std::string head;  // of the answer, up to the rows
  };
  View make_view(int verbosity) const;

  Catalog catalog_;
  std::vector<View> views_;  // of VERB 1, 2, 3
};

}  // namespace uhuru
