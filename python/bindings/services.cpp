// The archives.
#include "binding.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/vo.hpp"

namespace uhuru::python {
namespace {

using namespace py::literals;

/// Runs `ask(client, services, threads, progress)`. Ctrl-C ends any wait: jobs are still deleted.
template <class Ask>
auto with_client(const std::string& name, int jobs, const py::object& progress,
                 std::vector<std::string>& retries, const Ask& ask) {
  std::exception_ptr signalled;
  return work(jobs, progress, [&](const Threads& threads, const Progress& report) {
    const vo::Services services = vo::load_services(name);
    vo::HttpSettings settings = services.http;
    settings.stop = [&] {
      if (signalled) return true;
      try {
        check_signals();
      } catch (...) {
        signalled = std::current_exception();
      }
      return signalled != nullptr;
    };
    try {
      vo::HttpClient http(settings,
                          [&](const Error& error, double) { retries.emplace_back(error.what()); });
      return ask(http, services, threads, report);
    } catch (const Error&) {
      if (signalled) std::rethrow_exception(signalled);
      throw;
    }
  });
}

vo::FetchTarget fetch_target(const std::string& out, bool overwrite, bool restart) {
  vo::FetchTarget target;
  target.out = out;
  target.write.overwrite = io::overwrite_if(overwrite);
  target.restart = restart;
  return target;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void add_services(py::module_& module) {
  module.def(
      "fetch_detections",
      [](const std::string& services, const std::string& release, bool all,
         const std::string& where, const std::optional<std::array<double, 3>>& cone,
         const std::vector<std::string>& columns, bool asynchronous, const std::string& out,
         bool overwrite, bool restart, int jobs, const py::object& progress) {
        vo::DetectionQuery query;
        query.release = release;
        query.all = all;
        query.where = where;
        if (cone) query.cone = vo::Cone{{(*cone)[0], (*cone)[1]}, (*cone)[2]};
        query.columns = columns;
        query.asynchronous = asynchronous;
        const vo::FetchTarget target = fetch_target(out, overwrite, restart);
        std::vector<std::string> notes;
        const auto fetch =
            with_client(services, jobs, progress, notes,
                        [&](vo::HttpClient& http, const vo::Services& known, const Threads& threads,
                            const Progress& report) {
                          return vo::fetch_detections(http, known, query, target, threads, report);
                        });
        append(notes, fetch.counts.notes);
        return notes;
      },
      py::arg("services"), py::arg("release"), py::arg("all"), py::arg("where"), py::arg("cone"),
      py::arg("columns"), py::arg("asynchronous"), py::arg("out"), py::arg("overwrite"),
      py::arg("restart"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "fetch_counterparts",
      [](const std::string& services, const std::string& detections, const std::string& ra,
         const std::string& dec, double radius_arcsec, bool all, const std::string& service,
         bool asynchronous, const std::vector<std::string>& keep, const std::string& out,
         bool overwrite, bool restart, int jobs, const py::object& progress) {
        vo::CounterpartQuery query;
        query.position = {ra, dec};
        query.radius_arcsec = radius_arcsec;
        query.find = all ? sky::MatchFind::all : sky::MatchFind::best;
        if (service != "tap" && service != "xmatch")
          throw py::value_error("service: expected tap or xmatch; found " + service);
        query.service = service == "xmatch" ? vo::MatchService::xmatch : vo::MatchService::tap;
        query.asynchronous = asynchronous;
        query.keep = keep;
        const vo::FetchTarget target = fetch_target(out, overwrite, restart);
        std::vector<std::string> notes;
        const auto fetch =
            with_client(services, jobs, progress, notes,
                        [&](vo::HttpClient& http, const vo::Services& known, const Threads& threads,
                            const Progress& report) {
                          return vo::fetch_counterparts(http, known, detections, query, target,
                                                        threads, report);
                        });
        append(notes, fetch.counts.notes);
        append(notes, fetch.match.notes);
        return notes;
      },
      py::arg("services"), py::arg("detections"), py::arg("ra"), py::arg("dec"),
      py::arg("radius_arcsec"), py::arg("all"), py::arg("service"), py::arg("asynchronous"),
      py::arg("keep"), py::arg("out"), py::arg("overwrite"), py::arg("restart"), py::arg("jobs"),
      py::arg("progress"));
}

}  // namespace uhuru::python
