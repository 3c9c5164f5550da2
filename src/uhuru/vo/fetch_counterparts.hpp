// The counterparts of detections from SIMBAD, by TAP upload or by CDS X-Match.
#pragma once

#include <string>

#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/vo/fetch_detections.hpp"

namespace uhuru {

enum class MatchService { tap, xmatch };

struct CounterpartQuery {
  PositionColumns position{"ra", "dec"};  // of the detections
  double radius_arcsec = 1.0;             // at most 180, the limit of X-Match
  MatchFind find = MatchFind::best;
  MatchService service = MatchService::tap;
  bool asynchronous = false;      // by TAP
  std::vector<std::string> keep;  // columns of the detections; all where it is empty
};

struct CounterpartFetch {
  FetchCounts counts;
  size_t positions = 0;  // different ones, that were asked for
  size_t objects = 0;    // of the service near any of them
  uint64_t rows = 0;     // written
  CrossmatchCounts match;
  std::string service;      // its address
  std::string description;  // of the table: the service and the query
  bool reused = false;
};

/// The table `detections` with the columns of each row's nearest counterpart (or all of them), or
/// missing ones: main_id, main_type (the label; the code where the service has no label), otype
/// (the code; by X-Match missing), simbad_ra, simbad_dec, separation_arcsec.
///
/// The service is asked for the objects near the different positions, in blocks; which of them
/// belongs to which row is found here, as crossmatch_tables does. An interrupted fetch goes on.
///
/// Throws Error (usage) for a radius that cannot be, an output that exists, and as PieceFolder;
/// Error (input) where the table cannot be read; Error (service): see query_tap and fetch_pieces,
/// also where the service's table lacks a column.
CounterpartFetch fetch_counterparts(HttpClient& http, const Services& services,
                                    const std::string& detections, const CounterpartQuery& query,
                                    const FetchTarget& target, const Threads& threads,
                                    const Progress& progress = {});

}  // namespace uhuru
