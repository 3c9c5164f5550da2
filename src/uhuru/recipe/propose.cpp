#include "uhuru/recipe/propose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/recipe/feature_choice.hpp"
#include "uhuru/table/input_columns.hpp"

namespace uhuru::recipe {
namespace {

/// A text within a comment: one line.
std::string comment(const std::string& text) { return shown(text, 60); }

/// A long line of a comment, broken at blanks.
std::string wrapped(const std::string& line, const std::string& indent) {
  constexpr size_t width = 100;
  std::string result, current = line;
  while (current.size() > width) {
    const size_t at = current.rfind(' ', width);
    if (at == current.npos || at <= indent.size()) break;
    result.append(current, 0, at).append("\n");
    current.replace(0, at + 1, indent);
  }
  return result + current + "\n";
}

class Proposal {
 public:
  Proposal(std::vector<ColumnProfile> columns, std::string name, const std::string& label)
      : columns_(std::move(columns)),
        name_(std::move(name)),
        roles_(find_roles(columns_, label)),
        choice_(choose_features(columns_, roles_)) {
    for (const ColumnProfile& column : columns_) rows_ = std::max(rows_, column.rows());
  }

  std::string text() {
    std::string result = fmt::format(
        "# A recipe proposed from a table of {} rows. Lines marked with \"decide\" need your "
        "judgement.\n# docs/recipes.md explains every key; `uhuru recipe check` says what a table "
        "makes of it.\n\nname = {}\ndescription = \"\"\n",
        with_commas(rows_), toml_text(name_));
    result += selection();
    if (choice_.has_gaps)
      result +=
          "\n# Also learn from rows that lack features, and integrate over what they lack; "
          "\"drop\": "
          "only\n# from complete rows.\nmissing = \"integrate\"\n";
    result += columns() + features() + classes() + labels() + carried();
    return result;
  }

 private:
  const std::string& column_name(size_t c) const { return columns_[c].field().name; }

  std::string selection() const {
    std::string text =
        "\n# decide: conditions that a row must satisfy, for example a minimum significance. An "
        "optional one\n# is not applied to tables that lack its columns.\n";
    std::string example = "significance > 3";
    for (const ColumnProfile& column : columns_)
      if (const std::string name = column.lower_name();
          column.is_number() &&
          (name.find("signif") != std::string::npos || name.find("det_ml") != std::string::npos ||
           name.find("s/n") != std::string::npos || name.find("snr") != std::string::npos))
        example = expression_name(column.field().name) + " > 5";
    return text + "# selection = [{condition = " + toml_text(example) + ", optional = true}]\n";
  }

  /// A column's name as expressions write it.
  static std::string expression_name(const std::string& name) {
    const bool is_word = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                         std::all_of(name.begin(), name.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == '_';
                         });
    if (is_word) return name;
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
  }

  std::string columns() const {
    std::string text = "\n[columns]\n";
    if (roles_.source) {
      text += "name = " + toml_text(column_name(*roles_.source)) + "\n";
      const auto& values = columns_[*roles_.source].values();
      if (!values.empty()) {
        std::string begin = values.begin()->first;
        begin = begin.substr(0, begin.find_first_of("0123456789+-", 1));
        if (!trim(begin).empty() && begin.size() < 20)
          text += "name_example = " + toml_text(std::string(trim(begin))) +
                  "          # how a name begins, for the search on the pages\n";
      }
    } else {
      text += "# decide: the column with the name of the source; none was found\nname = \"\"\n";
    }
    if (roles_.observation)
      text += "observation = " + toml_text(column_name(*roles_.observation)) +
              "          # several rows of a source are its observations\n";
    else if (roles_.source && !columns_[*roles_.source].is_unique())
      text +=
          "# decide: names repeat; the column that tells a source's rows apart\n# observation = "
          "\"\"\n";
    else
      text += "# Without a column of observations, each row is a source.\n";
    if (roles_.ra)
      text += "ra = " + toml_text(column_name(*roles_.ra)) +
              "\ndec = " + toml_text(column_name(*roles_.dec)) + "\n";
    else
      text += "# No columns of positions were found: there is no map, no join by position.\n";
    return text;
  }

  std::string features() const {
    std::string text;
    if (choice_.features.empty())
      text += "\n# decide: the features; no suitable column of numbers was found\n";
    else
      text +=
          "\n# decide: which of these to use. Fewer are better than many that say the same: "
          "colours instead\n# of magnitudes, ratios instead of fluxes (expression = ...). Nothing "
          "that tells the class because\n# of how the sample was made should be a feature.\n";
    for (const ProposedFeature& one : choice_.features) text += "\n" + feature(one);
    if (!choice_.left_out.empty()) text += "\n# Columns that the recipe does not use, and why:\n";
    for (const auto& [why, names] : choice_.left_out) {
      std::vector<std::string> shown_names;
      for (const std::string& name : names) shown_names.push_back(comment(name));
      text += wrapped("#   " + why + ": " + join(shown_names, ", "), "#     ");
    }
    return text;
  }

  std::string feature(const ProposedFeature& one) const {
    const ColumnProfile& column = columns_[one.place];
    const Field& field = column.field();
    const auto marks = column.marks();
    const double least = column.least(), greatest = column.greatest();
    std::string text = fmt::format("# {} of {} rows, {:.4g} to {:.4g}\n[[features]]\nname = {}\n",
                                   with_commas(column.present()), with_commas(rows_), least,
                                   greatest, toml_text(field.name));
    const auto add = [&](const char* key, const std::string& value) {
      if (!value.empty()) text += fmt::format("{} = {}\n", key, toml_text(value));
    };
    add("unit", field.unit);
    add("ucd", field.ucd);
    add("description", field.description);
    if (column.is_ratio()) {
      text += "transform = \"identity\"\n";
      text += least < 0 ? "range = [-1, 1]\n" : "range = [0, 1]\n";
    } else if (least >= 0 && column.spans_decades()) {
      text +=
          least > 0 ? "transform = \"log10\"\n" : "transform = \"log-minmax\"\nrange = [0, inf]\n";
    } else if (column.spans_decades()) {
      text += "transform = \"asinh\"\n";
    } else {
      text += "transform = \"standard\"\n";
    }
    if (!marks.empty()) {
      std::vector<std::string> values;
      values.reserve(marks.size());
      for (const double mark : marks) values.push_back(fmt::format("{}", mark));
      text += "missing = [" + join(values, ", ") + "]          # they occur, far from the others\n";
    }
    if (one.error) add("error", expression_name(column_name(*one.error)));
    if (one.limits) {
      add("lower", column_name(one.limits->first));
      add("upper", column_name(one.limits->second));
    }
    return text;
  }

  std::string classes() const {
    std::string text =
        "\n[mixture]\ncomponents = 6            # decide: `uhuru select` compares numbers of them\n"
        "\n[classes]\nmethod = \"bayes\"\n";
    std::vector<std::pair<uint64_t, std::string>> found;
    if (roles_.label)
      for (const auto& [value, count] : columns_[*roles_.label].values())
        found.emplace_back(count, value);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> names, rare;
    constexpr uint64_t few = 4;
    for (const auto& [count, value] : found)
      (count >= few || names.size() < 2 ? names : rare).push_back(toml_text(value));
    if (names.size() < 2) {
      text += "# decide: the classes; no column of labels was found (--label-column)\nnames = [" +
              join(names, ", ") + "]\n";
    } else {
      std::vector<std::string> counts;
      counts.reserve(found.size());
      for (const auto& [count, value] : found)
        counts.push_back(fmt::format("{} {}", comment(value), with_commas(count)));
      text += wrapped("# In " + comment(column_name(*roles_.label)) + ": " + join(counts, ", "),
                      "#   ");
      if (!rare.empty())
        text +=
            wrapped("# decide: with so few rows these are left out: " + join(rare, ", "), "#   ");
      text += "names = [" + join(names, ", ") + "]\n";
    }
    text +=
        "\n# decide: which classes to sum up; a class that is not listed is a group of its own.\n"
        "[classes.groups]\n";
    for (const std::string& name : names) text += fmt::format("# {} = {}\n", name, name);
    return text;
  }

  std::string labels() const {
    std::string text =
        "\n# The labels: a column of the table itself, or another table (--labels), "
        "joined by name or position.\n[labels]\n";
    if (roles_.source) text += "name = " + toml_text(column_name(*roles_.source)) + "\n";
    if (roles_.ra)
      text += "ra = " + toml_text(column_name(*roles_.ra)) +
              "\ndec = " + toml_text(column_name(*roles_.dec)) +
              "\nradius_arcsec = 1.0       # decide\n";
    text += "type = " + toml_text(roles_.label ? column_name(*roles_.label) : "class") + "\n";
    text +=
        "several = \"refuse\"        # labels that contradict each other: or none, most, "
        "detection\n# ambiguous = []          # labels that say nothing: such rows are "
        "classified\n";
    return text;
  }

  std::string carried() const {
    if (choice_.flags.empty()) return {};
    std::string text = "\n# Columns that the catalog and the pages show; flags, for example.\n";
    for (const size_t place : choice_.flags) {
      const Field& field = columns_[place].field();
      text += fmt::format("[[carry]]\nname = {}\n", toml_text(field.name));
      if (!field.unit.empty()) text += "unit = " + toml_text(field.unit) + "\n";
      if (!field.ucd.empty()) text += "ucd = " + toml_text(field.ucd) + "\n";
      if (!field.description.empty())
        text += "description = " + toml_text(field.description) + "\n";
      text += "\n";
    }
    text.pop_back();
    return text;
  }

  std::vector<ColumnProfile> columns_;
  std::string name_;
  uint64_t rows_ = 0;
  ColumnRoles roles_;
  FeatureChoice choice_;
};

}  // namespace

std::string propose_recipe(io::TableReader& reader, const std::string& name,
                           const std::string& label_column, const Progress& progress) {
  const Table& header = reader.header();
  if (!label_column.empty()) input_column(header, label_column);
  std::vector<ColumnProfile> columns = profiles(header);
  Table batch = header.empty_copy();
  while (reader.read(batch)) {
    for (size_t c = 0; c < columns.size(); ++c) columns[c].look(batch.columns[c]);
    if (progress) progress("read", static_cast<uint64_t>(1000 * reader.fraction_read()), 1000);
  }
  return Proposal(std::move(columns), name, label_column).text();
}

}  // namespace uhuru::recipe
