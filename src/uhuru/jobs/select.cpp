#include "uhuru/jobs/select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/silhouette.hpp"

namespace uhuru::jobs {
namespace {

/// All rows, or a sample without replacement; in their order.
std::vector<size_t> sample(size_t rows, size_t wanted, uint32_t seed) {
  std::vector<size_t> numbers(rows);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  if (rows <= wanted) return numbers;
  RandomState random(seed);
  for (size_t i = 0; i < wanted; ++i) std::swap(numbers[i], numbers[i + random.integer(rows - i)]);
  numbers.resize(wanted);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// Adds the given rows to `taken`.
void append_rows(const method::RowBlocks& rows, const std::vector<size_t>& numbers,
                 method::RowBlocks& taken) {
  method::BlockReader block(rows);
  std::vector<double> row(rows.features());
  for (const size_t number : numbers) {
    const double* from = block(number / method::block_rows) + number % method::block_rows;
    for (size_t f = 0; f < row.size(); ++f) row[f] = from[f * method::block_rows];
    taken.append(row.data());
  }
}

double parameters(double k, double d) { return k * d * (d + 1) / 2 + k * d + k - 1; }

}  // namespace

void check_range(const SelectOptions& options) {
  if (options.least < 1 || options.most < options.least)
    throw Error(ErrorKind::usage, "no number of components to try", "",
                "a range of numbers from 1 up",
                fmt::format("{} to {}", options.least, options.most));
}

std::vector<SelectRow> select_components(const method::RowBlocks& rows,
                                         const method::MixtureSettings& settings,
                                         const SelectOptions& options, const Threads& threads,
                                         const Progress& progress) {
  check_range(options);
  const auto judged = sample(rows.rows(), options.silhouette_rows, settings.seed);
  method::RowBlocks judged_rows(rows.features());
  append_rows(rows, judged, judged_rows);
  const auto n = static_cast<double>(rows.rows());
  const auto d = static_cast<double>(rows.features());
  const auto work = [&](int k) { return static_cast<uint64_t>(k) * static_cast<uint64_t>(k + 1); };
  std::vector<SelectRow> result;
  for (int k = options.least; k <= options.most; ++k) {
    method::MixtureSettings each = settings;
    each.components = k;
    each.starts = options.starts;
    Stopwatch stopwatch;
    const method::MixtureFit fit = method::fit_mixture(rows, each, threads);
    SelectRow row;
    row.fit_seconds = stopwatch.since_last();
    row.components = k;
    row.log_likelihood = fit.log_likelihood;
    row.bic = -2 * fit.log_likelihood + parameters(k, d) * std::log(n);
    row.aic = -2 * fit.log_likelihood + 2 * parameters(k, d);
    row.iterations = fit.iterations;
    row.converged = fit.converged;
    std::vector<method::ClusterId> labels;
    labels.reserve(judged.size());
    for (const size_t number : judged) labels.push_back(fit.clusters[number]);
    const auto [least, greatest] = std::minmax_element(labels.begin(), labels.end());
    if (*least != *greatest && static_cast<size_t>(k) < labels.size())
      row.silhouette = method::silhouette_score(judged_rows, labels, threads);
    row.silhouette_seconds = stopwatch.since_last();
    result.push_back(row);
    if (progress)
      progress("select", work(k) - work(options.least - 1),
               work(options.most) - work(options.least - 1));
  }
  for (size_t i = 0; result.size() > 1 && i < result.size(); ++i) {
    const size_t before = i == 0 ? 0 : i - 1;
    const size_t after = std::min(i + 1, result.size() - 1);
    result[i].bic_gradient =
        (result[after].bic - result[before].bic) / static_cast<double>(after - before);
  }
  return result;
}

Choice choose(const std::vector<SelectRow>& rows) {
  const auto least = [&](auto value) {
    return std::min_element(
               rows.begin(), rows.end(),
               [&](const SelectRow& a, const SelectRow& b) { return value(a) < value(b); })
        ->components;
  };
  Choice choice;
  choice.bic = least([](const SelectRow& row) { return row.bic; });
  choice.aic = least([](const SelectRow& row) { return row.aic; });
  choice.bic_gradient = rows.front().components;
  double sharpest = -std::numeric_limits<double>::infinity();
  for (size_t i = 1; i + 1 < rows.size(); ++i) {
    const double bend = rows[i + 1].bic - 2 * rows[i].bic + rows[i - 1].bic;
    if (bend <= sharpest) continue;
    sharpest = bend;
    choice.bic_gradient = rows[i].components;
  }
  double highest = -2;
  for (const SelectRow& row : rows)
    if (row.silhouette && *row.silhouette > highest) {
      highest = *row.silhouette;
      choice.silhouette = row.components;
    }
  return choice;
}

Table select_table(const std::vector<SelectRow>& rows) {
  Table table;
  table.name = "select";
  table.add(make_field("components", Type::int64, "Components of the mixture", "meta.number"));
  table.add(
      make_field("log_likelihood", Type::float64, "Log-likelihood of all rows", "stat.likelihood"));
  table.add(make_field("bic", Type::float64, "Bayesian information criterion", "stat.value"));
  table.add(make_field("aic", Type::float64, "Akaike information criterion", "stat.value"));
  table.add(make_field("bic_gradient", Type::float64, "Change of BIC from component to component",
                       "stat.value"));
  table.add(
      make_field("silhouette", Type::float64, "Mean silhouette of the clusters", "stat.value"));
  table.add(make_field("iterations", Type::int64,
                       "Iterations of the fit with the largest likelihood", "meta.number"));
  table.add(
      make_field("converged", Type::boolean, "Whether the fit converged", "meta.code.status"));
  for (const SelectRow& row : rows) {
    table.columns[0].append(int64_t{row.components});
    table.columns[1].append(row.log_likelihood);
    table.columns[2].append(row.bic);
    table.columns[3].append(row.aic);
    table.columns[4].append(row.bic_gradient);
    if (row.silhouette)
      table.columns[5].append(*row.silhouette);
    else
      table.columns[5].append_missing();
    table.columns[6].append(int64_t{row.iterations});
    table.columns[7].append(uint8_t{row.converged});
  }
  return table;
}

}  // namespace uhuru::jobs
