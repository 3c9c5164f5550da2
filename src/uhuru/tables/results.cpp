#include "uhuru/tables/results.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <type_traits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/source_merge.hpp"
#include "uhuru/tables/table_recipe.hpp"
#include "uhuru/tables/table_results.hpp"

namespace uhuru::tables {
namespace {

namespace fs = std::filesystem;

/// Reads tables that are not a run's.
class TableReading {
 public:
  TableReading(const ResultsPath& path, const TableOptions& options, const Threads& threads)
      : path_(path), options_(options), threads_(threads) {}

  TableResults read() {
    const recipe::Recipe* wanted = load_wanted();
    bool are_sources = false;
    const std::string where = read_rows(are_sources);
    return in(where, [&] {
      TableRecipe of_table =
          in_table(rows_, [&] { return recipe_of_table(rows_, options_.class_column, wanted); });
      const bool counts = rows_.find("detection_count") || rows_.find("votes");
      are_sources = are_sources || counts || rows_are_distinct(of_table);
      notes_.insert(notes_.end(), of_table.notes.begin(), of_table.notes.end());
      return TableResults{path_,
                          std::move(rows_),
                          std::move(of_table),
                          are_sources,
                          std::move(model_),
                          std::move(files_),
                          std::move(notes_)};
    });
  }

 private:
  /// Errors name the place.
  template <class Work>
  static std::invoke_result_t<const Work&> in(const std::string& where, const Work& work) {
    try {
      return work();
    } catch (const Error& error) {
      throw error.within(where);
    }
  }

  /// The recipe that the user wants, or that of the model.
  const recipe::Recipe* load_wanted() {
    std::string model = options_.model;
    const fs::path own = fs::path(path_.path) / run_file::model;
    if (model.empty() && path_.kind == ResultsKind::folder && fs::is_regular_file(own)) {
      model = own.string();
      files_.emplace_back(run_file::model, sha256_of_file(model));
    }
    if (!model.empty()) model_ = model::load_model(model);
    if (!options_.recipe.empty()) recipe_ = recipe::load_recipe(options_.recipe);
    if (recipe_ && model_) model::check_recipe(*model_, *recipe_);
    return recipe_ ? &*recipe_ : model_ ? &model_->recipe : nullptr;
  }

  Table read_table(const std::string& name, const std::string& path) {
    if (io::is_joined(path)) return read_several(path);
    Table table = in(path, [&] { return io::read_table(path, threads_); });
    notes_.insert(notes_.end(), table.notes.begin(), table.notes.end());
    if (path != "-") files_.emplace_back(name, sha256_of_file(io::split_table_name(path).first));
    return table;
  }

  Table read_several(const std::string& name) {
    const io::Input input(name);
    Table table = io::read_table(*input.open(threads_));
    notes_.insert(notes_.end(), table.notes.begin(), table.notes.end());
    for (const NamedDigest& file : input.digests()) files_.emplace_back(file.name, file.sha256);
    return table;
  }

  /// Reads the rows that tell most; returns their place for messages.
  std::string read_rows(bool& are_sources) {
    if (path_.kind == ResultsKind::table) {
      rows_ = read_table(path_.path, path_.path);
      return path_.path;
    }
    const auto name_of = [&](const char* stem) -> std::string {
      for (const std::string& name : path_.files)
        if (run_file::is_table(name, stem)) return name;
      return {};
    };
    const auto file = [&](const std::string& name) {
      return (fs::path(path_.path) / name).string();
    };
    if (const std::string name = name_of(run_file::detections); !name.empty()) {
      rows_ = read_table(name, file(name));
      return file(name);
    }
    are_sources = true;
    std::map<std::string, Table> tables;
    for (const char* stem : {run_file::unique, run_file::ambiguous, run_file::sources})
      if (const std::string name = name_of(stem); !name.empty())
        tables.emplace(stem, read_table(name, file(name)));
    const auto has = [&](const char* stem) { return tables.contains(stem); };
    const auto table = [&](const char* name) -> const Table* {
      const auto found = tables.find(name);
      return found == tables.end() ? nullptr : &found->second;
    };
    rows_ = in(path_.path, [&] {
      return merge_sources(table(run_file::unique), table(run_file::ambiguous),
                           table(run_file::sources));
    });
    if (!has(run_file::sources) && has(run_file::unique) != has(run_file::ambiguous))
      notes_.push_back(std::string("the folder has no table ") +
                       (has(run_file::unique) ? run_file::ambiguous : run_file::unique) +
                       ": only the sources of the other table are shown");
    return path_.path;
  }

  /// Whether each row is a source of its own.
  bool rows_are_distinct(const TableRecipe& of_table) const {
    if (!of_table.observation.empty()) return false;
    if (of_table.name.empty()) return true;
    const Column& name = rows_.at(of_table.name);
    std::vector<std::string> names;
    for (size_t row = 0; row < name.size(); ++row)
      if (!name.missing(row)) names.push_back(cell_text(name, row));
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) == names.end();
  }

  const ResultsPath& path_;
  const TableOptions& options_;
  const Threads& threads_;
  std::optional<model::RecipeModel> model_;
  std::optional<recipe::Recipe> recipe_;
  Table rows_;
  std::vector<std::pair<std::string, std::string>> files_;
  std::vector<std::string> notes_;
};

}  // namespace

RunFolder read_results(const ResultsPath& path, const std::string& validation,
                       const TableOptions& options, const Threads& threads, RunTables* tables) {
  if (path.kind == ResultsKind::catalog)
    throw Error(ErrorKind::usage, "this is a catalog already", path.path,
                "the folder or the table that it was made from");
  if (path.kind == ResultsKind::run) {
    if (options.any())
      throw Error(ErrorKind::usage, "a run has its own recipe, model and classes", path.path,
                  "--recipe, --model and --class-column only with tables that are not a run's");
    return read_run_folder(path.path, validation, threads, tables);
  }
  return table_results(TableReading(path, options, threads).read(), validation, threads, tables);
}

}  // namespace uhuru::tables
