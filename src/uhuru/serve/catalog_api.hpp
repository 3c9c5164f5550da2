// The API of the pages: sources, one source, counts, maps, searches, as JSON, VOTable or bytes.
#pragma once

#include <functional>
#include <map>
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
#include "uhuru/model/model.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/query.hpp"
#include "uhuru/serve/recent.hpp"
#include "uhuru/vo/links.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

constexpr const char* json_type = "application/json";
constexpr const char* binary_type = "application/octet-stream";

/// The answer to an API request, without a status: errors are thrown.
struct ApiAnswer {
  std::string type;
  std::string text;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// The requested item does not exist: 404 over HTTP, where other errors in a request are 400.
class NotFound : public Error {
 public:
  using Error::Error;
};

/// Answers requests about a catalog. Throws Error (input) if the request is invalid, or with "the
/// catalog is damaged". Thread-safe.
class CatalogApi {
 public:
  /// Reads the columns of all sources. `users`: the number of threads that use it at the same time.
  /// Throws Error (input): see ColumnStore.
  CatalogApi(const catalog::DatabaseFile& file, vo::Services services, const Threads& threads,
             int users);

  const catalog::ColumnStore& store() const { return store_; }
  /// Describes the catalog, its columns, classes and groups, as an object that callers may extend.
  nlohmann::ordered_json description();

  using Parameters = Query::Parameters;
  ApiAnswer map(const Parameters& parameters);
  ApiAnswer values(const Parameters& parameters);
  ApiAnswer selection(const Parameters& parameters);
  ApiAnswer counts(const Parameters& parameters);
  ApiAnswer histogram(const Parameters& parameters);
  ApiAnswer sources(const Parameters& parameters);
  ApiAnswer source(const Parameters& parameters);
  /// What each feature says of a source's classes, by a model of the method bayes.
  ApiAnswer explanation(const Parameters& parameters, const model::RecipeModel& model);
  ApiAnswer cone(const Parameters& parameters);
  ApiAnswer search(const Parameters& parameters);
  /// Whether a cone request may take more than a few hundredths of a second.
  bool is_long_cone(const Parameters& parameters);

  /// Writes all selected sources to a file in `folder`, for download. `check_wanted` is called
  /// between batches and may throw. Returns the name of the file, such as "sources.vot".
  std::string write_sources(const Parameters& parameters, const io::TemporaryFolder& folder,
                            const std::function<void()>& check_wanted);

 private:
  /// The rows of a table, their order and its columns.
  struct Listing {
    std::vector<size_t> places;
    const catalog::StoredColumn* by;  // nullptr: the name
    bool descending;
    catalog::SourceFilter filter;
  };
  /// `verbosity`: of the columns if the request names none.
  Listing listing_of(Query& query, int verbosity) const;
  std::string counts_text(const Parameters& parameters);
  std::string histogram_text(const Parameters& parameters);
  /// The classes in the recipe's order, with the groups of their sources.
  nlohmann::ordered_json classes() const;
  /// The id of the source that parameters name. Throws NotFound.
  int64_t id_of(Query& query, catalog::SourceLookup& lookup) const;
  /// The sources nearest to another.
  nlohmann::ordered_json neighbours(catalog::SourceLookup& lookup, int64_t id,
                                    const sky::SkyPosition& center) const;
  /// Cached for the most recent filters.
  std::shared_ptr<const catalog::Selection> select(const catalog::SourceFilter& filter);

  catalog::DatabaseFile file_;
  vo::Services services_;
  Threads threads_;
  catalog::ColumnStore store_;
  catalog::SkyMaps maps_;
  Pool<catalog::SourceLookup> lookups_;
  std::vector<catalog::CatalogColumn> columns_;  // of the sources
  std::vector<std::string> names_;               // of the columns: CatalogColumn::sql
  std::map<std::string, std::string> groups_;    // of the classes

  Recent<catalog::SourceFilter, catalog::Selection> selections_{32};
  /// Cached answers of counts and histogram.
  Recent<std::pair<std::string, Parameters>, std::string> sums_{256};
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
