// Selection of the number of components of a mixture.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct SelectOptions {
  int least = 1, most = 20;  // components
  int starts = 10;           // k-means starts of each fit
  size_t silhouette_rows =
      50000;  // if there are more rows, a sample of this size is drawn with the seed
};

/// The criteria for a mixture with some number of components. Smaller is better, except for the
/// silhouette.
struct SelectRow {
  int components = 0;
  double log_likelihood = 0;         // of all rows
  double bic = 0, aic = 0;           // -2 log-likelihood + ln(rows) or 2 for each parameter
  double bic_gradient = 0;           // as numpy.gradient; 0 with a single row
  std::optional<double> silhouette;  // none with fewer than two clusters
  int iterations = 0;
  bool converged = false;
  double fit_seconds = 0, silhouette_seconds = 0;
};

/// The choice of each criterion.
struct Choice {
  int bic = 0, aic = 0, bic_gradient = 0;
  std::optional<int> silhouette;
};

/// Throws Error (usage) if the range of numbers of components is empty.
void check_range(const SelectOptions& options);

/// Fits mixtures of `least` to `most` components with the other settings of recipe.mixture and
/// evaluates them, as scikit-learn's GaussianMixture(K, n_init=starts, random_state=seed), bic, aic
/// and silhouette_score do. `rows`: scaled features. The result is the same for any number of
/// threads and ranks, all of which get it; collective over the ranks of the rows. With `kept`, each
/// rank goes on from the fits that it kept. Throws Error (usage) for an empty range; (input) as
/// fit_mixture does. Source: [PD24] sec. 3.3.
std::vector<SelectRow> select_components(const method::RowBlocks& rows,
                                         const method::MixtureSettings& settings,
                                         const SelectOptions& options, const Threads& threads,
                                         const Progress& progress = {},
                                         method::KeptFits* kept = nullptr);

/// Smallest BIC, smallest AIC, largest silhouette; for the gradient of BIC the number after which
/// it flattens most (the largest second difference; the only number, or the smaller of two).
Choice choose(const std::vector<SelectRow>& rows);

/// The rows as a table: components, log_likelihood, bic, aic, bic_gradient, silhouette, iterations,
/// converged.
Table select_table(const std::vector<SelectRow>& rows);

/// The criteria against the number of components as an SVG file; the choice of each is marked.
std::string select_figure(const std::vector<SelectRow>& rows);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
