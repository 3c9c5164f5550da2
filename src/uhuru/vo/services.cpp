#include "uhuru/vo/services.hpp"

#include <algorithm>
#include <bit>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/io/named_text.hpp"

namespace uhuru::vo {
namespace {

HttpSettings read_http(TomlSection section) {
  constexpr double longest_s = 1e6;
  HttpSettings http;
  const auto seconds = [&](const char* key, double& value) {
    value = section.number(key, value, 0.001, longest_s);
  };
  http.requests_per_second =
      section.number("requests_per_second", http.requests_per_second, 0.001, 1e6);
  seconds("connect_timeout_s", http.connect_timeout_s);
  seconds("stall_timeout_s", http.stall_timeout_s);
  seconds("longest_answer_s", http.longest_answer_s);
  http.retries = static_cast<int>(section.integer("retries", http.retries, 0, 1000));
  seconds("first_pause_s", http.first_pause_s);
  seconds("longest_pause_s", http.longest_pause_s);
  const auto mib = section.integer("largest_answer_mib",
                                   static_cast<int64_t>(http.largest_answer >> 20), 1, 1 << 20);
  http.largest_answer = static_cast<uint64_t>(mib) << 20;
  section.finish();
  return http;
}

DetectionArchive read_detections(TomlSection section) {
  DetectionArchive archive;
  archive.title = section.text("title");
  archive.current = section.text("current");
  archive.rows_per_query =
      static_cast<uint64_t>(section.integer("rows_per_query", 20000, 1, 100'000'000));
  archive.first_slices = static_cast<int>(section.integer("first_slices", 16, 1, 4096));
  if (!std::has_single_bit(static_cast<unsigned>(archive.first_slices)))
    section.note(section.get("first_slices", false), "invalid number of slices", "a power of two",
                 std::to_string(archive.first_slices));
  archive.columns = section.texts("columns");
  archive.ra = section.text("ra");
  archive.dec = section.text("dec");
  archive.keys = section.texts("order");
  archive.keys.insert(archive.keys.begin(), archive.ra);
  for (const std::string& column : archive.identity())
    if (std::find(archive.columns.begin(), archive.columns.end(), column) == archive.columns.end())
      section.note(section.get("columns", false), "a required column is not fetched",
                   "all columns of order, ra and dec", in_quotes(column));
  archive.prefix = section.text("prefix");
  archive.from = section.text("from");
  archive.joins = section.text("joins");
  archive.selection = section.text("selection", false);
  archive.sources = section.text("sources", false);
  TomlSection releases = section.section("releases");
  for (const auto& [name, ignored] : releases.table()) {
    TomlSection release = releases.section(name.str());
    archive.releases[std::string(name.str())] = {release.text("tap"), release.text("schema")};
    release.finish();
  }
  if (!archive.releases.contains(archive.current))
    section.note(section.get("current", false), "no such release", "one of csc.releases",
                 in_quotes(archive.current));
  section.finish();
  return archive;
}

CounterpartArchive read_counterparts(TomlSection section) {
  CounterpartArchive archive;
  archive.title = section.text("title");
  archive.tap = section.text("tap");
  archive.xmatch = section.text("xmatch");
  archive.names = section.text("names", false);
  archive.positions_per_query =
      static_cast<size_t>(section.integer("positions_per_query", 50000, 1, 1'000'000));
  archive.rows_per_query =
      static_cast<uint64_t>(section.integer("rows_per_query", 2'000'000, 1, 100'000'000));
  archive.query = section.text("query");
  section.finish();
  return archive;
}

}  // namespace

std::vector<std::string> DetectionArchive::identity() const {
  std::vector<std::string> names = keys;
  names.push_back(dec);
  return names;
}

const DetectionArchive::Release& DetectionArchive::release(const std::string& name) const {
  const auto found = releases.find(name == "current" ? current : name);
  if (found != releases.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [release, ignored] : releases) known.push_back(release);
  throw Error(ErrorKind::usage, "no such release", "--release", join(known, ", ") + " or current",
              in_quotes(name));
}

std::string with_schema(std::string text, const std::string& schema) {
  constexpr std::string_view place = "{schema}";
  for (size_t at = text.find(place); at != std::string::npos;
       at = text.find(place, at + schema.size()))
    text.replace(at, place.size(), schema);
  return text;
}

std::string services_text(const std::string& name) {
  return io::load_named_text(name, "services", "services file");
}

Services load_services(const std::string& name) {
  return parse_services(services_text(name), name);
}

Services parse_services(const std::string& text, const std::string& name) {
  const TomlFile file = parse_toml(text, name, "services file");
  TomlSection whole(file);
  Services services;
  services.http = read_http(whole.section("http"));
  TomlSection tap = whole.section("tap");
  services.tap.longest_job_s = tap.number("longest_job_s", services.tap.longest_job_s, 0.001, 1e7);
  tap.finish();
  services.detections = read_detections(whole.section(detection_service));
  services.counterparts = read_counterparts(whole.section(counterpart_service));
  whole.finish();
  file.check();
  return services;
}

}  // namespace uhuru::vo
