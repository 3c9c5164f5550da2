// The record of a run: run.json.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/io/output_file.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/tables/file_record.hpp"

namespace uhuru::jobs {

/// See file_record.
struct InputRecords {
  nlohmann::ordered_json detections, labels;
};

/// What a run was asked, did and noted.
nlohmann::ordered_json run_record(const RunOptions& options, const recipe::Recipe& recipe,
                                  const RunSummary& summary, const InputRecords& inputs,
                                  const Threads& threads);

/// Adds the record to the catalog and the digests of the folder's files to the record, and writes
/// it. Throws Error as OutputFile.
void write_record(const io::OutputFolder& folder, nlohmann::ordered_json record,
                  const recipe::Recipe& recipe, const Threads& threads);

}  // namespace uhuru::jobs
