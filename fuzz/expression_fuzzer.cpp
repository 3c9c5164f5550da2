// Expressions, of recipes and of sources: parsed, then evaluated with ordinary and unusual values.
#include <algorithm>
#include <cmath>
#include <limits>

#include "fuzz.hpp"
#include "uhuru/recipe/expression.hpp"

namespace {

using namespace uhuru;
using namespace uhuru::fuzz;

bool are_same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void check(const recipe::Expression& expression) {
  const auto& names = expression.operands();
  for (size_t i = 1; i < names.size(); ++i)
    require(std::find(names.begin(), names.begin() + static_cast<long>(i), names[i]) ==
                names.begin() + static_cast<long>(i),
            "each operand once");
  const std::vector<double> usual = {1.5, 0.0, -1e300, std::numeric_limits<double>::infinity(),
                                     std::numeric_limits<double>::quiet_NaN()};
  const std::vector<const double*> operands(names.size(), usual.data());
  std::vector<double> stack(expression.stack_height() * usual.size());
  expression.evaluate(operands, usual.size(), stack.data());
  for (size_t row = 0; row < usual.size(); ++row)
    require(are_same(expression(std::vector<double>(names.size(), usual[row])), stack[row]),
            "the same values give the same result, alone and together");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  only_errors([&] {
    const auto half = [] { return 0.5; };
    check(recipe::Expression(text, {{"normal", half}, {"uniform", half}}));
  });
  only_errors([&] {
    size_t known = 0;
    const recipe::KnownFunctions functions = {
        {{"P", "", ""}, {"near", "", ""}},
        [&](std::string_view name, std::span<const recipe::KnownFunctions::Constant> arguments) {
          require(!arguments.empty(), "at least one argument");
          if (name == "P") return recipe::Operand{arguments[0].text};
          if (arguments.back().is_text)
            throw recipe::KnownFunctions::BadArgument{arguments.size() - 1, "a number"};
          return recipe::Operand{.column = "", .reads = recipe::Reads::known, .place = known++};
        }};
    check(recipe::Expression(text, functions));
  });
  return 0;
}
