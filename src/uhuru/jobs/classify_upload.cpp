#include "uhuru/jobs/classify_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

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
    if (writer) writer->write(batch);
  }
  static_cast<PredictCounts&>(result) = predictions.counts();
  result.notes = predictions.remarks();
  if (writer) writer->commit();
  return result;
}

}  // namespace uhuru::jobs
