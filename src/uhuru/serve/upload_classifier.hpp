// Classifies uploaded tables.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/serve/catalog_api.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

struct UploadLimits {
  size_t bytes = size_t{64} << 20;
  size_t unpacked_bytes = size_t{256} << 20;  // of a table compressed with gzip
  uint64_t rows = 500'000;
  std::chrono::seconds time{60};
};

/// Classifies tables with the model that a request chooses. Keeps nothing of a table. Throws Error
/// (input) if the request is invalid. Thread-safe, except add().
class UploadClassifier {
 public:
  UploadClassifier(UploadLimits limits, Threads threads)
      : limits_(limits), threads_(std::move(threads)) {}

  /// Adds a model, which must have classes. `id` names it in requests, `title` on pages.
  void add(std::string id, std::string title, model::RecipeModel model);
  bool empty() const { return models_.empty(); }
  /// nullptr if there is none. Valid until the next add().
  const model::RecipeModel* find(const std::string& id) const;
  const UploadLimits& limits() const { return limits_; }
  /// The models with their recipe, classes and the columns that they use; the first is the default.
  nlohmann::ordered_json models() const;

  /// Classifies a table. `stop` returns whether to give up, which is an error. Returns the first
  /// rows with their classes, and counts of all rows; the same of its sources if it names them.
  ApiAnswer classify(const Query::Parameters& parameters, io::TableReader& table,
                     const std::function<bool()>& stop) const;
  /// Writes all rows with their classes, or all sources, to a file in `folder`. Returns its name:
  /// "classes.csv", "sources.csv".
  std::string write(const Query::Parameters& parameters, io::TableReader& table,
                    const io::TemporaryFolder& folder, const std::function<bool()>& stop) const;

 private:
  struct Choice {
    std::string id, title;
    model::RecipeModel model;
  };
  const Choice& chosen(Query& query) const;

  UploadLimits limits_;
  Threads threads_;
  std::vector<Choice> models_;
};

/// Whether a request asks for a file of classes rather than JSON.
bool asks_for_file(const Query::Parameters& parameters);

}  // namespace uhuru::serve
#pragma GCC visibility pop
