// Counterparts of detections from an archive of objects, by TAP upload or from CDS X-Match.
#pragma once

#include <string>

#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/vo/fetch_detections.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

enum class MatchService { tap, xmatch };

struct CounterpartQuery {
  sky::PositionColumns position{"ra", "dec"};  // of the detections
  double radius_arcsec = 1.0;                  // at most 180, the limit of X-Match
  sky::MatchFind find = sky::MatchFind::best;
  MatchService service = MatchService::tap;
  bool asynchronous = false;      // by TAP
  std::vector<std::string> keep;  // columns of the detections; all if empty
};

struct CounterpartFetch {
  FetchCounts counts;
  size_t positions = 0;  // distinct positions queried
  size_t objects = 0;    // objects returned near any of them
  uint64_t rows = 0;     // written
  sky::CrossmatchCounts match;
  std::string service;      // the address of the service
  std::string description;  // of the table: the service and the query
  bool reused = false;
};

/// Writes the table `detections` with the columns of the nearest counterpart of each row (or of all
/// counterparts), missing if there is none: main_id, main_type (the label; the code if the service
/// has no labels), otype (the code; missing with X-Match), simbad_ra, simbad_dec,
/// separation_arcsec.
///
/// The service is queried in blocks for the objects near the distinct positions; the counterparts
/// of each row are determined here, as in crossmatch_tables. An interrupted fetch is resumed.
///
/// Throws Error (usage) for an invalid radius, an existing output, and as PieceFolder; Error
/// (input) if the table cannot be read; Error (service): see query_tap and fetch_pieces, also if
/// the service's table lacks a column.
CounterpartFetch fetch_counterparts(HttpClient& http, const Services& services,
                                    const std::string& detections, const CounterpartQuery& query,
                                    const FetchTarget& target, const Threads& threads,
                                    const Progress& progress = {});

}  // namespace uhuru::vo
#pragma GCC visibility pop
