// Which services are asked, and how: the services file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "uhuru/vo/http.hpp"

namespace uhuru {

struct TapSettings {
  double longest_job_s = 14400;
};

/// A catalog of detections behind a TAP service, fetched in slices of right ascension. Columns are
/// written with the alias of their table: "m.ra".
struct DetectionArchive {
  struct Release {
    std::string tap, schema;
  };
  std::map<std::string, Release> releases;
  std::string current;  // the release of this other name
  uint64_t rows_per_query = 0;
  int first_slices = 0;  // a power of two
  std::vector<std::string> columns;
  std::vector<std::string> keys;  // columns by which rows are put in order; ra is the first
  std::string ra, dec, prefix;
  std::string from, joins;  // {schema} stands for the release's
  std::string selection;

  /// The columns that are always fetched: keys and dec.
  std::vector<std::string> identity() const;
  /// Throws Error (usage) for a release that is not there.
  const Release& release(const std::string& name) const;
};

/// A catalog of counterparts behind a TAP service, and behind CDS X-Match.
struct CounterpartArchive {
  std::string tap, xmatch;
  size_t positions_per_query = 0;
  uint64_t rows_per_query = 0;
  std::string query;  // {radius}: degrees
};

/// Where a page about a source is. The URL is https and has placeholders behind its host: {name},
/// and {ra}, {dec} or {signed_dec} in degrees.
struct LinkTemplate {
  std::string title, url;
};

struct Services {
  HttpSettings http;
  TapSettings tap;
  DetectionArchive csc;
  CounterpartArchive simbad;
  std::vector<LinkTemplate> links;
};

/// The text of the built-in services file ("default"), or of the file of this name.
std::string services_text(const std::string& name);
/// Throws Error (input) with file and line for what cannot be used.
Services parse_services(const std::string& text, const std::string& name);
Services load_services(const std::string& name);

}  // namespace uhuru
