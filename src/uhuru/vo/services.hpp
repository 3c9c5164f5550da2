// The services file: which services are queried, and how.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "uhuru/vo/http.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

struct TapSettings {
  double longest_job_s = 14400;
};

/// A catalog of detections with a TAP service, fetched in slices of right ascension. Columns are
/// written with the alias of their table: "m.ra".
struct DetectionArchive {
  struct Release {
    std::string tap, schema;
  };
  std::string title;  // "the catalog of a mission"
  std::map<std::string, Release> releases;
  std::string current;  // the release that this name refers to
  uint64_t rows_per_query = 0;
  int first_slices = 0;  // a power of two
  std::vector<std::string> columns;
  std::vector<std::string> keys;  // columns that define the order of rows; ra is the first
  std::string ra, dec, prefix;
  std::string from, joins;  // {schema} is replaced by that of the release
  std::string selection;
  std::string sources;  // the table of sources, by `name`; may be empty

  /// The columns that are always fetched: keys and dec.
  std::vector<std::string> identity() const;
  /// Throws Error (usage) for an unknown release.
  const Release& release(const std::string& name) const;
};

/// A catalog of counterparts with a TAP service, and in CDS X-Match.
struct CounterpartArchive {
  std::string title;
  std::string tap, xmatch;
  std::string names;  // Sesame, with {name}; empty if the file has none
  size_t positions_per_query = 0;
  uint64_t rows_per_query = 0;
  std::string query;  // {radius}: degrees
};

/// A text of the services file with {schema} replaced.
std::string with_schema(std::string text, const std::string& schema);

/// The names of the built-in services in the services file, recipes and commands.
constexpr const char* detection_service = "csc";
constexpr const char* counterpart_service = "simbad";

struct Services {
  HttpSettings http;
  TapSettings tap;
  DetectionArchive detections;
  CounterpartArchive counterparts;
};

/// The text of the built-in services file ("default"), or of the file with this name.
std::string services_text(const std::string& name);
/// Throws Error (input) with file and line for invalid content.
Services parse_services(const std::string& text, const std::string& name);
Services load_services(const std::string& name);

}  // namespace uhuru::vo
#pragma GCC visibility pop
