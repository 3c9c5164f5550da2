// A run as one page that a browser shows without a network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"

namespace uhuru {

struct ReportOptions {
  std::string folder;      // of a run
  std::string validation;  // a validation.json of another place; may be empty
  std::string out;         // the page; empty: report.html in the folder
  Overwrite overwrite = Overwrite::no;
};

struct ReportSummary {
  uint64_t detections = 0;  // clustered
  uint64_t sources = 0;     // with a class
  uint64_t bytes = 0;
  std::string out;
  std::vector<std::string> notes;  // what the page has not, and why
};

/// Writes the page of a run: its counts, clusters, maps, planes, histograms, sources, validation,
/// anomalies and provenance. The same folder gives the same bytes. Throws Error (usage) where the
/// program was built without its pages or the page exists, Error (input): see read_run_folder.
ReportSummary write_report(const ReportOptions& options, const Threads& threads);

/// What the page is drawn from, as JSON that is safe inside a page's <script>: no '<' is in it.
std::string report_data(const ReportOptions& options, const Threads& threads,
                        ReportSummary& summary);

}  // namespace uhuru
