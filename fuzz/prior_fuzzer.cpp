// Files of the user's prior: its parts are probabilities that leave something for the others.
#include <cmath>
#include <fstream>

#include "fuzz.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/recipe/prior.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  static const io::TemporaryFolder folder(temporary_parent());
  static const std::string path = folder.file("prior.toml");
  static const recipe::Recipe recipe = recipe::load_recipe("csc2-bayes");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  only_errors([&] {
    double sum = 0;
    for (const double part : recipe::read_prior(path, recipe).own)
      sum += std::isnan(part) ? 0 : part;
    require(sum <= 1 + 1e-9, "parts of a whole");
  });
  return 0;
}
