#include "uhuru/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/report/report_figures.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::report {
namespace {

namespace fs = std::filesystem;

constexpr size_t sample_rows = 6000;  // keeps a page of any run below 2 MB, and quick to draw
constexpr size_t most_certain = 5;    // of each group
constexpr size_t least_certain = 3;
constexpr size_t anomalies = 20;

std::string_view page_template() {
  for (const EmbeddedFile& file : embedded_files())
    if (file.path == "web/report.html") return file.content;
  throw Error(ErrorKind::usage, "uhuru was built without its web pages", "",
              "a build with Node.js 18 or newer and npm", std::string(why_no_pages()));
}

/// The name of the folder or table itself, however its path is written.
std::string own_name(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  return (error ? fs::path(path) : whole).filename().string();
}

/// Where the page goes if the user does not say.
std::string default_target(const std::string& path) {
  if (fs::is_directory(path)) return (fs::path(path) / "report.html").string();
  if (path == "-" || io::is_joined(path))
    throw Error(ErrorKind::usage, "several tables give no name to the page", "", "--out FILE");
  fs::path table = io::split_table_name(path).first;
  if (table.extension() == ".gz") table.replace_extension();
  return table.replace_extension(".html").string();
}

/// The sections that the page cannot have, each with the reason; the page shows them.
ReportJson lacking_sections(const tables::RunFolder& run, const ReportJson& data) {
  ReportJson lacking = ReportJson::object();
  const bool is_run = run.kind == tables::ResultsKind::run;
  const recipe::Recipe& recipe = run.model.recipe;
  if (run.cluster_count == 0)
    lacking["clusters"] = "no column cluster says to which cluster a row belongs";
  if (!is_run && !recipe.has_positions()) lacking["sky"] = "no columns of positions were found";
  if (recipe.features.empty()) {
    lacking["features"] = "the table has no columns of features";
    lacking["planes"] = lacking["features"];
  }
  const auto has_probability = [](const tables::ClassifiedSource& source) {
    return !std::isnan(source.probabilities[method::number_of(source.class_id)]);
  };
  if (std::none_of(run.sources.begin(), run.sources.end(), has_probability))
    lacking["sources"] = run.sources.empty() ? "no source was classified"
                                             : "there are classes without probabilities";
  if (data["validation"].is_null()) lacking["validation"] = "there is no validation.json";
  if (data["anomalies"].is_null())
    lacking["anomalies"] = std::string(is_run ? "the table clusters" : "the table") +
                           " has no column tail_probability";
  return lacking;
}

}  // namespace

std::string report_data(const ReportOptions& options, const Threads& threads,
                        ReportSummary& summary) {
  const tables::RunFolder run = tables::read_results(tables::find_results(options.folder),
                                                     options.validation, options.table, threads);
  ReportJson data;
  data["version"] = UHURU_VERSION;
  data["folder"] = own_name(options.folder);
  data["is_run"] = run.kind == tables::ResultsKind::run;
  data["rows_are_sources"] = run.rows_are_sources;
  data["run"] =
      checked_record(run.record, (fs::path(run.path) / tables::run_file::record).string());
  data["recipe"] = recipe_figures(run.model.recipe);
  data["clusters"] = cluster_figures(run);
  data["histograms"] = histogram_figures(run);
  data["sample"] = sample_figures(run, sample_rows, run.model.recipe.mixture.seed);
  data["sources"] = source_figures(run, most_certain, least_certain);
  data["validation"] = validation_figures(
      run.validation, options.validation.empty() ? "validation.json" : options.validation);
  data["anomalies"] = anomaly_figures(run, anomalies);
  for (const auto& [name, sha256] : run.files)
    data["files"].push_back({{"name", name}, {"sha256", sha256}});

  if (!run.rows_are_sources) summary.detections = run.clusters.size();
  summary.sources = run.sources.size();
  summary.notes = run.notes;
  data["lacking"] = lacking_sections(run, data);
  // A run without classified sources says so in other sections.
  for (const auto& [section, why] : data["lacking"].items())
    if (section != "sources" || !run.sources.empty())
      summary.notes.push_back(fmt::format("{}: the page has no {} section", why.get<std::string>(),
                                          section == "validation" ? "quality" : section));

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
  summary.out = options.out.empty() ? default_target(options.folder) : options.out;
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
