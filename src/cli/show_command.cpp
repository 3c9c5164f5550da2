#include <fmt/format.h>

#include <memory>
#include <optional>
#include <type_traits>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/recipe/extract.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string table;
  RecipeOptions recipe;
};

template <class T>
struct Range {
  std::optional<T> least, greatest;

  void add(T value) {
    if (!least || value < *least) least = value;
    if (!greatest || value > *greatest) greatest = value;
  }
  std::string text(const char* format) const {
    if (!least) return "";
    const std::string from = fmt::format(fmt::runtime(format), *least);
    return *least == *greatest ? from : from + " … " + fmt::format(fmt::runtime(format), *greatest);
  }
};

/// Summary of a column, accumulated batch by batch.
struct ColumnSummary {
  uint64_t missing = 0;
  Range<double> reals;
  Range<int64_t> wholes;  // exact: a double has fewer digits
  std::string first;      // text or an array

  void look(const Column& column) {
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      for (size_t row = 0; row < column.size(); ++row) {
        if (column.missing(row)) {
          ++missing;
        } else if (!column.field.is_scalar()) {
          if (first.empty()) first = shown(cell_text(column, row), 41);
        } else if constexpr (std::is_floating_point_v<T>) {
          reals.add(static_cast<double>(column.cell<T>(row)[0]));
        } else {
          wholes.add(column.cell<T>(row)[0]);
        }
      }
    });
  }
  std::string range(const Field& field) const {
    if (!field.is_scalar()) return first;
    if (is_float(field.type)) return reals.text("{:.6g}");
    if (field.type != Type::boolean || !wholes.least) return wholes.text("{}");
    if (wholes.least != wholes.greatest) return "false … true";
    return *wholes.least != 0 ? "true" : "false";
  }
};

std::string shape_name(const Field& field) {
  std::string name(type_name(field.type));
  if (!field.arraysize.empty()) name += "[" + field.arraysize + "]";
  return name;
}

/// What the file says about the table as a whole.
void print_facts(Terminal& terminal, const Table& header) {
  constexpr size_t most = 20;
  std::vector<std::string> systems;
  for (const ReferenceSystem& system : header.systems) {
    std::string text = system.element;
    for (const auto& [name, value] : system.attributes) text += " " + shown(value, 40);
    if (systems.size() < most) systems.push_back(text);
  }
  if (!systems.empty()) terminal.say_items("systems     ", systems);
  if (header.parameters.empty()) return;
  std::vector<std::vector<std::string>> rows = {{"parameter", "value", "unit", "description"}};
  for (const Parameter& parameter : header.parameters) {
    if (rows.size() > most) break;
    rows.push_back({parameter.field.name, shown(parameter.value, 60), parameter.field.unit,
                    parameter.field.description});
  }
  terminal.say("");
  print_columns(terminal, rows);
  if (header.parameters.size() > most)
    terminal.say(fmt::format("and {} more", with_commas(header.parameters.size() - most)));
}

/// The names of the other tables in the file.
void print_others(Terminal& terminal, const std::string& table,
                  const std::vector<std::string>& parts) {
  constexpr size_t most = 10;
  if (parts.empty()) return;
  const std::string path = io::split_table_name(table).first;
  std::vector<std::string> names;
  for (const std::string& part : parts)
    if (names.size() < most) names.push_back(shell_word(path + "#" + part));
  if (parts.size() > most) names.push_back(with_commas(parts.size() - most) + " more");
  terminal.say_items(fmt::format("the file has {} tables; the others: ", parts.size() + 1), names);
}

/// What a recipe finds in a table.
class RecipeCheck {
 public:
  RecipeCheck(const recipe::Recipe& recipe, const Table& header) : recipe_(recipe) {
    try {
      extractor_.emplace(recipe, header, recipe::AbsentColumns::missing_values);
    } catch (const Error& error) {
      // That none of the features is present is reported in print().
      if (!error.message().starts_with("the table lacks columns")) unusable_ = error.what();
    }
  }

  void look(const Table& batch, uint64_t first_row) {
    if (!extractor_ || !unusable_.empty()) return;
    try {
      const Matrix features = extractor_->features(batch, first_row);
      for (Eigen::Index row = 0; row < features.rows(); ++row)
        complete_ += !features.row(row).hasNaN();
    } catch (const Error& error) {
      unusable_ = error.what();
    }
  }

  void print(Terminal& terminal, uint64_t rows) const {
    const size_t wanted = recipe_.features.size();
    if (!unusable_.empty()) {
      terminal.say(
          fmt::format("recipe {}: the features cannot be computed: {}", recipe_.name, unusable_));
    } else if (!extractor_) {
      terminal.say(fmt::format("recipe {}: none of the {} features present", recipe_.name, wanted));
    } else if (extractor_->absent().empty()) {
      terminal.say_items(
          "",
          {fmt::format("recipe {}: all {} features present", recipe_.name, wanted),
           fmt::format("complete in {} of {} rows", with_commas(complete_), with_commas(rows))});
    } else {
      terminal.say(fmt::format("recipe {}: {} of {} features present", recipe_.name,
                               wanted - extractor_->absent().size(), wanted));
      terminal.say_items("  missing: ", extractor_->absent());
    }
  }
  std::vector<std::string> notes() const {
    return extractor_ ? extractor_->notes(false) : std::vector<std::string>();
  }

 private:
  const recipe::Recipe& recipe_;
  std::optional<recipe::FeatureExtractor> extractor_;
  std::string unusable_;  // why the features cannot be computed
  uint64_t complete_ = 0;
};

void show(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const recipe::Recipe recipe = options.recipe.load();
  const auto reader = io::open_table(options.table, context.make_threads());
  const Table& header = reader->header();
  RecipeCheck check(recipe, header);
  std::vector<ColumnSummary> summaries(header.columns.size());
  const Progress progress = terminal.progress();
  Table batch = header.empty_copy();
  while (reader->read(batch)) {
    for (size_t c = 0; c < summaries.size(); ++c) summaries[c].look(batch.columns[c]);
    check.look(batch, reader->rows_read() - batch.rows());
    if (progress) progress("read", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
  }

  terminal.say(fmt::format("{}{}: {} rows, {} columns", io::shown_table_name(options.table),
                           header.name.empty() ? "" : " (" + shown(header.name, 60) + ")",
                           with_commas(reader->rows_read()), header.columns.size()));
  if (!header.description.empty()) terminal.say(shown(header.description, 400));
  print_others(terminal, options.table, reader->other_tables());
  print_facts(terminal, header);
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
  check.print(terminal, reader->rows_read());
  terminal.notes(reader->remarks());
  terminal.notes(check.notes());
}

}  // namespace

void add_show(Command& program) {
  Command command = add_command(program, "show",
                                "Describe a table: columns, types, units, missing values, ranges");
  const auto options = std::make_shared<Options>();
  command.tables("TABLE", options->table, "Table, or several that are one; -: standard input")
      .required();
  options->recipe.add(command, false);
  command.footer("Example:\n  uhuru show detections.vot");
  command.action([options](Context& context) { show(context, *options); });
}

}  // namespace uhuru::cli
