// What the pages ask: sources, one source, counts, maps, searches, as JSON, VOTable or bytes.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/catalog/selection.hpp"
#include "uhuru/catalog/sky_map.hpp"
#include "uhuru/catalog/source_lookup.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/query.hpp"
#include "uhuru/serve/recent.hpp"
#include "uhuru/vo/links.hpp"

namespace uhuru {

constexpr const char* json_type = "application/json";
constexpr const char* binary_type = "application/octet-stream";

/// The answer to a request of the API, but for its status: errors are thrown.
struct ApiAnswer {
  std::string type;
  std::string text;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// What is asked for is not there: 404 over HTTP, where other errors of a request are 400.
class NotFound : public Error {
 public:
  using Error::Error;
};

/// Answers requests about a catalog. All errors (input) are the request's, but "the catalog is
/// damaged". Thread-safe.
class CatalogApi {
 public:
  /// Reads all sources' columns. Throws Error (input): see ColumnStore.
  /// `users`: how many threads use it at the same time.
  CatalogApi(const DatabaseFile& file, Services services, const Threads& threads, int users);

  const ColumnStore& store() const { return store_; }
  /// What the catalog is: its columns, classes and groups, as an object to add to.
  nlohmann::ordered_json description();

  using Parameters = Query::Parameters;
  ApiAnswer map(const Parameters& parameters);
  ApiAnswer values(const Parameters& parameters);
  ApiAnswer selection(const Parameters& parameters);
  ApiAnswer counts(const Parameters& parameters);
  ApiAnswer histogram(const Parameters& parameters);
  ApiAnswer sources(const Parameters& parameters);
  ApiAnswer source(const Parameters& parameters);
  ApiAnswer cone(const Parameters& parameters);
  ApiAnswer search(const Parameters& parameters);
  /// Whether a request for a cone may take more than some hundredths of a second.
  bool is_long_cone(const Parameters& parameters);

  /// All selected sources as a file in `folder`: a download. Its name, "sources.vot".
  /// `check_wanted` is called between batches and may throw.
  std::string write_sources(const Parameters& parameters, const TemporaryFolder& folder,
                            const std::function<void()>& check_wanted);

 private:
  /// Which rows, in which order, with which columns.
  struct Listing {
    std::vector<size_t> places;
    const StoredColumn* by;  // nullptr: the name
    bool descending;
    SourceFilter filter;
  };
  /// `verbosity`: of the columns where the request names none.
  Listing listing_of(Query& query, int verbosity) const;
  std::string counts_text(const Parameters& parameters);
  std::string histogram_text(const Parameters& parameters);
  /// Classes in the recipe's order with the groups of their sources.
  nlohmann::ordered_json classes() const;
  /// The nearest sources around another.
  nlohmann::ordered_json neighbours(SourceLookup& lookup, int64_t id,
                                    const SkyPosition& center) const;
  /// Kept for the filters that were asked for last.
  std::shared_ptr<const Selection> select(const SourceFilter& filter);

  DatabaseFile file_;
  Services services_;
  Threads threads_;
  ColumnStore store_;
  SkyMaps maps_;
  Pool<SourceLookup> lookups_;
  std::vector<CatalogColumn> columns_;  // of the sources
  std::vector<std::string> names_;      // of the columns: CatalogColumn::sql

  Recent<SourceFilter, Selection> selections_{32};
  /// Answers of counts and histogram.
  Recent<std::pair<std::string, Parameters>, std::string> sums_{256};
};

}  // namespace uhuru
