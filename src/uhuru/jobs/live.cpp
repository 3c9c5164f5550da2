#include "uhuru/jobs/live.hpp"

#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::jobs {
namespace {

/// Throws unless the recipe names the service for what is to be fetched.
void require_service(const recipe::Recipe& recipe, const std::string& service, const char* what) {
  const recipe::MissionSettings& mission = recipe.mission;
  const std::string& named =
      std::string(what) == "labels" ? mission.label_service : mission.detection_service;
  if (named == service) return;
  throw Error(ErrorKind::usage,
              named.empty() ? std::string("the recipe names no service for ") + what
                            : std::string("no such service for ") + what,
              "recipe " + recipe.name,
              "a table (--" + std::string(what) + "), or services." + what + " = \"" + service +
                  "\" in the recipe",
              named);
}

}  // namespace

LiveFetch fetch_live(vo::HttpClient& http, const vo::Services& services, const LiveOptions& options,
                     const recipe::Recipe& recipe, RunOptions& run, const Threads& threads,
                     const Progress& progress) {
  if (run.detections.empty()) require_service(recipe, vo::detection_service, "detections");
  if (run.labels.empty()) require_service(recipe, vo::counterpart_service, "labels");
  io::check_target(run.out + "/" + tables::run_file::record,
                   run.write.overwrite);  // before hours of fetching
  std::error_code error;
  std::filesystem::create_directory(run.out, error);
  if (error)
    throw input_error("cannot create the folder", run.out, "a writable location", error.message());
  vo::FetchTarget target;
  target.write.overwrite = run.write.overwrite;
  target.write.threads = threads;
  target.write.provenance = run.write.provenance;
  target.restart = options.restart;
  target.reuse = !options.restart;
  LiveFetch result;
  if (run.detections.empty()) {
    target.out = run.detections = run.out + "/detections.vot";
    result.detections =
        vo::fetch_detections(http, services, options.detections, target, threads, progress);
    run.fetched.emplace_back(target.out, result.detections->description);
  }
  if (run.labels.empty()) {
    target.out = run.labels = run.out + "/counterparts.vot";
    vo::CounterpartQuery query;
    query.position = {recipe.ra_column, recipe.dec_column};
    query.radius_arcsec = run.radius_arcsec;
    query.service = options.match;
    query.asynchronous = options.asynchronous;
    query.keep = {recipe.name_column, recipe.ra_column, recipe.dec_column};
    result.counterparts =
        vo::fetch_counterparts(http, services, run.detections, query, target, threads, progress);
    run.join = recipe::LabelJoin::name;
    run.fetched.emplace_back(target.out, result.counterparts->description);
  }
  return result;
}

}  // namespace uhuru::jobs
