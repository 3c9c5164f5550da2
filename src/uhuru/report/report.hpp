// A run as a single page that works offline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"

#pragma GCC visibility push(default)
namespace uhuru::report {

struct ReportOptions {
  std::string folder;      // of a run
  std::string validation;  // a validation.json from another folder; may be empty
  std::string out;         // the page; empty: report.html in the folder
  io::Overwrite overwrite = io::Overwrite::no;
};

struct ReportSummary {
  uint64_t detections = 0;  // clustered
  uint64_t sources = 0;     // with a class
  uint64_t bytes = 0;
  std::string out;
  std::vector<std::string> notes;  // what the page lacks, and why
};

/// Writes the page of a run: counts, clusters, maps, scatter plots, histograms, sources,
/// validation, anomalies and provenance. The same folder gives the same bytes. Throws Error (usage)
/// if the program was built without its web pages or the page exists, Error (input): see
/// read_run_folder.
ReportSummary write_report(const ReportOptions& options, const Threads& threads);

/// The data of the page, as JSON that is safe inside a <script>: it contains no '<'.
std::string report_data(const ReportOptions& options, const Threads& threads,
                        ReportSummary& summary);

}  // namespace uhuru::report
#pragma GCC visibility pop
