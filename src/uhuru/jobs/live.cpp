#include "uhuru/jobs/live.hpp"

#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::jobs {

LiveFetch fetch_live(vo::HttpClient& http, const vo::Services& services, const LiveOptions& options,
                     const recipe::Recipe& recipe, RunOptions& run, const Threads& threads,
                     const Progress& progress) {
  io::check_target(run.out + "/" + tables::run_file::record,
                   run.overwrite);  // before hours of fetching
  std::error_code error;
  std::filesystem::create_directory(run.out, error);
  if (error)
    throw input_error("cannot create the folder", run.out, "a writable location", error.message());
  vo::FetchTarget target;
  target.write.overwrite = run.overwrite;
  target.write.threads = threads;
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
