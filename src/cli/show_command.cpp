#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/features/extract.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string table;
  RecipeOptions recipe;
};

/// Summary of a column, accumulated batch by batch.
struct ColumnSummary {
  uint64_t missing = 0;
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  std::string first;  // text

  void look(const Column& column) {
    for (size_t row = 0; row < column.size(); ++row) {
      if (column.missing(row)) {
        ++missing;
      } else if (column.field.is_scalar()) {
        least = std::min(least, column.number(row));
        greatest = std::max(greatest, column.number(row));
      } else if (first.empty()) {
        first = cell_text(column, row);
      }
    }
  }
  std::string range(const Field& field) const {
    if (!field.is_scalar())
      return first.empty() ? "" : first.substr(0, 40) + (first.size() > 40 ? "…" : "");
    if (least > greatest) return "";
    if (field.type == Type::boolean)
      return least == greatest ? (least != 0 ? "true" : "false") : "false … true";
    const auto number = [&](double value) {
      return is_float(field.type) ? fmt::format("{:.6g}", value) : fmt::format("{:.0f}", value);
    };
    return least == greatest ? number(least) : number(least) + " … " + number(greatest);
  }
};

std::string shape_name(const Field& field) {
  std::string name(type_name(field.type));
  if (!field.arraysize.empty()) name += "[" + field.arraysize + "]";
  return name;
}

void show(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const Recipe recipe = options.recipe.load();
  const auto reader = open_table(options.table, context.make_threads());
  const Table& header = reader->header();
  std::optional<FeatureExtractor> extractor;
  std::string unusable;  // why the features cannot be computed
  try {
    extractor.emplace(recipe, header, AbsentColumns::missing_values);
  } catch (const Error& error) {
    // That none of the features is present is reported below.
    if (!error.message().starts_with("the table lacks columns")) unusable = error.what();
  }
  std::vector<ColumnSummary> summaries(header.columns.size());
  uint64_t complete = 0;
  const Progress progress = terminal.progress();
  Table batch = header.empty_copy();
  while (reader->read(batch)) {
    for (size_t c = 0; c < summaries.size(); ++c) summaries[c].look(batch.columns[c]);
    if (extractor && unusable.empty()) {
      try {
        const Matrix features = extractor->features(batch, reader->rows_read() - batch.rows());
        for (Eigen::Index row = 0; row < features.rows(); ++row)
          complete += !features.row(row).hasNaN();
      } catch (const Error& error) {
        unusable = error.what();
      }
    }
    if (progress) progress("read", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
  }

  terminal.say(fmt::format("{}{}: {} rows, {} columns", options.table,
                           header.name.empty() ? "" : " (" + shown(header.name, 60) + ")",
                           with_commas(reader->rows_read()), header.columns.size()));
  if (!header.description.empty()) terminal.say(shown(header.description, 400));
  terminal.say("");
  std::vector<std::vector<std::string>> rows = {
      {"column", "type", "missing", "range", "unit", "description"}};
  for (size_t c = 0; c < summaries.size(); ++c) {
    const Field& field = header.columns[c].field;
    rows.push_back({field.name, shape_name(field),
                    summaries[c].missing ? with_commas(summaries[c].missing) : "-",
                    summaries[c].range(field), field.unit, field.description});
  }
  print_columns(terminal, rows);
  terminal.say("");
  const size_t wanted = recipe.features.size();
  if (!unusable.empty()) {
    terminal.say(
        fmt::format("recipe {}: the features cannot be computed: {}", recipe.name, unusable));
  } else if (!extractor) {
    terminal.say(fmt::format("recipe {}: none of the {} features present", recipe.name, wanted));
  } else if (extractor->absent().empty()) {
    terminal.say_items("", {fmt::format("recipe {}: all {} features present", recipe.name, wanted),
                            fmt::format("complete in {} of {} rows", with_commas(complete),
                                        with_commas(reader->rows_read()))});
  } else {
    terminal.say(fmt::format("recipe {}: {} of {} features present", recipe.name,
                             wanted - extractor->absent().size(), wanted));
    terminal.say_items("  missing: ", extractor->absent());
  }
  if (extractor) print_notes(terminal, extractor->notes(false));
}

}  // namespace

void add_show(Command& program) {
  Command command = add_command(program, "show",
                                "Describe a table: columns, types, units, missing values, ranges");
  const auto options = std::make_shared<Options>();
  command.option("TABLE", options->table, "Table; -: standard input").required();
  options->recipe.add(command, false);
  command.footer("Example:\n  uhuru show detections.vot");
  command.action([options](Context& context) { show(context, *options); });
}

}  // namespace uhuru::cli
