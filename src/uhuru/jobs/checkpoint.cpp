#include "uhuru/jobs/checkpoint.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/method/mixture/chunk_sums.hpp"
#include "uhuru/model/model_reader.hpp"

namespace fs = std::filesystem;

namespace uhuru::jobs {
namespace {

using Json = nlohmann::ordered_json;

/// The same for the same features and settings.
std::string identity(const method::RowBlocks& rows, const recipe::Recipe& recipe,
                     const Threads& threads) {
  const size_t features = rows.features();
  method::ChunkSums sums(rows, 2 * features);  // of the values, and how many are missing
  method::for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    method::BlockReader block(rows);
    for (size_t b = first; b < last; ++b) {
      const double* values = block(b);
      for (size_t f = 0; f < features; ++f)
        for (size_t r = 0; r < rows.valid(b); ++r) {
          const double value = values[f * method::block_rows + r];
          if (std::isnan(value))
            ++sums[chunk][features + f];
          else
            sums[chunk][f] += value;
        }
    }
  });
  std::vector<int> transforms;
  for (const recipe::Feature& feature : recipe.features)
    transforms.push_back(static_cast<int>(feature.transform));
  const method::MixtureSettings& mixture = recipe.mixture;
  return sha256_of_text(packed(uint64_t{rows.rows()}, sums.all(), recipe.feature_names(),
                               transforms, recipe.integrates(), mixture.seed, mixture.tolerance,
                               mixture.max_iterations, mixture.covariance_floor));
}

Json to_json(const method::MixtureFit& fit) {
  return {{"iterations", fit.iterations},
          {"converged", fit.converged},
          {"mean_log_likelihood", fit.mean_log_likelihood},
          {"mixture", model::to_json(fit.mixture)}};
}

method::MixtureFit read_fit(const model::ModelReader& reader, const Json& json, size_t features,
                            const std::string& path) {
  method::MixtureFit fit;
  const auto at = [&](const char* key) -> const Json& { return reader.at(json, key, path); };
  fit.iterations = static_cast<int>(reader.count(at("iterations"), path + ".iterations"));
  if (!at("converged").is_boolean()) reader.fail(path + ".converged", "true or false");
  fit.converged = at("converged").get<bool>();
  fit.mean_log_likelihood = reader.number(at("mean_log_likelihood"), path + ".mean_log_likelihood");
  fit.mixture = model::read_mixture(reader, at("mixture"), static_cast<Eigen::Index>(features),
                                    path + ".mixture");
  return fit;
}

}  // namespace

Checkpoint::Checkpoint(const CheckpointOptions& options, const method::RowBlocks& features,
                       const recipe::Recipe& recipe, const Threads& threads)
    : options_(options), features_(features.features()) {
  if (options.folder.empty()) return;
  of_ = identity(features, recipe, threads);
  std::error_code failed;
  fs::create_directories(options.folder, failed);
  if (!fs::is_directory(options.folder, failed))
    throw input_error("the folder of the checkpoint cannot be made", options.folder,
                      "a folder that can be written");
}

std::string Checkpoint::path(int components, int start) const {
  return (fs::path(options_.folder) / fmt::format("fit-{}-{}.json", components, start + 1))
      .string();
}

std::optional<method::MixtureFit> Checkpoint::read(int components, int start) {
  if (options_.folder.empty()) return {};
  const std::string name = path(components, start);
  std::error_code failed;
  if (!fs::exists(name, failed)) return {};
  constexpr size_t largest = size_t{1} << 30;
  const std::string text = io::read_text(*io::ByteSource::open(name), "checkpoint", largest);
  const Json root = Json::parse(text, nullptr, false);
  const model::ModelReader reader(name);
  if (!root.is_object()) reader.fail("the file", "the JSON that uhuru writes");
  if (reader.text(reader.at(root, "of", ""), "of") != of_)
    throw input_error("the checkpoint is of another fit", name,
                      "the same detections, recipe and options; or another folder");
  method::MixtureFit fit = read_fit(reader, reader.at(root, "fit", ""), features_, "fit");
  if (fit.mixture.components() != components)
    reader.fail("fit.mixture", fmt::format("{} components", components));
  paths_.insert(name);
  return fit;
}

void Checkpoint::write(int components, int start, const method::MixtureFit& fit, bool is_last) {
  if (options_.folder.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (!is_last && now - written_ < std::chrono::duration<double>(60 * options_.minutes)) return;
  const std::string name = path(components, start);
  io::write_text(name, Json{{"of", of_}, {"fit", to_json(fit)}}.dump(), io::Overwrite::yes);
  paths_.insert(name);
  written_ = std::chrono::steady_clock::now();
}

void Checkpoint::remove() {
  if (options_.folder.empty()) return;
  std::error_code ignored;
  for (const std::string& name : paths_) fs::remove(name, ignored);
  fs::remove(options_.folder, ignored);  // fails if something else is in it
}

}  // namespace uhuru::jobs
