// Prints results of the library that no command shows as JSON, for the tests against peers:
//   uhuru_metrics_probe evaluate PREDICTIONS.csv REPLICATES   columns truth, predicted, source,
//       optionally weight, repeat, p0, p1, …, prior0, prior1, …
//   uhuru_metrics_probe folds ROWS.csv FOLDS SEED             columns class, group
//   uhuru_metrics_probe pixels POSITIONS.csv ORDER            columns ra, dec
//   uhuru_metrics_probe positions TEXTS.csv                   column text; each a pair, or null
//   uhuru_metrics_probe sexagesimal POSITIONS.csv             columns ra, dec
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

#include "uhuru/base/error.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/sky/healpix.hpp"
#include "uhuru/sky/position_text.hpp"
#include "uhuru/study/evaluation.hpp"
#include "uhuru/study/splits.hpp"

namespace {

using namespace uhuru;

template <class T>
std::vector<T> whole_numbers(const Column& column) {
  std::vector<T> result;
  for (const double value : numbers(column)) result.push_back(static_cast<T>(value));
  return result;
}

/// The columns prefix0, prefix1, … as a matrix.
Matrix matrix(const Table& table, const std::string& prefix) {
  Matrix result;
  for (Eigen::Index c = 0;; ++c) {
    const Column* column = table.find(prefix + std::to_string(c));
    if (!column) return result;
    const auto values = numbers(*column);
    result.conservativeResize(static_cast<Eigen::Index>(values.size()), c + 1);
    result.col(c) = Eigen::Map<const Vector>(values.data(), result.rows());
  }
}

nlohmann::ordered_json evaluate_file(const std::string& path, const std::string& replicates) {
  const Table table = io::read_table(path);
  study::Predictions all;
  all.truth = whole_numbers<int>(table.at("truth"));
  all.predicted = whole_numbers<int>(table.at("predicted"));
  all.sources = whole_numbers<size_t>(table.at("source"));
  all.probabilities = matrix(table, "p");
  all.priors = matrix(table, "prior");
  if (const Column* weight = table.find("weight")) all.weights = numbers(*weight);
  int labels = static_cast<int>(all.probabilities.cols());
  for (const int c : all.truth) labels = std::max(labels, c + 1);
  for (const int c : all.predicted) labels = std::max(labels, c + 1);
  for (int c = 0; c < labels; ++c) all.labels.push_back(std::to_string(c));
  std::vector<std::vector<size_t>> rows(1);
  const Column* repeat = table.find("repeat");
  for (size_t row = 0; row < all.rows(); ++row) {
    const auto r = repeat ? static_cast<size_t>(repeat->number(row)) : 0;
    if (r >= rows.size()) rows.resize(r + 1);
    rows[r].push_back(row);
  }
  std::vector<study::Predictions> repeats;
  repeats.reserve(rows.size());
  for (const auto& of_repeat : rows) repeats.push_back(study::select_rows(all, of_repeat));
  study::EvaluateOptions options;
  options.replicates = std::stoul(replicates);
  return study::evaluation_json(study::evaluate(repeats, options, Threads()));
}

nlohmann::ordered_json print(std::span<const std::string> words) {
  if (words.size() == 3 && words[0] == "evaluate") return evaluate_file(words[1], words[2]);
  if (words.size() == 4 && words[0] == "folds") {
    const Table table = io::read_table(words[1]);
    return study::stratified_folds(whole_numbers<int>(table.at("class")),
                                   whole_numbers<size_t>(table.at("group")), std::stoi(words[2]),
                                   static_cast<uint32_t>(std::stoul(words[3])));
  }
  if (words.size() == 3 && words[0] == "pixels") {
    const Table table = io::read_table(words[1]);
    auto pixels = nlohmann::ordered_json::array();
    for (size_t row = 0; row < table.rows(); ++row)
      pixels.push_back(sky::healpix_nested(
          {table.at("ra").number(row), table.at("dec").number(row)}, std::stoi(words[2])));
    return pixels;
  }
  if (words.size() == 2 && words[0] == "positions") {
    const Table table = io::read_table(words[1]);
    auto positions = nlohmann::ordered_json::array();
    for (size_t row = 0; row < table.rows(); ++row) {
      const auto position = sky::parse_position(table.at("text").text(row));
      positions.push_back(nullptr);
      if (position) positions.back() = {position->ra_deg, position->dec_deg};
    }
    return positions;
  }
  if (words.size() == 2 && words[0] == "sexagesimal") {
    const Table table = io::read_table(words[1]);
    auto texts = nlohmann::ordered_json::array();
    for (size_t row = 0; row < table.rows(); ++row)
      texts.push_back(sky::sexagesimal({table.at("ra").number(row), table.at("dec").number(row)}));
    return texts;
  }
  throw Error(ErrorKind::usage,
              "evaluate, folds, pixels, positions or sexagesimal, with their arguments");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    fmt::print("{}\n", print(words).dump());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
