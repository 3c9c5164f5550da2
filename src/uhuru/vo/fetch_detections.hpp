// The complete detections of a catalog from its TAP service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/sky/sphere.hpp"
#include "uhuru/vo/pieces.hpp"
#include "uhuru/vo/services.hpp"
#include "uhuru/vo/tap.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

struct Cone {
  sky::SkyPosition center;
  double radius_deg = 0;
};

/// Which detections are fetched.
struct DetectionQuery {
  std::string release = "current";
  bool all = false;        // also those excluded by the archive's selection
  std::string where = {};  // an additional condition in ADQL, or empty
  std::optional<Cone> cone = {};
  std::vector<std::string> columns =
      {};  // instead of the archive's; those that define the order are added
  bool asynchronous = false;
};

/// Where a fetch is written, and how.
struct FetchTarget {
  std::string out;
  io::WriteOptions write;
  bool restart = false;  // discard the pieces of an interrupted fetch
  bool reuse = false;    // keep an existing output of the same request
};

/// Whether the output already exists: from the same request, by an earlier fetch that only had to
/// remove its pieces, or with target.reuse by any. `description` is that of the table.
bool is_there(const FetchTarget& target, const std::string& description);

struct DetectionFetch {
  FetchCounts counts;
  uint64_t rows = 0;         // written
  uint64_t outside = 0;      // outside the cone, which the service's query only approximates
  std::string tap, release;  // the service that answered
  std::string description;   // of the table: the service and the query
  bool reused = false;
};

/// The ADQL for the rows with a right ascension in [from_deg, to_deg), including 360 in the last.
/// Throws Error (usage) for an invalid release, column or cone.
std::string detection_adql(const DetectionArchive& archive, const DetectionQuery& query,
                           double from_deg, double to_deg);

/// Fetches the detections in slices of right ascension and writes them in the archive's order,
/// which does not depend on the slices: a resumed fetch gives the same bytes. Ties in the columns
/// of the order are broken by the other columns.
///
/// Throws Error (usage) as detection_adql and PieceFolder, and for an existing output; Error
/// (service): see query_tap and fetch_pieces.
DetectionFetch fetch_detections(HttpClient& http, const Services& services,
                                const DetectionQuery& query, const FetchTarget& target,
                                const Threads& threads, const Progress& progress = {});

}  // namespace uhuru::vo
#pragma GCC visibility pop
