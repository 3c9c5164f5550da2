#include "uhuru/tables/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/tables/found_classes.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru::tables {
namespace {

namespace fs = std::filesystem;

constexpr size_t largest_record = size_t{1} << 28;

/// A cell of a column that must contain the name of a class.
method::ClassId class_of(const Column& column, size_t row, const recipe::Recipe& recipe,
                         const std::string& where) {
  const auto id = recipe.find_class(column.text(row));
  if (!id)
    throw input_error("unknown class", fmt::format("{}, row {}", where, row + 1),
                      "one of " + join(recipe.classes, ", "), in_quotes(column.text(row)));
  return *id;
}

/// The mean of a cell "mean±std", in FITS "mean+/-std", or the number in it.
double mean_of(const Column& column, size_t row, const std::string& where) {
  const std::string text = cell_text(column, row);
  const std::string_view sign = spread_sign(text);
  const auto mean =
      parse_double(std::string_view(text).substr(0, sign.empty() ? text.npos : text.find(sign)));
  if (!mean || !std::isfinite(*mean))
    throw input_error("invalid probability",
                      fmt::format("{}, row {}, column {}", where, row + 1, column.field.name),
                      "a number, or mean±std", in_quotes(text));
  return *mean;
}

/// The SHA-256 of the files that a run wrote, from its record; earlier versions noted none.
std::map<std::string, std::string> companion_digests(const std::string& record) {
  std::map<std::string, std::string> digests;
  const auto json = parse_json<nlohmann::json>(record);
  if (!json.is_object() || !json.contains("files") || !json["files"].is_object()) return digests;
  for (const auto& [name, digest] : json["files"].items())
    if (digest.is_string()) digests[name] = digest.get<std::string>();
  return digests;
}

constexpr const char* whole_folder = "as in run.json; restore the folder, or run again";

/// Throws Error (input) unless the file is the one that the run wrote.
std::string checked_digest(const std::string& folder, const std::string& name,
                           const std::map<std::string, std::string>& digests) {
  constexpr size_t shown_digits = 12;
  const std::string path = (fs::path(folder) / name).string();
  std::string digest = sha256_of_file(path);
  const auto expected = digests.find(name);
  if (expected != digests.end() && expected->second != digest)
    throw input_error(
        "the file is not the one that the run wrote", path,
        fmt::format("SHA-256 {}…, {}", expected->second.substr(0, shown_digits), whole_folder),
        fmt::format("{}…", digest.substr(0, shown_digits)));
  return digest;
}

/// Makes the columns numeric that should be: one without any value is read from CSV as text.
/// Throws Error (input) for other text in them.
void make_numeric(const recipe::Recipe& recipe, Table& table) {
  std::vector<std::string> names = {"cluster", "log_density", "density_percentile",
                                    "tail_probability", p_known_field().name};
  for (const recipe::Feature& feature : recipe.features) names.push_back(feature.name);
  names.insert(names.end(), recipe.classes.begin(), recipe.classes.end());
  for (const Field& field : group_fields(recipe)) names.push_back(field.name);
  for (Column& column : table.columns) {
    if (column.field.type != Type::text ||
        std::find(names.begin(), names.end(), column.field.name) == names.end())
      continue;
    Field field = column.field;
    field.type = Type::float64;
    field.arraysize.clear();
    Column numeric(std::move(field));
    for (const double value : numbers(column)) numeric.append_number(value);
    column = std::move(numeric);
  }
}

/// Makes the columns texts that should be: names and classes may be numbers.
void make_text(const recipe::Recipe& recipe, Table& table) {
  for (const std::string& name :
       {recipe.name_column, recipe.labels.type_column, std::string("main_type"),
        std::string(recipe::class_column), std::string("class"), std::string("master_class"),
        std::string("soft_master_class")})
    for (Column& column : table.columns)
      if (column.field.name == name && column.field.type != Type::text)
        column = text_column(column);
}

class FolderReader {
 public:
  FolderReader(const std::string& path, const Threads& threads, RunTables* tables)
      : threads_(threads), tables_(tables) {
    folder_.path = path;
  }

  RunFolder read(const std::string& validation) {
    for (const char* name : {run_file::record, run_file::model})
      if (!fs::is_regular_file(file(name))) throw not_a_run(name);
    folder_.record = io::load_text(use(run_file::record), "file", largest_record);
    digests_ = companion_digests(folder_.record);
    folder_.model = model::load_model(use(run_file::model));
    in_file(run_file::clusters, [&](Table table) {
      read_clusters(table);
      if (tables_) tables_->clusters = std::move(table);
    });
    in_file(run_file::detections, [&](Table table) {
      auto rows = read_classes(table);
      if (!tables_) return;
      tables_->classified = std::move(table);
      tables_->classified_rows = std::move(rows);
      tables_->labels = std::move(labels_);
      tables_->sources = std::move(sources_);
      vote_again();
    });
    if (!find_table(run_file::sources).empty()) {
      read_sources(run_file::sources, recipe::class_column);
    } else {
      read_sources(run_file::unique, "master_class");
      read_sources(run_file::ambiguous, "soft_master_class");
    }
    if (!validation.empty()) {
      folder_.validation = io::load_text(validation, "file", largest_record);
      folder_.files.emplace_back(validation, sha256_of_file(validation));
    } else if (fs::exists(file("validation.json"))) {
      folder_.validation = io::load_text(use("validation.json"), "file", largest_record);
    }
    return std::move(folder_);
  }

 private:
  std::string file(const std::string& name) const {
    return (fs::path(folder_.path) / name).string();
  }
  Error not_a_run(const std::string& absent) const {
    return input_error("the folder is not a run folder", folder_.path,
                       "a folder written by `uhuru run --out`", "no " + absent)
        .because(fs::exists(folder_.path) ? ErrorCause::other : ErrorCause::absent_file);
  }
  /// The name of a table: the one that the run wrote, if there are others beside it.
  std::string find_table(const std::string& stem) const {
    for (const auto& [name, digest] : digests_)
      if (run_file::is_table(name, stem) && fs::exists(file(name))) return name;
    return run_file::find_table(folder_.path, stem);
  }
  /// The path of a file used for the report.
  std::string use(const std::string& name) {
    folder_.files.emplace_back(name, checked_digest(folder_.path, name, digests_));
    return file(name);
  }
  /// Reads a table; errors name its file.
  template <class Work>
  void in_file(const std::string& stem, Work&& work) {
    const std::string name = find_table(stem);
    if (name.empty()) throw not_a_run(run_file::table_name(stem, io::Format::csv));
    const std::string path = use(name);
    try {
      const recipe::Recipe& recipe = folder_.model.recipe;
      Table table = sky::read_decimal_table(path, {recipe.ra_column, recipe.dec_column}, threads_);
      if (stem == run_file::clusters || stem == run_file::detections) make_numeric(recipe, table);
      make_text(recipe, table);
      work(std::move(table));
    } catch (const Error& error) {
      throw error.within(path);
    }
  }

  void read_clusters(const Table& table) {
    const recipe::Recipe& recipe = folder_.model.recipe;
    const auto rows = static_cast<Eigen::Index>(table.rows());
    folder_.features.resize(rows, static_cast<Eigen::Index>(recipe.features.size()));
    for (size_t f = 0; f < recipe.features.size(); ++f) {
      const auto values = numbers(table.at(recipe.features[f].name));
      folder_.features.col(static_cast<Eigen::Index>(f)) =
          Eigen::Map<const Vector>(values.data(), rows);
    }
    const auto count = folder_.model.mixture.components();
    folder_.cluster_count = static_cast<size_t>(count);
    for (const double cluster : numbers(table.at("cluster"))) {
      if (!(cluster >= 0 && cluster < static_cast<double>(count) && cluster == std::floor(cluster)))
        throw input_error("invalid cluster", fmt::format("row {}", folder_.clusters.size() + 1),
                          fmt::format("one of the {} clusters of model.json", count),
                          fmt::format("{}", cluster));
      folder_.clusters.emplace_back(method::ClusterId(static_cast<int>(cluster)));
    }
    labels_ = recipe::label_classes(recipe::own_labels(table, recipe), recipe);
    folder_.classes = labels_.known;
    folder_.standings = standings_by_label(labels_);
    if (const Column* column = table.find("log_density")) folder_.log_density = numbers(*column);
    if (const Column* column = table.find("tail_probability"))
      folder_.tail_probability = numbers(*column);
    for (const std::string& name :
         {recipe.name_column, recipe.observation_column, recipe.ra_column, recipe.dec_column})
      if (const Column* column = name.empty() ? nullptr : table.find(name))
        folder_.detections.columns.push_back(*column);
    for (const Column* column : carried_columns(table, recipe))
      folder_.detections.columns.push_back(*column);
    folder_.detections.at(recipe.name_column);
  }

  /// `run` classifies the detections of clusters.csv without a label or with an ambiguous one, in
  /// order of name and observation. Returns their rows in clusters.csv.
  std::vector<size_t> read_classes(const Table& table) {
    const recipe::Recipe& recipe = folder_.model.recipe;
    sources_ = recipe::source_rows(folder_.detections, recipe);
    auto rows = sources_.only(labels_.to_classify).rows;
    if (rows.size() != table.rows())
      throw input_error(mismatch(), "", fmt::format("{} detections", rows.size()),
                        fmt::format("{}", table.rows()));
    const Column& ours = folder_.detections.at(recipe.name_column);
    const Column& name = table.at(recipe.name_column);
    const Column& type = table.at("main_type");
    for (size_t i = 0; i < rows.size(); ++i) {
      if (cell_text(ours, rows[i]) != cell_text(name, i))
        throw input_error(mismatch(), fmt::format("row {}", i + 1),
                          "detection " + in_quotes(cell_text(ours, rows[i])),
                          in_quotes(cell_text(name, i)));
      if (cell_text(type, i).empty()) continue;
      folder_.classes[rows[i]] = class_of(type, i, recipe, "column main_type");
      folder_.standings[rows[i]] = Standing::classified;
    }
    return rows;
  }

  std::string mismatch() const {
    return "the table does not match " + find_table(run_file::clusters);
  }

  /// The vote that the run made, from what it wrote.
  void vote_again() {
    RunTables& run = *tables_;
    std::vector<double> tails;
    if (const Column* tail = run.clusters.find("tail_probability"))
      for (const size_t row : run.classified_rows) tails.push_back(tail->number(row));
    if (auto combining = folder_.model.combining())
      run.combining = std::make_shared<method::Combining>(std::move(*combining));
    run.verdicts = method::vote(tables::read_classes(run.classified, folder_.model.recipe), tails,
                                run.sources.only(run.labels.to_classify).renumbered(),
                                run.combining.get(), threads_);
    run.columns = all_columns(folder_.model, run.combining.get());
  }

  void read_sources(const std::string& stem, const std::string& class_column) {
    in_file(stem, [&](const Table& table) {
      const recipe::Recipe& recipe = folder_.model.recipe;
      const Column& name = table.at(recipe.name_column);
      const Column* found = find_ours(table, class_column, "class");
      const Column& type = found ? *found : table.at(class_column);
      const auto names = recipe::class_columns(recipe);
      if (auto note = note_of_old_names(table, recipe); !note.empty())
        folder_.notes.push_back(find_table(stem) + ": " + note);
      const auto counts = numbers(table.at("detection_count"));
      for (size_t row = 0; row < table.rows(); ++row) {
        if (type.missing(row)) continue;  // a source without class
        ClassifiedSource source;
        source.name = cell_text(name, row);
        constexpr double most = 1e15;
        if (!(counts[row] >= 1 && counts[row] <= most))
          throw input_error("invalid number of detections", fmt::format("row {}", row + 1),
                            "a whole number", cell_text(table.at("detection_count"), row));
        source.detections = static_cast<uint64_t>(counts[row]);
        source.class_id = class_of(type, row, recipe, "column " + type.field.name);
        for (size_t c = 0; c < recipe.classes.size(); ++c) {
          const Column* ours = find_ours(table, names[c], recipe.classes[c]);
          const Column& of_class = ours ? *ours : table.at(names[c]);
          source.probabilities.push_back(of_class.missing(row) &&
                                                 !folder_.model.has_learned(method::ClassId(c))
                                             ? missing_number
                                             : mean_of(of_class, row, stem));
        }
        folder_.sources.push_back(std::move(source));
      }
    });
  }

  const Threads& threads_;
  RunTables* tables_;
  RunFolder folder_;
  recipe::LabelledClasses labels_;
  method::SourceRows sources_;
  std::map<std::string, std::string> digests_;
};

}  // namespace

RunFolder read_run_folder(const std::string& path, const std::string& validation,
                          const Threads& threads, RunTables* tables) {
  return FolderReader(path, threads, tables).read(validation);
}

void check_catalog_folder(const std::string& folder, const std::string& run) {
  const std::string path = (fs::path(folder) / run_file::record).string();
  if (!fs::exists(path)) return;
  const std::string text = io::load_text(path, "file", largest_record);
  auto record = parse_json<nlohmann::json>(text);
  const auto of_catalog = parse_json<nlohmann::json>(run);
  if (!record.is_object()) throw input_error("invalid run record", path, "a JSON object");
  for (const char* only_there : {"seconds", "threads", "files"}) record.erase(only_there);
  if (record != of_catalog)
    throw input_error("the catalog is not the one that the run wrote",
                      (fs::path(folder) / run_file::catalog).string(),
                      std::string("that of the run ") + whole_folder, "that of another run");
  if (fs::exists(fs::path(folder) / run_file::model))
    checked_digest(folder, run_file::model, companion_digests(text));
}

}  // namespace uhuru::tables
