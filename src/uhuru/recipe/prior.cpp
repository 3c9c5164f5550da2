#include "uhuru/recipe/prior.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/io/named_text.hpp"

namespace uhuru::recipe {
namespace {

constexpr double most_sum = 1 + 1e-9;

/// The place of a class in `own`, which must not have it yet.
double& place_of(const std::string& name, const std::string& where, const Recipe& recipe,
                 std::vector<double>& own) {
  const auto id = recipe.find_class(name);
  if (!id)
    throw input_error("unknown class in the prior", where,
                      "one of " + join(recipe.classes, ", ") + did_you_mean(name, recipe.classes),
                      in_quotes(name));
  double& value = own[number_of(*id)];
  if (!std::isnan(value))
    throw input_error("a class has two priors", where, "each class once", in_quotes(name));
  return value;
}

void read_list(const std::string& text, const Recipe& recipe, std::vector<double>& own) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    const size_t equals = part.rfind('=');
    const auto value = equals == part.npos ? std::nullopt : parse_double(part.substr(equals + 1));
    if (!value || !(*value >= 0 && *value <= 1))
      throw input_error("invalid prior", "--prior", "CLASS=P,… with P between 0 and 1",
                        in_quotes(std::string(part)));
    place_of(std::string(trim(part.substr(0, equals))), "--prior", recipe, own) = *value;
  }
}

void read_file(const std::string& path, const Recipe& recipe, std::vector<double>& own) {
  const TomlFile file = parse_toml(io::load_text(path, "prior"), path, "prior");
  TomlSection root(file);
  for (const auto& [key, node] : file.table) {
    const std::string name(key.str());
    place_of(name, path, recipe, own) = root.number(name, 0, 0, 1);
  }
  root.finish();
  file.check();
}

}  // namespace

method::Prior read_prior(const std::string& text, const Recipe& recipe) {
  if (text == "sources") return {};
  if (text == "detections") return {method::Drawn::detections, {}};
  method::Prior prior;
  prior.own.assign(recipe.classes.size(), missing_number);
  if (text.find('=') != text.npos)
    read_list(text, recipe, prior.own);
  else
    read_file(text, recipe, prior.own);
  double sum = 0;
  bool any = false;
  for (const double value : prior.own)
    if (!std::isnan(value)) {
      sum += value;
      any = true;
    }
  if (!any) throw input_error("the prior has no class", text, "CLASS=P");
  if (sum > most_sum)
    throw input_error("the prior exceeds 1", text, "a sum of up to 1", fmt::format("{:g}", sum));
  return prior;
}

}  // namespace uhuru::recipe
