#include "uhuru/vo/fetch_counterparts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_names.hpp"

namespace uhuru::vo {
namespace {

constexpr double margin_deg = 1e-8;            // objects beyond the radius are dropped here
constexpr double largest_radius_arcsec = 180;  // of CDS X-Match

Field angle_field(std::string name, std::string ucd, std::string description) {
  Field field = make_field(std::move(name), Type::float64, std::move(description));
  field.unit = "deg";
  field.ucd = std::move(ucd);
  return field;
}

/// The distinct valid positions, in order.
std::vector<sky::SkyPosition> different(std::vector<sky::SkyPosition> positions) {
  std::erase_if(positions,
                [](const sky::SkyPosition& position) { return !sky::is_valid(position); });
  const auto key = [](const sky::SkyPosition& p) { return std::pair(p.ra_deg, p.dec_deg); };
  std::sort(positions.begin(), positions.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  positions.erase(std::unique(positions.begin(), positions.end(),
                              [&](const auto& a, const auto& b) { return key(a) == key(b); }),
                  positions.end());
  return positions;
}

/// The positions as a table to upload.
std::string upload_text(std::span<const sky::SkyPosition> positions) {
  Table table;
  table.name = "positions";
  table.add(angle_field("uhuru_ra", "pos.eq.ra;meta.main", "Right ascension, ICRS"));
  table.add(angle_field("uhuru_dec", "pos.eq.dec;meta.main", "Declination, ICRS"));
  for (const sky::SkyPosition& position : positions) {
    table.columns[0].append(position.ra_deg);
    table.columns[1].append(position.dec_deg);
  }
  return io::votable_text(table);
}

/// The columns that are kept of an object.
Table object_table(const Services& services) {
  const std::string& title = services.counterparts.title;
  Table table;
  const auto text = [](std::string name, std::string ucd, std::string description) {
    Field field = make_field(std::move(name), Type::text, std::move(description));
    field.ucd = std::move(ucd);
    field.unicode = true;
    return field;
  };
  table.add(text("main_id", "meta.id", "Main identifier of the counterpart in " + title));
  table.add(text("main_type", "src.class", "Main type of the counterpart, " + title + "'s label"));
  table.add(text("otype", "meta.code.class", "Main type of the counterpart, " + title + "'s code"));
  table.add(angle_field("simbad_ra", "pos.eq.ra", "Right ascension of the counterpart, ICRS"));
  table.add(angle_field("simbad_dec", "pos.eq.dec", "Declination of the counterpart, ICRS"));
  return table;
}

/// The service's rows with the columns of object_table. Labels: `label` and `otype` from TAP,
/// `main_type` from X-Match.
Table objects_of(const Table& answer, const std::string& service, const Services& services) {
  try {
    const bool by_tap = answer.find("otype") != nullptr;
    const Column& id = answer.at("main_id");
    const Column& type = answer.at(by_tap ? "label" : "main_type");
    const std::vector<double> ra = numbers(answer.at("ra")), dec = numbers(answer.at("dec"));
    Table objects = object_table(services);
    for (size_t row = 0; row < answer.rows(); ++row) {
      const std::string code =
          by_tap ? std::string(trim(cell_text(answer.at("otype"), row))) : std::string();
      const std::string label(trim(cell_text(type, row)));
      objects.columns[0].append_text(trim(cell_text(id, row)));
      objects.columns[1].append_text(label.empty() ? code : label);
      objects.columns[2].append_text(code);
      objects.columns[3].append(ra[row]);
      objects.columns[4].append(dec[row]);
    }
    return objects;
  } catch (const Error& error) {
    throw Error(ErrorKind::service, error.message(), service, error.expected(), error.found());
  }
}

/// The objects without duplicates, in order of identifier and position.
Table each_once(const Table& objects) {
  const auto less = [&](size_t a, size_t b) {
    if (const int order = objects.columns[0].text(a).compare(objects.columns[0].text(b));
        order != 0)
      return order < 0;
    const std::pair p(objects.columns[3].number(a), objects.columns[4].number(a));
    const std::pair q(objects.columns[3].number(b), objects.columns[4].number(b));
    return p < q;
  };
  std::vector<size_t> rows(objects.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  std::stable_sort(rows.begin(), rows.end(), less);
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [&](size_t a, size_t b) { return !less(a, b) && !less(b, a); }),
             rows.end());
  return objects.select(rows);
}

/// The CDS X-Match query as a form.
std::vector<FormField> xmatch_fields(const CounterpartQuery& query, double radius_arcsec,
                                     std::string upload) {
  return {{"REQUEST", "xmatch"},
          {"RESPONSEFORMAT", "votable"},
          {"cat1", std::move(upload), "positions.vot", "application/x-votable+xml"},
          {"colRA1", "uhuru_ra"},
          {"colDec1", "uhuru_dec"},
          {"cat2", "simbad"},
          {"distMaxArcsec", fmt::format("{}", radius_arcsec)},
          {"selection", query.find == sky::MatchFind::best ? "best" : "all"}};
}

/// The query with the radius of the upload's positions.
std::string adql_of(const CounterpartArchive& archive, double radius_deg) {
  std::string adql = archive.query;
  constexpr std::string_view place = "{radius}";
  if (const size_t at = adql.find(place); at != std::string::npos)
    adql.replace(at, place.size(), fmt::format("{:.10f}", radius_deg));
  return adql;
}

/// Asks for the objects near some of the positions.
class Asker {
 public:
  Asker(HttpClient& http, const Services& services, const CounterpartQuery& query,
        std::vector<sky::SkyPosition> positions, const Threads& threads, CounterpartFetch& result)
      : http_(http),
        services_(services),
        query_(query),
        positions_(std::move(positions)),
        threads_(threads),
        result_(result),
        by_tap_(query.service == MatchService::tap),
        radius_deg_(query.radius_arcsec / 3600 + margin_deg),
        adql_(adql_of(services.counterparts, radius_deg_)) {
    result.service = by_tap_ ? services.counterparts.tap : services.counterparts.xmatch;
    result.positions = positions_.size();
    result.description = fmt::format(
        "Counterparts from {} within {} arcsec ({}) of {} positions, SHA-256 {}{}", result.service,
        query.radius_arcsec, query.find == sky::MatchFind::best ? "the nearest" : "all",
        positions_.size(), sha256_of_text(upload_text(positions_)), by_tap_ ? ", by " + adql_ : "");
  }

  std::vector<Range> blocks() const {
    std::vector<Range> result;
    const size_t most = services_.counterparts.positions_per_query;
    for (size_t begin = 0; begin < positions_.size(); begin += most)
      result.push_back({begin, std::min(begin + most, positions_.size())});
    return result;
  }

  /// Nothing if the service did not return all.
  std::optional<Table> operator()(const Range& range) {
    const std::string upload =
        upload_text(std::span(positions_).subspan(range.begin, range.end - range.begin));
    std::unique_ptr<ServiceTable> answer;
    if (by_tap_) {
      answer = query_tap(http_, result_.service,
                         {.adql = adql_,
                          .uploads = {{"positions", upload}},
                          .max_rows = services_.counterparts.rows_per_query,
                          .asynchronous = query_.asynchronous},
                         services_.tap, threads_);
    } else {
      answer = post_form(
          http_, result_.service,
          xmatch_fields(query_, std::min(radius_deg_ * 3600, largest_radius_arcsec), upload),
          threads_);
    }
    const Table table = read_as(*answer, {"main_id", "ra", "dec", "otype", "label", "main_type"});
    if (answer->overflow() || table.rows() == services_.counterparts.rows_per_query)
      return std::nullopt;
    add_notes(table, result_.counts);
    return objects_of(table, result_.service, services_);
  }

 private:
  HttpClient& http_;
  const Services& services_;
  const CounterpartQuery& query_;
  std::vector<sky::SkyPosition> positions_;
  const Threads& threads_;
  CounterpartFetch& result_;
  bool by_tap_;
  double radius_deg_;
  std::string adql_;
};

}  // namespace

CounterpartFetch fetch_counterparts(HttpClient& http, const Services& services,
                                    const std::string& detections, const CounterpartQuery& query,
                                    const FetchTarget& target, const Threads& threads,
                                    const Progress& progress) {
  if (!(query.radius_arcsec >= 0 && query.radius_arcsec <= largest_radius_arcsec))
    throw Error(ErrorKind::usage, "invalid radius", "--radius", "0 to 180 arcsec",
                fmt::format("{}", query.radius_arcsec));
  CounterpartFetch result;
  Table left = io::read_table(detections, threads);
  add_notes(left, result.counts);
  auto asked = in_table(left, [&] { return different(positions(left, query.position)); });
  Asker ask(http, services, query, std::move(asked), threads, result);
  const std::string& description = result.description;
  result.reused = is_there(target, description);
  if (result.reused) return result;
  io::check_target(target.out, target.write);
  const PieceFolder folder(target.out, description, target.restart);
  const auto paths = fetch_pieces(folder, ask.blocks(), std::ref(ask), result.counts, progress);

  Table objects = object_table(services);
  read_pieces(paths, [&](const Table& rows) { objects.append_rows(rows); });
  objects = each_once(objects);
  result.objects = objects.rows();
  std::erase_if(left.columns, [&](const Column& column) {
    return !query.keep.empty() &&
           std::none_of(query.keep.begin(), query.keep.end(), [&](const std::string& name) {
             return same_but_case(name, column.field.name);
           });
  });
  Table matched = sky::crossmatch_tables(left, query.position, objects, {"simbad_ra", "simbad_dec"},
                                         query.radius_arcsec, query.find, threads, &result.match);
  matched.name = "counterparts";
  matched.description = description;
  result.rows = matched.rows();
  io::write_table(target.out, matched, target.write);
  folder.finish();
  return result;
}

}  // namespace uhuru::vo
