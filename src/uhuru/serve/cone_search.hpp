// Answers to Simple Cone Search queries.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "uhuru/catalog/catalog.hpp"
#include "uhuru/httpd/message.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::serve {

/// The maximum number of rows in an answer, which reports an overflow if there are more.
constexpr size_t max_cone_rows = 20000;
/// Cones that may contain more sources than this are answered by slow threads.
constexpr size_t max_quick_rows = 2000;

/// The parameters of a cone search.
struct ConeRequest {
  sky::SkyPosition center;
  double radius_deg = 0;
  int verbosity = 2;
  size_t most = max_cone_rows;
  io::Format format = io::Format::votable;
};

/// Reads the parameters of a query: RA, DEC, SR (decimal degrees), VERB (1…3), MAXREC and
/// RESPONSEFORMAT (votable, fits, csv, tsv or their media types). Names are case-insensitive; other
/// parameters are ignored. Throws Error (input) if RA, DEC or SR is missing, or if a parameter is
/// given twice with different values, is not a number or is out of range. Source: Simple Cone
/// Search 1.03, sec. 2.1; DALI 1.1, sec. 3.4.
ConeRequest parse_cone_request(const httpd::Request::Parameters& parameters);

/// Answers cone searches in a catalog. Not thread-safe.
class ConeSearch {
 public:
  /// Throws Error (input): see Catalog.
  explicit ConeSearch(const catalog::DatabaseFile& file);

  /// The answer to a query: the sources in the cone, nearest first, or, if the query is invalid, a
  /// VOTable whose INFO gives the reason. Throws Error (input) if the catalog is damaged or the
  /// disk is full, and Unwanted. Source: Simple Cone Search 1.03, sec. 2.2 and 2.3; UCDs other than
  /// its three are UCD1+.
  httpd::Answer answer(const httpd::Request& request);
  /// Whether answering may take more than a few hundredths of a second.
  bool is_long(const httpd::Request& request);

  const catalog::Catalog& catalog() const { return catalog_; }

 private:
  /// The columns for one verbosity.
  struct View {
    catalog::CatalogRows rows;
    Table batch;       // with the separation
    std::string head;  // of the answer, up to the rows

    void append(const catalog::ConeMatch& match, Table& table) {
      rows.append(match.id, table);
      table.columns.back().append(match.separation_arcsec);
    }
  };
  View make_view(int verbosity) const;
  httpd::Answer votable_answer(View& view, const std::vector<catalog::ConeMatch>& matches,
                               bool overflow, const httpd::Request& request);

  catalog::Catalog catalog_;
  std::vector<View> views_;  // of VERB 1, 2, 3
};

}  // namespace uhuru::serve
