// The record of a run: run.json.
#pragma once

#include <map>
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
/// The SHA-256 of files, by name.
using Digests = std::map<std::string, std::string>;

/// What a run was asked, did and noted.
nlohmann::ordered_json run_record(const RunOptions& options, const recipe::Recipe& recipe,
                                  const RunSummary& summary, const InputRecords& inputs,
                                  const Threads& threads);

/// Adds the record to the catalog, the digests of the folder's `files` to the record, and writes
/// it. `companions`: of all of them but the catalog and the record. Throws Error as OutputFile.
void write_record(const io::OutputFolder& folder, nlohmann::ordered_json record,
                  const recipe::Recipe& recipe, Digests companions,
                  const std::vector<std::string>& files);

}  // namespace uhuru::jobs
