// Cross-match.
#include "uhuru/sky/crossmatch.hpp"

#include "binding.hpp"

namespace uhuru::python {
namespace {

using namespace py::literals;

/// The positions of all rows, with what was odd about them.
std::vector<sky::SkyPosition> positions_of(const Source& source, const sky::PositionColumns& names,
                                           const Threads& threads, const Progress& report,
                                           std::vector<std::string>& notes) {
  const auto reader = source.open(threads);
  sky::PositionReader positions(reader->header(), names);
  Table batch = reader->header().empty_copy();
  std::vector<sky::SkyPosition> result;
  while (reader->read(batch)) {
    const auto some = positions.read(batch, reader->rows_read() - batch.rows());
    result.insert(result.end(), some.begin(), some.end());
    report("positions", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
  }
  if (const std::string why = positions.why_none(); !why.empty()) throw py::value_error(why);
  for (std::string& note : positions.notes()) notes.push_back(std::move(note));
  return result;
}

}  // namespace

void add_sky(py::module_& module) {
  module.def(
      "crossmatch",
      [](const Source& left, const std::string& left_ra, const std::string& left_dec,
         const Source& right, const std::string& right_ra, const std::string& right_dec,
         double radius_arcsec, bool all, int jobs, const py::object& progress) {
        std::vector<std::string> notes;
        const auto pairs =
            work(jobs, progress, [&](const Threads& threads, const Progress& report) {
              const auto ours = positions_of(left, {left_ra, left_dec}, threads, report, notes);
              const auto theirs =
                  positions_of(right, {right_ra, right_dec}, threads, report, notes);
              return sky::crossmatch(ours, theirs, radius_arcsec,
                                     all ? sky::MatchFind::all : sky::MatchFind::best, threads);
            });
        std::vector<int64_t> lefts, rights;
        std::vector<double> separations;
        size_t tied = 0;
        for (const sky::MatchedPair& pair : pairs) {
          lefts.push_back(static_cast<int64_t>(pair.left));
          rights.push_back(static_cast<int64_t>(pair.right));
          separations.push_back(pair.separation_arcsec);
          tied += pair.tied;
        }
        return py::dict("left"_a = to_array(std::move(lefts)),
                        "right"_a = to_array(std::move(rights)),
                        "separation_arcsec"_a = to_array(std::move(separations)), "tied"_a = tied,
                        "notes"_a = notes);
      },
      py::arg("left"), py::arg("left_ra"), py::arg("left_dec"), py::arg("right"),
      py::arg("right_ra"), py::arg("right_dec"), py::arg("radius_arcsec"), py::arg("all"),
      py::arg("jobs"), py::arg("progress"));
}

}  // namespace uhuru::python
