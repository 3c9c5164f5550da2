#include "uhuru/pipeline/classify_upload.hpp"

#include <algorithm>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {

namespace {

/// Few enough that `stop` is heard in a fraction of a second.
constexpr size_t rows_at_a_time = 4096;

}  // namespace

UploadClasses classify_upload(TableReader& upload, const Model& model, const UploadOptions& options,
                              const Threads& threads) {
  PredictionReader predictions(upload, model, threads);
  const auto writer = options.out ? create_table(*options.out, predictions.header(), options.write)
                                  : std::unique_ptr<TableWriter>();
  UploadClasses result;
  result.absent = predictions.absent();
  result.rows = predictions.header().empty_copy();
  Table batch = predictions.header().empty_copy();
  const auto stopped = [&] {
    if (options.stop && options.stop())
      throw input_error("the table takes too long to classify", "", "fewer rows",
                        with_commas(predictions.rows_read()) + " rows done");
  };
  for (stopped(); predictions.read(batch, rows_at_a_time); stopped()) {
    if (predictions.rows_read() > options.max_rows)
      throw input_error("too many rows", "", "at most " + with_commas(options.max_rows), "more");
    if (const size_t kept = result.rows.rows(); kept < options.kept_rows) {
      std::vector<size_t> first(std::min(batch.rows(), options.kept_rows - kept));
      std::iota(first.begin(), first.end(), size_t{0});
      result.rows.append_rows(batch.select(first));
    }
    if (writer) writer->write(batch);
  }
  static_cast<PredictCounts&>(result) = predictions.counts();
  if (writer) writer->commit();
  return result;
}

}  // namespace uhuru
