// The detections of a catalog from its TAP service, whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/sky/sphere.hpp"
#include "uhuru/vo/pieces.hpp"
#include "uhuru/vo/services.hpp"
#include "uhuru/vo/tap.hpp"

namespace uhuru {

struct Cone {
  SkyPosition center;
  double radius_deg = 0;
};

/// Which detections are fetched.
struct DetectionQuery {
  std::string release = "current";
  bool all = false;        // also those that the archive's selection leaves out
  std::string where = {};  // a further condition in ADQL, or empty
  std::optional<Cone> cone = {};
  std::vector<std::string> columns = {};  // instead of the archive's; those of the order are added
  bool asynchronous = false;
};

/// How and where something is fetched to.
struct FetchTarget {
  std::string out;
  WriteOptions write;
  bool restart = false;  // forget what an interrupted fetch left
  bool reuse = false;    // take an output of the same request, if it is there, as it is
};

/// Whether the output is there already: from the same request, by an earlier fetch that had only
/// its pieces left to remove, or with target.reuse by any. `description` is that of the table.
bool is_there(const FetchTarget& target, const std::string& description);

struct DetectionFetch {
  FetchCounts counts;
  uint64_t rows = 0;         // written
  uint64_t outside = 0;      // around the cone, which the service's query does not know
  std::string tap, release;  // that answered
  std::string description;   // of the table: the service and the query
  bool reused = false;
};

/// The ADQL of the rows with a right ascension in [from_deg, to_deg), 360 included in the last.
/// Throws Error (usage) for a release, column or cone that cannot be.
std::string detection_adql(const DetectionArchive& archive, const DetectionQuery& query,
                           double from_deg, double to_deg);

/// Fetches the detections in slices of right ascension and writes them in the archive's order,
/// which does not depend on the slices: an interrupted fetch that goes on gives the same bytes.
/// Rows that are equal in the columns of the order are put in order by the other columns.
///
/// Throws Error (usage) as detection_adql and PieceFolder, and for an output that exists; Error
/// (service): see query_tap and fetch_pieces.
DetectionFetch fetch_detections(HttpClient& http, const Services& services,
                                const DetectionQuery& query, const FetchTarget& target,
                                const Threads& threads, const Progress& progress = {});

}  // namespace uhuru
