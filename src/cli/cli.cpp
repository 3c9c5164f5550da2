#include "cli.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "ranks.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/parts_writer.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/jobs/checkpoint.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/prior.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/sky/healpix.hpp"

namespace uhuru::cli {

int Terminal::width(std::FILE* stream, int otherwise) {
  winsize size{};
  if (!isatty(fileno(stream))) return otherwise;
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void Terminal::say(const std::string& line) {
  clear_progress();
  if (!quiet) fmt::print(output_is_table ? stderr : stdout, "{}\n", line);
}

void Terminal::say_items(const std::string& head, const std::vector<std::string>& items) {
  std::FILE* stream = output_is_table ? stderr : stdout;
  const auto columns = static_cast<size_t>(width(stream, 1 << 20));
  const std::string indent(head.size(), ' ');
  std::string line = head;
  size_t line_width = head.size();
  bool first = true;
  for (const std::string& item : items) {
    if (!first && line_width + item.size() + 3 > columns) {
      say(line);
      line = indent;
      line_width = indent.size();
      first = true;
    }
    line += first ? item : " · " + item;
    line_width += item.size() + (first ? 0 : 3);
    first = false;
  }
  say(line);
}

void Terminal::say_times(const StageSeconds& seconds) {
  std::vector<std::string> items;
  for (const auto& [stage, time] : seconds)
    items.push_back(fmt::format("{} {:.4f} s", stage, time));
  if (verbose) say_items("times       ", items);
}

void Terminal::note(const std::string& line) {
  clear_progress();
  if (!quiet) fmt::print(stderr, "note: {}\n", line);
}

void Terminal::notes(const std::vector<std::string>& lines) {
  for (auto line = lines.begin(); line != lines.end(); ++line)
    if (std::find(lines.begin(), line, *line) == line) note(shown(*line, 1000));
}

void Terminal::show_error(const Error& error) {
  clear_progress();
  fmt::print(stderr, "uhuru: {}{}\n",
             error.kind() == ErrorKind::bug ? "this is a bug in uhuru, please report it: " : "",
             error.message());
  if (!error.where().empty()) fmt::print(stderr, "  where     {}\n", error.where());
  if (!error.expected().empty()) fmt::print(stderr, "  expected  {}\n", error.expected());
  if (error.found().empty()) return;
  // What was found may have several lines.
  std::string found = error.found();
  for (size_t at = found.find('\n'); at != found.npos; at = found.find('\n', at + 1))
    found.insert(at + 1, "            ");
  fmt::print(stderr, "  found     {}\n", found);
}

Progress Terminal::progress() {
  if (quiet || !isatty(fileno(stderr))) return {};
  return [this](std::string_view stage, uint64_t done, uint64_t total) {
    stage_ = stage;
    done_ = done;
    total_ = total;
    draw_progress();
  };
}

void Terminal::refresh_progress() {
  if (!bar_visible_ && !stage_.empty()) draw_progress();
}

void Terminal::draw_progress() {
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  if (now - start_ < 1s || now - drawn_ < 100ms) return;
  drawn_ = now;
  bar_visible_ = true;
  const auto columns = static_cast<size_t>(width(stderr, 80)) - 1;  // a full line would wrap
  if (total_ == 0) {
    const std::string text = done_ ? stage_ + " " + with_commas(done_) : stage_;
    fmt::print(stderr, "\r\033[K{}", shown(text, columns));
  } else {
    constexpr size_t most_cells = 30, percent_width = 7;  // " 100 %" and a blank
    const std::string stage = shown(stage_, columns - std::min(columns, percent_width));
    const uint64_t cells =
        std::min(most_cells, columns - std::min(columns, shown_width(stage) + percent_width));
    const uint64_t full = std::min(cells, cells * done_ / total_);
    std::string bar;
    for (uint64_t i = 0; i < cells; ++i) bar += i < full ? "━" : "─";
    fmt::print(stderr, "\r\033[K{} {} {} %", stage, bar, 100 * std::min(done_, total_) / total_);
  }
  std::fflush(stderr);
}

void Terminal::clear_progress() {
  if (bar_visible_) fmt::print(stderr, "\r\033[K");
  bar_visible_ = false;
}

void Context::check_for_ranks(const std::vector<std::string>& tables) const {
  if (ranks.is_alone()) return;
  std::vector<std::string> files;
  for (const std::string& table : tables)
    for (std::string& file : io::expand_table_name(table)) files.push_back(std::move(file));
  for (const std::string& table : files) {
    std::error_code unknown;
    const auto status = std::filesystem::status(io::split_table_name(table).first, unknown);
    if (table == "-" || table.starts_with("/dev/stdin") ||
        (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)))
      throw Error(ErrorKind::usage, "several ranks cannot read what comes through a pipe", table,
                  "the name of a file that all of them can open");
  }
}

Threads Context::make_threads() const {
  if (!pool_) {
    const bool is_shared = is_for_all_ranks && !ranks.is_alone();
    pool_.emplace(threads == 0 && is_shared ? threads_of_rank(ranks) : threads);
    if (is_shared) pool_ = pool_->across(ranks);
  }
  return *pool_;
}

Command add_command(Command& program, const std::string& name, const std::string& description) {
  Command command = program.subcommand(name, description);
  Context& context = program.context();
  command.option("--threads", context.threads, "Number of threads; 0: one per processor")
      .between(0, 1024)
      .type_name("N");
  command.flag("--quiet", context.terminal.quiet, "Print only errors");
  command.flag("--verbose", context.terminal.verbose, "Also print the time of each stage");
  return command;
}

void FormatOptions::add(Command& command, const std::string& by_default) {
  command.flag("--overwrite", overwrite, "Replace an existing output");
  command
      .option("--format", format,
              "votable, votable-binary, votable-binary2, fits, ecsv, csv or tsv (default: " +
                  by_default + ")")
      .type_name("FORMAT");
  command.flag("--comments", comments,
               "Begin CSV and TSV with what other formats have in their headers, as lines "
               "\"# name: value\"");
}

io::WriteOptions FormatOptions::write(Context& context, const Origin& origin) const {
  io::WriteOptions options;
  options.note = [&terminal = context.terminal](const std::string& line) { terminal.note(line); };
  options.threads = context.make_threads();
  options.overwrite = replace();
  if (!format.empty()) options.format = io::format_from_text(format);
  options.comments = comments;
  options.provenance = context.provenance(origin);
  return options;
}

Option OutputOptions::add(Command& command, const std::string& description) {
  Option out = command.option("--out", path, description).type_name("FILE");
  FormatOptions::add(command, "from the file name");
  return out;
}

void PartsOption::add(Command& command) {
  command
      .option("--parts", parts,
              "Write several files, with a number before the ending of the name: so many with "
              "about as many rows each, or healpix:ORDER (0 to 3), one for each pixel of the sky")
      .type_name("N|healpix:ORDER");
}

namespace {

/// Throws Error (usage) if one of these files is read.
void refuse_inputs(std::vector<std::string> outputs, const std::vector<std::string>& inputs) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::erase_if(outputs,
                [&](const std::string& path) { return !fs::is_regular_file(path, error); });
  if (outputs.empty()) return;
  for (const std::string& input : inputs)
    for (const std::string& table : io::expand_table_name(input))
      for (const std::string& output : outputs)
        if (fs::equivalent(io::split_table_name(table).first, output, error))
          throw Error(ErrorKind::usage, "the output is a table that is read", output,
                      "another name");
}

}  // namespace

std::optional<io::Parts> PartsOption::load(const sky::PositionColumns& columns,
                                           const std::string& out,
                                           const std::vector<std::string>& inputs) const {
  auto wanted = read(columns, out);
  if (wanted) refuse_inputs(io::existing_parts(out, *wanted), inputs);
  return wanted;
}

std::optional<io::Parts> PartsOption::read(const sky::PositionColumns& columns,
                                           const std::string& out) const {
  if (parts.empty()) return std::nullopt;
  if (out == "-")
    throw Error(ErrorKind::usage, "standard output has no parts", "--parts",
                "the name of a file as --out");
  constexpr int most_parts = 100'000, most_order = 3;
  const auto number = [](std::string_view text, int least, int most) -> std::optional<int> {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    return is_whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
  };
  constexpr std::string_view by_pixel = "healpix:";
  if (parts.starts_with(by_pixel))
    if (const auto order = number(parts.substr(by_pixel.size()), 0, most_order))
      return sky::parts_by_pixel(columns, *order);
  if (const auto count = number(parts, 1, most_parts))
    return io::Parts{static_cast<size_t>(*count)};
  throw Error(
      ErrorKind::usage, "no such parts", "--parts",
      fmt::format("a number from 1 to {}, or healpix:0 to healpix:{}", most_parts, most_order),
      in_quotes(parts));
}

io::WriteOptions OutputOptions::write(Context& context, const Origin& origin) const {
  refuse_inputs({path}, origin.inputs);
  return FormatOptions::write(context, origin);
}

void RecipeOptions::add(Command& command, bool with_mixture) {
  command.option("--recipe", name, "Built-in recipe or TOML file")
      .show_default()
      .type_name("RECIPE");
  if (!with_mixture) return;
  command.option("--components", components, "Number of mixture components (overrides the recipe)")
      .between(1, 1000)
      .type_name("K");
  add_seed(command);
}

void RecipeOptions::add_seed(Command& command) {
  command.option("--seed", seed, "Random seed (overrides the recipe)").type_name("N");
}

void RecipeOptions::add_method(Command& command) {
  command
      .option("--method", method,
              "Classification method (overrides the recipe): mahalanobis (as published) or bayes "
              "(calibrated posteriors; recommended)")
      .type_name("METHOD");
}

void QuestionOptions::add(Command& command) {
  command
      .option(
          "--prior", prior,
          "How often classes occur among what is classified, for the method bayes: as among the "
          "labelled sources (sources; the default), as among their detections (detections), or "
          "your own: CLASS=P,… or a TOML file")
      .type_name("PRIOR");
  command
      .option("--coverage", coverage,
              "Part of the sources whose class is in their set of classes (default: 0.9, column "
              "set_90)")
      .between(0.5, 0.999)
      .type_name("P");
}

std::optional<method::Prior> QuestionOptions::load(const recipe::Recipe& recipe,
                                                   method::Method method) const {
  if (method != method::Method::bayes && (coverage || !prior.empty()))
    throw Error(ErrorKind::usage,
                fmt::format("{} is for the method bayes", coverage ? "--coverage" : "--prior"), "",
                "--method bayes, or a model of it", std::string(recipe::method_name(method)));
  if (prior.empty()) return std::nullopt;
  return recipe::read_prior(prior, recipe);
}

void RecipeOptions::add_label_column(Command& command) {
  command
      .option("--label-column", label_column,
              "Column of the labels (default: the first of the recipe's that is there)")
      .type_name("COLUMN");
}

recipe::Recipe RecipeOptions::load() const {
  recipe::Recipe recipe = recipe::load_recipe(name);
  if (!method.empty()) {
    try {
      recipe.method = recipe::method_from_name(method);
    } catch (const Error& error) {
      throw Error(ErrorKind::usage, error.message(), "--method", error.expected(), error.found());
    }
  }
  if (components) recipe.mixture.components = *components;
  if (seed) recipe.mixture.seed = *seed;
  if (!label_column.empty()) recipe.labels.type_columns = {label_column};
  return recipe;
}

void LabelledInputOptions::add(Command& command) {
  command
      .tables("--detections", input.detections,
              "Table of detections, or several that are one; -: standard input")
      .required()
      .type_name("FILE");
  command
      .tables("--labels", input.labels,
              "Table of counterparts with object types (default: a column of the detections)")
      .type_name("FILE");
  command
      .option("--join", join,
              "Match labels by position or by name (default: by position, if the recipe has them)")
      .one_of({"position", "name"})
      .type_name("HOW");
  command.option("--radius", radius, "Maximum separation (overrides the recipe)")
      .between(0.0, 648000.0)
      .type_name("ARCSEC");
  command
      .option("--label-column", input.label_column,
              "Column of the labels (default: the first of the recipe's that is there)")
      .type_name("COLUMN");
}

recipe::LabelledInput LabelledInputOptions::load(const recipe::Recipe& recipe) const {
  recipe::LabelledInput result = input;
  result.join =
      input.labels.empty() ? recipe::LabelJoin::own : recipe::join_from_text(join, recipe);
  result.radius_arcsec = radius.value_or(recipe.labels.radius_arcsec);
  return result;
}

void ClustersOption::add(Command& command) {
  command
      .option(
          "--clusters", name,
          "Use the scaling and mixture of this model (built-in or file) instead of fitting them")
      .type_name("MODEL");
}

std::optional<model::RecipeModel> ClustersOption::load(const recipe::Recipe& recipe) const {
  if (name.empty()) return std::nullopt;
  model::RecipeModel model = model::load_model(name);
  model::check_features(model, recipe);
  return model;
}

void print_anomalies(Terminal& terminal, const Table& detections, const recipe::Recipe& recipe) {
  const auto number = [&](const char* column, size_t row, const char* format) {
    const double value = detections.at(column).number(row);
    return std::isnan(value) ? "-" : fmt::format(fmt::runtime(format), value);
  };
  std::vector<std::vector<std::string>> lines = {
      {"most unusual", "observation", "tail", "log density", "percentile", "type"}};
  const Column* observation = recipe::observation_column(detections, recipe);
  const Column* of_class = detections.find(recipe::class_column);
  const Column& type = of_class ? *of_class : detections.at(recipe.labels.type_column);
  for (size_t row = 0; row < detections.rows(); ++row)
    lines.push_back({shown(cell_text(detections.at(recipe.name_column), row), 40),
                     observation ? shown(cell_text(*observation, row), 20) : "",
                     number("tail_probability", row, "{:.1e}"),
                     number("log_density", row, "{:.1f}"),
                     number("density_percentile", row, "{:.2f}"), shown(cell_text(type, row), 20)});
  print_columns(terminal, lines);
}

void add_unique_detections(Command& command, bool& value) {
  command.flag(
      "--unique-detections", value,
      "Count a measurement that is listed under several names only once: under the name with "
      "the best match_type (u before a), then the first alphabetically");
}

void add_checkpoint(Command& command, jobs::CheckpointOptions& options) {
  options.note = [&terminal = command.context().terminal](const std::string& text) {
    terminal.note(text);
  };
  const Option folder =
      command
          .option("--checkpoint", options.folder,
                  "Keep fits of the mixture in this folder, and go on from those that it has")
          .not_empty()
          .type_name("DIR");
  command
      .option("--checkpoint-minutes", options.minutes,
              "Time between two states of a fit; 0: after each iteration")
      .show_default()
      .between(0.0, 100000.0)
      .needs(folder)
      .type_name("MINUTES");
}

void add_count(std::vector<std::string>& items, const std::string& what, uint64_t count) {
  if (count) items.push_back(what + " " + with_commas(count));
}

std::string shell_word(const std::string& path) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:=@%";
  if (!path.empty() && path.find_first_not_of(safe) == std::string::npos) return path;
  std::string word = "'";
  for (const char c : path) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string shell_words(const std::string& tables) {
  if (!io::is_joined(tables)) return shell_word(tables);
  std::string words;
  for (size_t begin = 0; begin <= tables.size();) {
    const size_t end = std::min(tables.find('\n', begin), tables.size());
    words += (begin == 0 ? "" : " ") + shell_word(tables.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace uhuru::cli
