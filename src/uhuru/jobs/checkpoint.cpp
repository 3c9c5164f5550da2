#include "uhuru/jobs/checkpoint.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/model/model_reader.hpp"

namespace fs = std::filesystem;

namespace uhuru::jobs {
namespace {

using Json = nlohmann::ordered_json;

/// The same for the same features, settings and version of the program.
std::string identity(const method::RowBlocks& rows, const recipe::Recipe& recipe,
                     const Threads& threads) {
  using Digest = std::array<char, 64>;
  std::vector<Digest> digests(rows.own_chunks().size());
  method::for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    method::BlockReader block(rows);
    std::string of_blocks;
    for (size_t b = first; b < last; ++b) {
      const double* values = block(b);
      std::vector<double> of_rows;
      for (size_t f = 0; f < rows.features(); ++f)
        for (size_t r = 0; r < rows.valid(b); ++r) {
          const double value = values[f * method::block_rows + r];
          of_rows.push_back(std::isnan(value) ? std::nan("") : value);  // one of many bit patterns
        }
      of_blocks += sha256_of_text(bytes_of(std::span<const double>(of_rows)));
    }
    const std::string digest = sha256_of_text(of_blocks);
    std::copy(digest.begin(), digest.end(), digests[chunk - rows.own_chunks().begin].begin());
  });
  const auto all = rows.ranks().all_values(std::span<const Digest>(digests));
  const std::string of_values = sha256_of_text(bytes_of(std::span<const Digest>(all)));
  std::vector<int> transforms;
  for (const recipe::Feature& feature : recipe.features)
    transforms.push_back(static_cast<int>(feature.transform));
  const method::MixtureSettings& mixture = recipe.mixture;
  return sha256_of_text(packed(std::string(UHURU_VERSION), uint64_t{rows.rows()}, of_values,
                               recipe.feature_names(), transforms, recipe.integrates(),
                               mixture.seed, mixture.tolerance, mixture.max_iterations,
                               mixture.covariance_floor));
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
  fit.iterations = static_cast<int>(reader.number(at("iterations"), 0, 1e9, path + ".iterations"));
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
  if (::access(options.folder.c_str(), W_OK | X_OK) != 0)
    throw system_error("the checkpoint cannot be written", options.folder,
                       "a folder that can be written", std::strerror(errno));
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
  const Json root = parse_json<Json>(text);
  const model::ModelReader reader(name, "checkpoint");
  if (!root.is_object()) reader.fail("", "the JSON that uhuru writes");
  if (reader.text(reader.at(root, "of", ""), "of") != of_)
    throw input_error(
        "the checkpoint is of another fit", name,
        "the same detections, recipe, options and version of uhuru; or another folder");
  method::MixtureFit fit = read_fit(reader, reader.at(root, "fit", ""), features_, "fit");
  if (fit.mixture.components() != components)
    reader.fail("fit.mixture", fmt::format("{} components", components));
  paths_.insert(name);
  if (!std::exchange(has_read_, true))
    options_.note("going on from the fits in " + options_.folder);
  return fit;
}

void Checkpoint::write(int components, int start, const method::MixtureFit& fit, bool is_last) {
  if (options_.folder.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (!is_last && now - written_ < std::chrono::duration<double>(60 * options_.minutes)) return;
  const std::string name = path(components, start);
  try {
    io::write_text(name, Json{{"of", of_}, {"fit", to_json(fit)}}.dump(), io::Overwrite::yes);
    paths_.insert(name);
  } catch (const Error& error) {
    if (!std::exchange(has_failed_, true))
      options_.note(std::string("the fit goes on, but is not kept: ") + error.what());
  }
  written_ = std::chrono::steady_clock::now();
}

void Checkpoint::remove() {
  if (options_.folder.empty()) return;
  std::error_code ignored;
  for (const std::string& name : paths_) fs::remove(name, ignored);
  fs::remove(options_.folder, ignored);  // fails if something else is in it
}

}  // namespace uhuru::jobs
