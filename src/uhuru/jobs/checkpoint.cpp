#include "uhuru/jobs/checkpoint.hpp"

#include <fmt/format.h>

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

std::string path_in(const std::string& folder) { return (fs::path(folder) / "fit.json").string(); }

/// The same for the same rows and settings.
std::string identity(const method::RowBlocks& rows, const recipe::Recipe& recipe,
                     const Threads& threads) {
  method::ChunkSums sums(rows, rows.features());
  method::for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    method::BlockReader block(rows);
    for (size_t b = first; b < last; ++b) {
      const double* values = block(b);
      for (size_t f = 0; f < rows.features(); ++f)
        for (size_t r = 0; r < rows.valid(b); ++r)
          sums[chunk][f] += values[f * method::block_rows + r];
    }
  });
  const method::MixtureSettings& mixture = recipe.mixture;
  return sha256_of_text(packed(uint64_t{rows.rows()}, sums.all(), recipe.feature_names(),
                               mixture.components, mixture.seed, mixture.tolerance,
                               mixture.max_iterations, mixture.covariance_floor, mixture.starts));
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

Checkpoint::Checkpoint(const CheckpointOptions& options, const method::RowBlocks& rows,
                       const recipe::Recipe& recipe, const Threads& threads)
    : options_(options) {
  if (options.folder.empty()) return;
  of_ = identity(rows, recipe, threads);
  path_ = path_in(options.folder);
  writes_ = rows.ranks().is_first();
  std::string json;
  std::error_code failed;
  if (writes_) {
    fs::create_directories(options.folder, failed);
    if (!fs::is_directory(options.folder, failed))
      throw input_error("the folder of the checkpoint cannot be made", options.folder,
                        "a folder that can be written");
    constexpr size_t largest = size_t{1} << 30;
    if (fs::exists(path_, failed))
      json = io::read_text(*io::ByteSource::open(path_), "checkpoint", largest);
  }
  for (const std::string& bytes : rows.ranks().all_gather(json))
    if (!bytes.empty()) read(bytes);
}

void Checkpoint::read(const std::string& json) {
  const Json root = Json::parse(json, nullptr, false);
  const model::ModelReader reader(path_);
  if (!root.is_object()) reader.fail("the file", "the JSON that uhuru writes");
  if (reader.text(reader.at(root, "of", ""), "of") != of_)
    throw input_error("the checkpoint is of another fit", path_,
                      "the same detections, recipe and options; or another folder");
  const auto features = reader.count(reader.at(root, "features", ""), "features");
  method::FitState state;
  state.start = static_cast<int>(reader.count(reader.at(root, "start", ""), "start"));
  state.current = read_fit(reader, reader.at(root, "current", ""), features, "current");
  if (root.contains("best")) state.best = read_fit(reader, root["best"], features, "best");
  from_ = std::move(state);
}

void Checkpoint::write(const method::FitState& state) {
  const auto now = std::chrono::steady_clock::now();
  if (now - written_ < std::chrono::duration<double>(60 * options_.minutes)) return;
  Json json = {{"of", of_},
               {"features", state.current.mixture.dimensions()},
               {"start", state.start},
               {"current", to_json(state.current)}};
  if (state.best) json["best"] = to_json(*state.best);
  io::OutputFile file(path_, io::Overwrite::yes);
  file.write(json.dump());
  file.commit();
  written_ = std::chrono::steady_clock::now();
}

method::KeptStates Checkpoint::states() {
  method::KeptStates states{from_, {}};
  if (writes_) states.keep = [this](const method::FitState& state) { write(state); };
  return states;
}

void remove_checkpoint(const CheckpointOptions& options) {
  if (options.folder.empty()) return;
  std::error_code ignored;
  fs::remove(path_in(options.folder), ignored);
  fs::remove(options.folder, ignored);  // if nothing else is in it
}

}  // namespace uhuru::jobs
