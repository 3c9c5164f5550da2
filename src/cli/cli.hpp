// What the subcommands share: options, terminal, errors. One file per subcommand beside this.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "uhuru/base/progress.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/classify/vote.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/pipeline/detections.hpp"

namespace uhuru::cli {

/// The terminal: summaries, notes, a progress bar for what takes more than a second.
class Terminal {
 public:
  bool quiet = false, verbose = false;
  /// Summaries go to standard error where standard output carries a table.
  bool output_is_table = false;

  /// Columns of the terminal that `stream` is; `otherwise` where it is none.
  static int width(std::FILE* stream, int otherwise);

  void say(const std::string& line);
  /// Items separated by " · ", broken between items where the terminal ends.
  void say_items(const std::string& head, const std::vector<std::string>& items);
  /// The stages' seconds, where --verbose asks for them.
  void say_times(const StageSeconds& seconds);
  void note(const std::string& line);
  void show_error(const std::exception& error);
  /// A listener that draws the bar; empty where nobody would see it.
  Progress progress();
  /// Draws the last state again where the bar is due but not there: at the first wait that takes
  /// long, and after a note.
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

/// Options of every subcommand, and what main() runs after parsing.
struct Context {
  Terminal terminal;
  int threads = 0;
  std::function<void()> action;

  /// The threads that all stages share.
  Threads make_threads() const {
    if (!pool_) pool_.emplace(threads);
    return *pool_;
  }

 private:
  mutable std::optional<Threads> pool_;
};

/// A subcommand with the options that all have.
Command add_command(Command& program, const std::string& name, const std::string& description);

/// --out, --overwrite, --format of a command that writes a table.
struct OutputOptions {
  std::string path;
  bool overwrite = false;
  std::string format;

  Option add(Command& command, const std::string& description);
  WriteOptions write(const Context& context) const;
  Overwrite replace() const { return overwrite ? Overwrite::yes : Overwrite::no; }
};

/// --recipe; with a mixture --components and --seed, or only --seed; with classes --method.
struct RecipeOptions {
  std::string name = "csc2";
  std::string method;
  std::optional<int> components;
  std::optional<uint32_t> seed;

  void add(Command& command, bool with_mixture);
  void add_seed(Command& command);
  void add_method(Command& command);
  Recipe load() const;
};

/// --detections, --labels, --join, --radius.
struct LabelledInputOptions {
  LabelledInput input;
  std::string join = "position";
  std::optional<double> radius;

  void add(Command& command);
  LabelledInput load(const Recipe& recipe) const;
};

/// --clusters: a model whose scaling and mixture are taken.
struct ClustersOption {
  std::string name;

  void add(Command& command);
  /// Throws Error (input) where the model has other features than the recipe.
  std::optional<Model> load(const Recipe& recipe) const;
};

/// "1,859 classified" and the like, left out where the count is 0.
void add_count(std::vector<std::string>& items, const std::string& what, uint64_t count);

/// The path as a person can type it into a shell.
std::string shell_word(const std::string& path);

/// Prints rows of cells in columns; the last column gets what the terminal leaves, and goes where
/// that is too little.
void print_columns(Terminal& terminal, const std::vector<std::vector<std::string>>& rows);

/// Prints detections of the greatest anomalies: name, observation, label or class, and how unusual.
void print_anomalies(Terminal& terminal, const Table& detections, const Recipe& recipe);

/// The counts of a vote and where its tables are.
void print_votes(Terminal& terminal, const Vote& votes, const std::string& folder);

void add_run(Command& program);
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
void add_serve(Command& program);

}  // namespace uhuru::cli
