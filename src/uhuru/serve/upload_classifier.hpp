// Classifies tables that are sent to the server.
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

namespace uhuru {

struct UploadLimits {
  size_t bytes = size_t{64} << 20;
  size_t unpacked_bytes = size_t{256} << 20;  // of what is packed with gzip
  uint64_t rows = 500'000;
  std::chrono::seconds time{60};
};

/// Classifies tables with models that a request can choose from. Nothing of a table is kept. All
/// errors (input) are the request's. Thread-safe, but for add().
class UploadClassifier {
 public:
  UploadClassifier(UploadLimits limits, Threads threads)
      : limits_(limits), threads_(std::move(threads)) {}

  /// `id` is what requests call it, `title` what people read. The model must have classes.
  void add(std::string id, std::string title, Model model);
  bool empty() const { return models_.empty(); }
  const UploadLimits& limits() const { return limits_; }
  /// The models with their classes and what they need to know of a detection; the first is that of
  /// a request that names none.
  nlohmann::ordered_json models() const;

  /// The first rows with their classes, and what became of all.
  /// `stop` says whether to give up, which is an error.
  ApiAnswer classify(const Query::Parameters& parameters, TableReader& table,
                     const std::function<bool()>& stop) const;
  /// All rows with their classes as a file in `folder`: its name, "classes.csv".
  std::string write(const Query::Parameters& parameters, TableReader& table,
                    const TemporaryFolder& folder, const std::function<bool()>& stop) const;

 private:
  struct Choice {
    std::string id, title;
    Model model;
  };
  const Choice& chosen(Query& query) const;

  UploadLimits limits_;
  Threads threads_;
  std::vector<Choice> models_;
};

/// Whether a request asks for a file of classes rather than for JSON.
bool asks_for_file(const Query::Parameters& parameters);

}  // namespace uhuru
