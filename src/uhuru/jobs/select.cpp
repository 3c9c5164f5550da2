#include "uhuru/jobs/select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/method/mixture/silhouette.hpp"

namespace uhuru::jobs {
namespace {

/// All rows, or a sample without replacement; in their order.
std::vector<size_t> sample(size_t rows, size_t wanted, uint32_t seed) {
  std::vector<size_t> numbers(std::min(rows, wanted));
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  if (rows <= wanted) return numbers;
  // The first numbers of a shuffle of all rows, of which only those that have moved are kept.
  RandomState random(seed);
  std::unordered_map<size_t, size_t> moved;
  const auto at = [&](size_t place) {
    const auto found = moved.find(place);
    return found == moved.end() ? place : found->second;
  };
  for (size_t i = 0; i < wanted; ++i) {
    const size_t other = i + random.integer(rows - i);
    numbers[i] = at(other);
    moved[other] = at(i);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// Appends these rows, which may be in several ranks, to `taken` in each of them.
void append_rows(const method::RowBlocks& rows, std::span<const size_t> numbers,
                 method::RowBlocks& taken) {
  const method::Range own = rows.own_rows();
  method::BlockReader read(rows);
  std::vector<double> values;
  for (const size_t number : numbers) {
    if (number < own.begin || number >= own.end) continue;
    values.resize(values.size() + rows.features());
    read.copy_row(number, values.data() + values.size() - rows.features(), 1);
  }
  values = rows.ranks().all_values(std::span<const double>(values));
  for (size_t at = 0; at < values.size(); at += rows.features()) taken.append(values.data() + at);
}

double parameters(double k, double d) { return k * d * (d + 1) / 2 + k * d + k - 1; }

/// All rows, in each rank.
void append_all(const method::RowBlocks& rows, method::RowBlocks& all) {
  constexpr size_t at_a_time = size_t{1} << 17;
  std::vector<size_t> numbers;
  for (size_t begin = 0; begin < rows.rows(); begin += at_a_time) {
    numbers.resize(std::min(at_a_time, rows.rows() - begin));
    std::iota(numbers.begin(), numbers.end(), begin);
    append_rows(rows, numbers, all);
  }
}

/// A fit of one number of components.
struct Fit {
  int components = 0;
  method::MixtureFit best;
  double seconds = 0;
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, Fit& fit) {
  archive(fit.components, fit.best, fit.seconds);
}

/// Fits mixtures from some of the starts of all numbers of components: those whose turn is this
/// rank's, if the ranks take turns, beginning with the fits that take longest.
std::vector<Fit> fit_own(const method::RowBlocks& rows, const method::MixtureSettings& settings,
                         const SelectOptions& options, const Communicator& ranks,
                         const Threads& threads, const Progress& progress, method::KeptFits* kept) {
  std::vector<Fit> fits;
  int turn = 0;
  const auto work = [&](int k) { return static_cast<uint64_t>(k) * static_cast<uint64_t>(k + 1); };
  for (int k = options.most; k >= options.least; --k) {
    for (int start = 0; start < options.starts; ++start) {
      if (turn++ % ranks.count() != ranks.rank()) continue;
      method::MixtureSettings each = settings;
      each.components = k;
      Stopwatch stopwatch;
      fits.push_back({k, fit_start(rows, each, start, threads, {}, kept), 0});
      fits.back().seconds = stopwatch.since_last();
    }
    if (progress)
      progress("select", work(options.most) - work(k - 1),
               work(options.most) - work(options.least - 1));
  }
  return fits;
}

/// The best fit of each number of components among those of all ranks: of equal ones, that of the
/// first start.
std::vector<Fit> best_fits(const std::vector<Fit>& own, const SelectOptions& options,
                           const Communicator& ranks) {
  std::vector<std::vector<Fit>> of_rank;
  for (const std::string& bytes : ranks.all_gather(packed(own))) {
    unpack(bytes, of_rank.emplace_back());
  }
  std::vector<Fit> best;
  std::vector<size_t> next(of_rank.size());
  size_t turn = 0;
  for (int k = options.most; k >= options.least; --k) {
    for (int start = 0; start < options.starts; ++start, ++turn) {
      const size_t rank = turn % of_rank.size();
      Fit& fit = of_rank[rank][next[rank]++];
      const double seconds = fit.seconds + (start == 0 ? 0 : best.back().seconds);
      if (start == 0)
        best.push_back(std::move(fit));
      else if (fit.best.mean_log_likelihood > best.back().best.mean_log_likelihood)
        best.back() = std::move(fit);
      best.back().seconds = seconds;
    }
  }
  std::reverse(best.begin(), best.end());
  return best;
}

/// The clusters of these rows in each rank.
std::vector<method::ClusterId> clusters_of(std::span<const size_t> numbers,
                                           const method::RowBlocks& rows,
                                           const method::MixtureFit& fit) {
  const method::Range own = rows.own_rows();
  std::vector<method::ClusterId> clusters;
  for (const size_t number : numbers)
    if (number >= own.begin && number < own.end)
      clusters.push_back(fit.clusters[number - own.begin]);
  return rows.ranks().all_values(std::span<const method::ClusterId>(clusters));
}

/// What a fit and its likelihood say; all but the silhouette.
SelectRow criteria(const Fit& fit, const method::RowBlocks& rows, double seconds) {
  const auto n = static_cast<double>(rows.rows());
  const auto d = static_cast<double>(rows.features());
  const double likelihood = fit.best.log_likelihood;
  SelectRow row;
  row.components = fit.components;
  row.fit_seconds = fit.seconds + seconds;
  row.log_likelihood = likelihood;
  row.bic = -2 * likelihood + parameters(fit.components, d) * std::log(n);
  row.aic = -2 * likelihood + 2 * parameters(fit.components, d);
  row.iterations = fit.best.iterations;
  row.converged = fit.best.converged;
  return row;
}

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
                                         const Progress& progress, method::KeptFits* kept) {
  check_range(options);
  // The ranks take turns with the fits, if all rows fit into each of them; otherwise they work on
  // each fit together.
  const Communicator& ranks = rows.ranks();
  const bool takes_turns = !ranks.is_alone() && !rows.is_single();
  method::RowBlocks all(rows.features());
  if (takes_turns) append_all(rows, all);
  const method::RowBlocks& fitted = takes_turns ? all : rows;
  std::vector<Fit> fits =
      best_fits(fit_own(fitted, settings, options, takes_turns ? ranks : Communicator::alone(),
                        threads, progress, kept),
                options, takes_turns ? ranks : Communicator::alone());

  const auto judged = sample(rows.rows(), options.silhouette_rows, settings.seed);
  method::RowBlocks judged_rows(rows.features());
  append_rows(fitted, judged, judged_rows);
  std::vector<SelectRow> own;
  for (size_t i = 0; i < fits.size(); ++i) {
    const bool is_mine = static_cast<int>(i % static_cast<size_t>(ranks.count())) == ranks.rank();
    if (takes_turns && !is_mine) continue;
    Stopwatch stopwatch;
    evaluate(fitted, threads, fits[i].best);
    const auto clusters = clusters_of(judged, fitted, fits[i].best);
    if (!is_mine) continue;
    own.push_back(criteria(fits[i], rows, stopwatch.since_last()));
    const auto [least, greatest] = std::minmax_element(clusters.begin(), clusters.end());
    if (*least != *greatest && static_cast<size_t>(fits[i].components) < clusters.size())
      own.back().silhouette = method::silhouette_score(judged_rows, clusters, threads);
    own.back().silhouette_seconds = stopwatch.since_last();
  }
  std::vector<SelectRow> result = ranks.all_values(std::span<const SelectRow>(own));
  std::sort(result.begin(), result.end(),
            [](const SelectRow& a, const SelectRow& b) { return a.components < b.components; });
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
