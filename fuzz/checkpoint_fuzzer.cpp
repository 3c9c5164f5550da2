// Fits that were kept: what is read of one can go on.
#include <cmath>
#include <fstream>
#include <iterator>

#include "fuzz.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/jobs/checkpoint.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  static const io::TemporaryFolder folder(temporary_parent());
  static const std::string path = folder.file("fit-2-1.json");
  static const recipe::Recipe recipe = [] {
    recipe::Recipe two_features;
    two_features.features.resize(2);
    two_features.mixture.components = 2;
    two_features.mixture.covariance_floor = 1e-3;
    return two_features;
  }();
  static const Matrix values = [] {
    Matrix some(40, 2);
    for (Eigen::Index row = 0; row < some.rows(); ++row)
      some.row(row) << std::sin(7.0 * static_cast<double>(row)),
          std::cos(static_cast<double>(row * row));
    return some;
  }();
  static const method::RowBlocks rows(values);  // which only refers to them
  static const jobs::CheckpointOptions options{folder.file(""), 0};
  // What identifies the fit, so that the rest is read.
  static const std::string before = [] {
    jobs::Checkpoint checkpoint(options, rows, recipe, Threads(1));
    method::fit_mixture(rows, recipe.mixture, Threads(1), {}, &checkpoint);
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return text.substr(0, text.find("\"fit\""));
  }();
  std::ofstream(path, std::ios::binary)
      << before << "\"fit\":" << std::string_view(reinterpret_cast<const char*>(data), size) << "}";
  only_errors([&] {
    jobs::Checkpoint checkpoint(options, rows, recipe, Threads(1));
    const auto fit = checkpoint.read(2, 0);
    require(fit && fit->iterations >= 0 && fit->mixture.components() == 2, "a fit");
    require(std::abs(fit->mixture.weights.sum() - 1) < 1e-5, "parts of a whole");
  });
  return 0;
}
