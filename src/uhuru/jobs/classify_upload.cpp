#include "uhuru/jobs/classify_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru::jobs {

namespace {

/// Few enough that `stop` takes effect within a fraction of a second.
constexpr size_t classified_at_a_time = 4096;
/// Limit in memory at a time, whatever array sizes a header declares.
constexpr size_t values_at_a_time = size_t{1} << 22;

/// Also of arrays of strings: a format with fixed sizes would write them in full.
size_t values_of_row(const Table& header) {
  size_t values = 0;
  for (const Column& column : header.columns)
    values += std::max<size_t>(1, parse_arraysize(column.field.arraysize));
  return values;
}

/// Keeps what the vote needs of the classes of all rows.
class UploadVote {
 public:
  /// Does nothing if the table has no names.
  UploadVote(const Table& header, const recipe::Recipe& recipe) : recipe_(recipe) {
    if (!has(header, recipe.name_column)) return;
    if (!has(header, recipe.observation_column)) recipe_.observation_column.clear();
    std::vector<std::string> wanted = {
        recipe_.name_column, recipe_.observation_column, recipe.ra_column,
        recipe.dec_column,   recipe::class_column,       "p_known",
        "log_density",       "density_percentile",       "tail_probability"};
    const auto classes = recipe::class_columns(recipe);
    wanted.insert(wanted.end(), classes.begin(), classes.end());
    for (size_t c = 0; c < header.columns.size(); ++c)
      if (const Field& field = header.columns[c].field;
          std::find(wanted.begin(), wanted.end(), field.name) != wanted.end()) {
        places_.push_back(c);
        rows_.add_from(header, field);
      }
  }

  void add(const Table& batch) {
    for (size_t i = 0; i < places_.size(); ++i)
      rows_.columns[i].append_from(batch.columns[places_[i]], 0, batch.rows());
  }

  std::optional<Table> sources(const Threads& threads, const method::Combining* combining) const {
    if (places_.empty()) return std::nullopt;
    return tables::vote_on_table(rows_, recipe_, threads, combining).sources;
  }

 private:
  static bool has(const Table& header, const std::string& name) {
    return !name.empty() && header.find(name);
  }

  recipe::Recipe recipe_;
  std::vector<size_t> places_;  // of the columns that are kept
  Table rows_;
};

}  // namespace

UploadClasses classify_upload(io::TableReader& upload, const model::RecipeModel& model,
                              const UploadOptions& options, const Threads& threads) {
  // Arrays are limited by their columns: an empty cell takes a few bytes, and a reader reads a
  // block of rows.
  const size_t most_values =
      std::min(options.max_row_values, std::max<size_t>(128, 32 * upload.header().columns.size()));
  if (const size_t values = values_of_row(upload.header()); values > most_values)
    throw input_error("the table is too wide", "",
                      fmt::format("at most {} values per row", with_commas(most_values)),
                      with_commas(values));
  PredictionReader predictions(upload, model, threads);
  const auto writer = options.out
                          ? io::create_table(*options.out, predictions.header(), options.write)
                          : std::unique_ptr<io::TableWriter>();
  UploadClasses result;
  result.absent = predictions.absent();
  result.rows = predictions.header().empty_copy();
  Table batch = predictions.header().empty_copy();
  std::optional<UploadVote> vote;
  if (options.vote) vote.emplace(predictions.header(), model.recipe);
  const size_t rows_of_values =
      std::max<size_t>(1, values_at_a_time / values_of_row(predictions.header()));
  const size_t most_kept = std::min(options.kept_rows, rows_of_values);
  const auto stopped = [&] {
    if (options.stop && options.stop())
      throw input_error("the table takes too long to classify", "", "fewer rows",
                        with_commas(predictions.rows_read()) + " rows done");
  };
  for (stopped(); predictions.read(batch, std::min(classified_at_a_time, rows_of_values));
       stopped()) {
    if (predictions.rows_read() > options.max_rows)
      throw input_error("too many rows", "", "at most " + with_commas(options.max_rows), "more");
    if (const size_t kept = result.rows.rows(); kept < most_kept) {
      std::vector<size_t> first(std::min(batch.rows(), most_kept - kept));
      std::iota(first.begin(), first.end(), size_t{0});
      result.rows.append_rows(batch.select(first));
    }
    if (vote) vote->add(batch);
    if (writer) writer->write(batch);
  }
  static_cast<PredictCounts&>(result) = predictions.counts();
  result.notes = predictions.remarks();
  if (vote) result.sources = vote->sources(threads, predictions.combining());
  if (writer) writer->commit();
  return result;
}

}  // namespace uhuru::jobs
