#include "uhuru/report/report.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/report/report_figures.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::report {
namespace {

namespace fs = std::filesystem;

constexpr size_t sample_rows = 6000;  // keeps a page of any run below 2 MB, and quick to draw
constexpr size_t certain_sources = 12;
constexpr size_t anomalies = 20;

std::string_view page_template() {
  for (const EmbeddedFile& file : embedded_files())
    if (file.path == "web/report.html") return file.content;
  throw Error(ErrorKind::usage, "uhuru was built without its web pages", "",
              "a build with Node.js 18 or newer and npm", std::string(why_no_pages()));
}

/// The name of the folder itself, however its path is written.
std::string folder_name(const std::string& path) { return fs::canonical(path).filename().string(); }

}  // namespace

std::string report_data(const ReportOptions& options, const Threads& threads,
                        ReportSummary& summary) {
  const tables::RunFolder run =
      tables::read_run_folder(options.folder, options.validation, threads);
  ReportJson data;
  data["version"] = UHURU_VERSION;
  data["folder"] = folder_name(options.folder);
  data["run"] =
      checked_record(run.record, (fs::path(run.path) / tables::run_file::record).string());
  data["recipe"] = recipe_figures(run.model.recipe);
  data["clusters"] = cluster_figures(run);
  data["histograms"] = histogram_figures(run);
  data["sample"] = sample_figures(run, sample_rows, run.model.recipe.mixture.seed);
  data["sources"] = source_figures(run, certain_sources);
  data["validation"] = validation_figures(
      run.validation, options.validation.empty() ? "validation.json" : options.validation);
  data["anomalies"] = anomaly_figures(run, anomalies);
  for (const auto& [name, sha256] : run.files)
    data["files"].push_back({{"name", name}, {"sha256", sha256}});

  summary.detections = run.clusters.size();
  summary.sources = run.sources.size();
  if (data["validation"].is_null())
    summary.notes.push_back("no validation.json: the page has no quality section");
  if (data["anomalies"].is_null())
    summary.notes.push_back(
        "clusters.csv has no tail_probability: the page has no anomalies section");

  // Names come from files: none may end the script or begin a comment.
  const std::string json = data.dump(-1, ' ', false, ReportJson::error_handler_t::replace);
  std::string text;
  for (const char c : json) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

ReportSummary write_report(const ReportOptions& options, const Threads& threads) {
  const std::string_view page = page_template();
  ReportSummary summary;
  summary.out =
      options.out.empty() ? (fs::path(options.folder) / "report.html").string() : options.out;
  if (summary.out != "-") io::check_target(summary.out, options.overwrite);
  const std::string data = report_data(options, threads, summary);
  constexpr std::string_view place = "@UHURU_DATA@";
  const size_t at = page.find(place);
  if (at == std::string_view::npos)
    throw Error(ErrorKind::bug, "the page has no placeholder for its data");
  io::OutputFile file(summary.out, options.overwrite);
  file.write(page.substr(0, at));
  file.write(data);
  file.write(page.substr(at + place.size()));
  file.commit();
  summary.bytes = page.size() - place.size() + data.size();
  return summary;
}

}  // namespace uhuru::report
