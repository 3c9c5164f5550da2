// Options, terminal output and errors common to the commands; each command has its own file.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/progress.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/tables/results.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru::jobs {
struct CheckpointOptions;
}

namespace uhuru::cli {

/// Terminal output: summaries, notes, and a progress bar for work that exceeds one second.
class Terminal {
 public:
  bool quiet = false, verbose = false;
  /// Print summaries to standard error, because standard output carries a table.
  bool output_is_table = false;

  /// Width of the terminal in columns, or `otherwise` if `stream` is not a terminal.
  static int width(std::FILE* stream, int otherwise);

  void say(const std::string& line);
  /// Prints items separated by " · ", wrapped between items at the width of the terminal.
  void say_items(const std::string& head, const std::vector<std::string>& items);
  /// Prints the seconds of each stage if --verbose is given.
  void say_times(const StageSeconds& seconds);
  void note(const std::string& line);
  /// What readers, or the method, found, each once: see TableReader::remarks().
  void notes(const std::vector<std::string>& lines);
  void show_error(const Error& error);
  /// A callback that draws the bar; empty if standard error is not a terminal.
  Progress progress();
  /// Redraws the bar if it is due but not visible: in the first long wait, and after a note.
  void refresh_progress();
  void clear_progress();

 private:
  void draw_progress();

  std::string stage_;
  uint64_t done_ = 0, total_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drawn_;
  bool bar_visible_ = false;
};

/// What a command makes its outputs from: the names of tables, of a recipe and of a model, as
/// given.
struct Origin {
  std::vector<std::string> inputs;
  std::string recipe = {}, model = {};
  std::string recipe_of_model = {};  // what it calls the one within it
};

/// Options of every command, and the action that main() runs after parsing.
struct Context {
  Terminal terminal;
  Communicator ranks;
  int threads = 0;
  bool is_for_all_ranks = false;  // the command shares its work among them
  std::function<void()> action;
  std::string command;            // see command_text
  std::string source_date_epoch;  // from the environment: seconds since 1970, or empty

  /// Throws Error (usage) if one of these tables is standard input, which only the first of several
  /// ranks has.
  void check_for_ranks(const std::vector<std::string>& tables) const;
  /// The thread pool shared by all stages; across the ranks, if the command is for all of them.
  Threads make_threads() const;
  /// The time of outputs that can be repeated, in seconds since 1970. Throws Error (usage) if
  /// source_date_epoch is no time.
  std::optional<int64_t> source_date() const;
  /// What outputs say of their making. Files are read, and errors thrown, when it is evaluated:
  /// Error (input) if a file cannot be read, or as source_date().
  std::shared_future<Provenance> provenance(const Origin& origin) const;

 private:
  mutable std::optional<Threads> pool_;
};

/// A command as given, for records: with `name`, its positional arguments, and its options in the
/// order of the help; files without folders, and no options that leave tables as they are.
std::string command_text(const std::string& name, const CLI::App& command);

/// Adds a command with the options that all commands have.
Command add_command(Command& program, const std::string& name, const std::string& description);

/// --overwrite, --format, --comments of a command that writes tables.
struct FormatOptions {
  bool overwrite = false, comments = false;
  std::string format;

  /// `by_default`: the format without --format.
  void add(Command& command, const std::string& by_default);
  /// The writer's notes are printed; `context` must outlive the options.
  io::WriteOptions write(Context& context, const Origin& origin) const;
  io::Overwrite replace() const { return io::overwrite_if(overwrite); }
};

/// The same, and --out, of a command that writes a table.
struct OutputOptions : FormatOptions {
  std::string path;

  Option add(Command& command, const std::string& description);
  /// Throws Error (usage) if the output is one of the inputs.
  io::WriteOptions write(Context& context, const Origin& origin) const;
};

/// --parts: the output as several files.
struct PartsOption {
  std::string parts;

  void add(Command& command);
  /// `columns`: of positions in the output. Throws Error (usage) if it is neither a number nor
  /// healpix:ORDER, the output is not a file, or a part that would be replaced is one of the
  /// inputs.
  std::optional<io::Parts> load(const sky::PositionColumns& columns, const std::string& out,
                                const std::vector<std::string>& inputs) const;

 private:
  std::optional<io::Parts> read(const sky::PositionColumns& columns, const std::string& out) const;
};

/// --recipe, and optionally --components and --seed, --seed alone, and --method.
struct RecipeOptions {
  std::string name = "csc2";
  std::string method;
  std::string label_column;
  std::optional<int> components;
  std::optional<uint32_t> seed;

  void add(Command& command, bool with_mixture);
  void add_seed(Command& command);
  void add_method(Command& command);
  /// --label-column: where a table of detections has its labels.
  void add_label_column(Command& command);
  recipe::Recipe load() const;
};

/// --detections, --labels, --join, --radius, --label-column.
struct LabelledInputOptions {
  recipe::LabelledInput input;
  std::string join;
  std::optional<double> radius;

  void add(Command& command);
  recipe::LabelledInput load(const recipe::Recipe& recipe) const;
};

/// --clusters: the model that supplies scaling and mixture.
struct ClustersOption {
  std::string name;

  void add(Command& command);
  /// Throws Error (input) if the features of model and recipe differ.
  std::optional<model::RecipeModel> load(const recipe::Recipe& recipe) const;
};

/// --prior and --coverage: what the method bayes is asked.
struct QuestionOptions {
  std::string prior;
  std::optional<double> coverage;

  void add(Command& command);
  /// Nothing if not given. Throws Error (usage) for another method, (input) as read_prior.
  std::optional<method::Prior> load(const recipe::Recipe& recipe, method::Method method) const;
};

/// Appends e.g. "classified 1,859" unless the count is 0.
void add_count(std::vector<std::string>& items, const std::string& what, uint64_t count);

/// The path, quoted for a shell if necessary.
std::string shell_word(const std::string& path);

/// The words for a table, or for several that are one; see Command::tables.
std::string shell_words(const std::string& tables);

/// Prints rows of cells in columns. The last column is cut to the width of the terminal; columns
/// for which no space is left are omitted.
void print_columns(Terminal& terminal, const std::vector<std::vector<std::string>>& rows);

/// Prints the most anomalous detections: name, observation, anomaly scores, label or class.
void print_anomalies(Terminal& terminal, const Table& detections, const recipe::Recipe& recipe);

/// --unique-detections
void add_unique_detections(Command& command, bool& value);

/// --checkpoint and --checkpoint-minutes
void add_checkpoint(Command& command, jobs::CheckpointOptions& options);

/// --class-column, --recipe and --model: how tables that are not a run's are understood.
void add_table_options(Command& command, tables::TableOptions& options);

/// Prints the counts of a vote and the location of its tables. `format`: without one, CSV.
void print_votes(Terminal& terminal, const tables::SourceTables& votes, const std::string& folder,
                 std::optional<io::Format> format);

void add_run(Command& program);
void add_recipe(Command& program);
void add_fetch(Command& program);
void add_cluster(Command& program);
void add_select(Command& program);
void add_crossmatch(Command& program);
void add_classify(Command& program);
void add_validate(Command& program);
void add_vote(Command& program);
void add_compare(Command& program);
void add_predict(Command& program);
void add_simulate(Command& program);
void add_show(Command& program);
void add_report(Command& program);
void add_convert(Command& program);
void add_send(Command& program);
void add_catalog(Command& program);
void add_export(Command& program);
void add_serve(Command& program);

}  // namespace uhuru::cli
