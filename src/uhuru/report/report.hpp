// A run, or other results, as a single page that works offline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/tables/results.hpp"

#pragma GCC visibility push(default)
namespace uhuru::report {

struct ReportOptions {
  std::string folder;      // of a run, or other results, see find_results
  std::string validation;  // a validation.json from another folder; may be empty
  std::string out;         // the page; empty: report.html in the folder, or TABLE.html
  io::Overwrite overwrite = io::Overwrite::no;
  tables::TableOptions table = {};
};

struct ReportSummary {
  uint64_t detections = 0;  // clustered; of tables: all, 0 if only sources are known
  uint64_t sources = 0;     // with a class
  uint64_t bytes = 0;
  std::string out;
  std::vector<std::string> notes;  // what the page lacks, and why
};

/// Writes the page of a run, or of other results with the sections that they allow: counts,
/// clusters, maps, scatter plots, histograms, sources, validation, anomalies and provenance. The
/// same folder gives the same bytes. Throws Error (usage) if the program was built without its web
/// pages or the page exists, Error (input): see find_results and read_results.
ReportSummary write_report(const ReportOptions& options, const Threads& threads);

/// The data of the page, as JSON that is safe inside a <script>: it contains no '<'.
std::string report_data(const ReportOptions& options, const Threads& threads,
                        ReportSummary& summary);

}  // namespace uhuru::report
#pragma GCC visibility pop
