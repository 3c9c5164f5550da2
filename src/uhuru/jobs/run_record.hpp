// The record of a run: run.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/io/output_file.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/tables/file_record.hpp"

namespace uhuru::jobs {

/// Those of the detections and of the labels, see file_record.
using InputRecords = std::pair<nlohmann::ordered_json, nlohmann::ordered_json>;

/// What a run was asked, did and noted.
nlohmann::ordered_json run_record(const RunOptions& options, const recipe::Recipe& recipe,
                                  const RunSummary& summary, const InputRecords& inputs,
                                  const Threads& threads);

/// Adds the record to the catalog and the digests of the folder's `files`, of which it is the last,
/// to the record, and writes it. Throws Error as OutputFile.
void write_record(const io::OutputFolder& folder, nlohmann::ordered_json record,
                  const recipe::Recipe& recipe, const std::vector<std::string>& files,
                  const Threads& threads);

}  // namespace uhuru::jobs
