#include "uhuru/serve/table_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "uhuru/base/text.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/table/provenance.hpp"

namespace uhuru::serve {
namespace {

/// Parameters of the API that say how to answer, not what to select.
constexpr std::array<std::string_view, 7> not_filters = {"columns", "sort",  "order", "format",
                                                         "offset",  "limit", "frame"};

/// A text as a part of a file name; what is not allowed there becomes an underscore.
std::string safe_word(std::string_view text, size_t most) {
  std::string word;
  for (const char c : text) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (allowed)
      word += c;
    else if (!word.empty() && word.back() != '_')
      word += '_';
  }
  // A leading dot would hide the file, a leading '-' make it an option.
  word.erase(0, word.find_first_not_of("._-"));
  word.resize(std::min(word.size(), most));
  while (!word.empty() && std::string_view("._-").find(word.back()) != std::string_view::npos)
    word.pop_back();
  return word;
}

/// Text in a query that people read: only what would end it is encoded.
std::string query_text(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (std::string_view("%&+#").find(c) != std::string_view::npos ||
        static_cast<unsigned char>(c) < ' ')
      result += percent_encoded(std::string_view(&c, 1));
    else
      result += c;
  return result;
}

/// What selects sources, in a word: classes and the like; else the kind of selection.
std::string filter_word(const httpd::Request::Parameters& parameters) {
  constexpr size_t most = 30;
  std::string words;
  for (const char* name :
       {"group", "class", "standing", "agreement", "hard_class", "label", "name"}) {
    const auto [first, last] = parameters.equal_range(name);
    for (auto value = first; value != last; ++value) words += "_" + value->second;
  }
  if (std::string word = safe_word(words, most); !word.empty()) return word;
  if (parameters.contains("cone")) return "cone";
  return filter_text(parameters).empty() ? "" : "selection";
}

}  // namespace

TableOrigin table_origin(const catalog::Catalog& catalog, const CatalogOrigin& known) {
  return {known.title, catalog.meta("recipe"), catalog.meta("method"), known.model,
          catalog.meta("uhuru_version")};
}

void declare_icrs(const std::vector<catalog::CatalogColumn>& columns, Table& header) {
  sky::PositionColumns positions;
  for (size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].role == "ra") positions.ra = header.columns[c].field.name;
    if (columns[c].role == "dec") positions.dec = header.columns[c].field.name;
  }
  sky::declare_icrs(positions, header);
}

void add_facts(const TableOrigin& origin, const std::string& filters, std::optional<size_t> rows,
               int64_t now, Table& header) {
  const auto add = [&](const char* name, const std::string& value, const char* description,
                       Type type = Type::text) {
    if (!value.empty())
      header.parameters.push_back({make_field(name, type, description), value, true});
  };
  Provenance provenance;
  provenance.software = "uhuru " UHURU_VERSION;
  provenance.recipe.name = origin.recipe;
  provenance.model.sha256 = origin.model;
  provenance.date = utc_time(now);
  add_provenance(provenance, header);
  add("catalog", origin.title, "Title of the catalog");
  add("method", origin.method, "Method of the run");
  if (!origin.run_version.empty())
    add("run_with", "uhuru " + origin.run_version, "Program that made the catalog");
  constexpr size_t longest = 8000;  // characters: a list of names may have millions
  add("filters", filters.empty() ? "none" : shown(filters, longest),
      "What selects the sources, as a query");
  if (rows) add("rows", fmt::format("{}", *rows), "Number of sources", Type::int64);
}

std::string filter_text(const httpd::Request::Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (std::find(not_filters.begin(), not_filters.end(), name) != not_filters.end()) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, query_text(value));
  }
  return text;
}

std::string file_stem(const std::string& title, const httpd::Request::Parameters& parameters,
                      size_t rows) {
  std::string stem;
  for (const std::string& part : {safe_word(title, 32), filter_word(parameters)})
    if (!part.empty()) stem += part + "_";
  return fmt::format("{}{}_sources", stem, rows);
}

}  // namespace uhuru::serve
