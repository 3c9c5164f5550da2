// Expressions: parsed, then evaluated with ordinary and unusual values.
#include <cmath>
#include <limits>

#include "fuzz.hpp"
#include "uhuru/recipe/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  only_errors([&] {
    const auto half = [] { return 0.5; };
    recipe::Expression expression({reinterpret_cast<const char*>(data), size},
                                  {{"normal", half}, {"uniform", half}});
    const auto& names = expression.variables();
    for (size_t i = 1; i < names.size(); ++i)
      require(names[i - 1] < names[i], "each variable once, in order");
    for (const double value : {1.5, 0.0, -1e300, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
      const std::vector<double> values(names.size(), value);
      const double first = expression(values);
      const double second = expression(values);
      require(first == second || (std::isnan(first) && std::isnan(second)),
              "the same values give the same result");
    }
  });
  return 0;
}
