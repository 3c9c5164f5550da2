// The API of the pages: sources, one source, counts, maps, searches, as JSON, VOTable or bytes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
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
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/query.hpp"
#include "uhuru/serve/recent.hpp"
#include "uhuru/serve/source_search.hpp"
#include "uhuru/serve/table_facts.hpp"
#include "uhuru/sky/moc.hpp"
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
  /// `known`: what tables say of their origin. Throws Error (input): see ColumnStore.
  CatalogApi(const catalog::DatabaseFile& file, const Threads& threads, int users,
             const CatalogOrigin& known = {});

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
  /// Whether the catalog has detections with all features of a recipe, which an explanation needs.
  bool has_features(const recipe::Recipe& recipe);
  /// Where a source stands among the selected ones, in the order of `sources`.
  ApiAnswer place(const Parameters& parameters);
  /// How a source's features compare with those of all sources, and of those of its class.
  ApiAnswer percentiles(const Parameters& parameters);
  /// The 68 % confidence limits of a feature, for all sources: lower and upper, 32-bit floats, NaN
  /// if unknown. Throws NotFound if the catalog holds no errors of the column.
  ApiAnswer limits(const Parameters& parameters);
  /// What each feature says of a source's classes, by a model of the method bayes.
  ApiAnswer explanation(const Parameters& parameters, const model::RecipeModel& model);
  ApiAnswer cone(const Parameters& parameters);
  ApiAnswer search(const Parameters& parameters);
  /// Whether a search is for a list, of which each target may take as long as another search.
  bool is_long_search(const Parameters& parameters);
  /// The part of the sky on which sources are, as a MOC in JSON.
  ApiAnswer moc(const Parameters& parameters);
  /// Whether a cone request may take more than a few hundredths of a second.
  bool is_long_cone(const Parameters& parameters);

  /// The same as a FITS file in `folder`. Returns its name.
  std::string write_moc(const Parameters& parameters, const io::TemporaryFolder& folder);
  /// What the run recorded (run.json without its digests); empty if the catalog does not say.
  std::string run_record();

  /// Writes all selected sources to a file in `folder`, for download. `check_wanted` is called
  /// between batches and may throw. Returns the name of the file: see file_stem.
  std::string write_sources(const Parameters& parameters, const io::TemporaryFolder& folder,
                            const std::function<void()>& check_wanted);

 private:
  struct Order {
    const catalog::StoredColumn* by;  // nullptr: the name
    bool descending;
  };
  Order order_of(Query& query) const;
  /// The rows of a table, their order and its columns.
  struct Listing {
    std::vector<size_t> places;
    Order order;
    catalog::SourceFilter filter;
  };
  /// `verbosity`: of the columns if the request names none.
  Listing listing_of(Query& query, int verbosity) const;
  sky::Moc moc_of(const Parameters& parameters);
  std::string counts_text(const Parameters& parameters);
  std::string histogram_text(const Parameters& parameters);
  /// The classes in the recipe's order, with the groups of their sources.
  nlohmann::ordered_json classes() const;
  /// The id of the source that parameters name. Throws NotFound.
  int64_t id_of(Query& query, catalog::SourceLookup& lookup) const;
  /// The columns with the errors of a feature, or its limits, that the catalog holds.
  std::vector<std::string> error_columns(const std::string& feature) const;
  /// The detections of a source, with what belongs to each of them.
  nlohmann::ordered_json detections_of(catalog::SourceLookup& lookup, int64_t id,
                                       const std::string& name) const;
  /// The sources nearest to another.
  nlohmann::ordered_json neighbours(catalog::SourceLookup& lookup, int64_t id,
                                    const sky::SkyPosition& center) const;
  /// Cached for the most recent filters.
  std::shared_ptr<const catalog::Selection> select(const catalog::SourceFilter& filter);

  /// Adds to a table of the columns at `places` where it comes from, and its system.
  void add_origin(const std::vector<size_t>& places, const Parameters& parameters,
                  std::optional<size_t> rows, Table& header) const;

  catalog::DatabaseFile file_;
  recipe::Recipe recipe_;  // without content if the catalog has none
  TableOrigin origin_;
  Threads threads_;
  catalog::ColumnStore store_;
  catalog::SkyMaps maps_;
  Pool<catalog::SourceLookup> lookups_;
  std::vector<catalog::CatalogColumn> columns_;  // of the sources
  std::vector<std::string> names_;               // of the columns: CatalogColumn::sql
  std::map<std::string, std::string> groups_;    // of the classes
  std::optional<SourceSearch> search_;

  Recent<catalog::SourceFilter, catalog::Selection> selections_{32};
  /// Cached answers of counts and histogram, by request_key.
  Recent<std::string, std::string> sums_{256};
  Recent<int, sky::Moc> mocs_{3};  // by order
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
