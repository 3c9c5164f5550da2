#include "uhuru/sky/position_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/sky/position_text.hpp"
#include "uhuru/table/input_columns.hpp"

namespace uhuru::sky {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct AngleUnit {
  double degrees = 1;
  bool sexagesimal = false;
};

/// The letters of a unit without quotes, brackets, blanks, "_" and ".": "(h:m:s)" -> "h:m:s".
std::string plain_unit(std::string_view unit) {
  std::string result;
  for (const char c : lower(unit))
    if (std::string_view(" \t\"'()[]_.").find(c) == std::string_view::npos) result += c;
  return result;
}

/// "hh:mm:ss" -> "hms".
std::string unit_parts(std::string_view unit) {
  std::string result;
  for (const char c : unit)
    if (c >= 'a' && c <= 'z' && (result.empty() || result.back() != c)) result += c;
  return result;
}

std::optional<AngleUnit> angle_unit(const std::string& text, bool is_ra) {
  constexpr double hour = 15;
  const std::string unit = plain_unit(text);
  const std::string parts = unit_parts(unit);
  if (parts == "dms") return AngleUnit{1, true};
  if (parts == "hms" && is_ra) return AngleUnit{hour, true};
  if (unit.starts_with("deg") || unit == "\u00b0" || unit == "decimaldegrees" ||
      unit == "decimaldegree")
    return AngleUnit{1};
  const auto any = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), unit) != names.end();
  };
  if (any({"rad", "radian", "radians"})) return AngleUnit{1 / radians_per_degree};
  if (any({"mrad"})) return AngleUnit{1e-3 / radians_per_degree};
  if (any({"arcmin", "arcmins", "arcminute", "arcminutes", "amin"})) return AngleUnit{1.0 / 60};
  if (any({"arcsec", "arcsecs", "arcsecond", "arcseconds", "asec"})) return AngleUnit{1.0 / 3600};
  if (any({"mas", "milliarcsec", "marcsec", "milliarcsecond", "milliarcseconds"}))
    return AngleUnit{1.0 / 3600e3};
  if (any({"uas", "\u00b5as", "\u03bcas", "microarcsec", "uarcsec"}))
    return AngleUnit{1.0 / 3600e6};
  if (is_ra && any({"h", "hr", "hrs", "hour", "hours", "hourangle"})) return AngleUnit{hour};
  return std::nullopt;
}

/// Throws if the UCD says that a column is not the right ascension, or not the declination.
void check_ucd(const Field& field, bool is_ra) {
  const std::string ucd = lower(field.ucd);
  const auto has = [&](std::string_view word) { return ucd.find(word) != std::string::npos; };
  const bool other_frame = has("pos.galactic") || has("pos.ecliptic") || has("pos.supergalactic") ||
                           has("pos.earth") || has("pos.az") || has("pos.bodyrc") ||
                           has("pos.cartesian") || has("pos.healpix") || has("pos.eq.spd") ||
                           has("pos_gal") || has("pos_ecl") || has("pos_sg");
  const bool swapped =
      is_ra ? has("pos.eq.dec") || has("pos_eq_dec") : has("pos.eq.ra") || has("pos_eq_ra");
  if (other_frame || swapped)
    throw input_error(
        fmt::format("the column is not the {}", is_ra ? "right ascension" : "declination"),
        "column " + field.name, is_ra ? "UCD pos.eq.ra" : "UCD pos.eq.dec",
        "UCD " + shown(field.ucd, 60));
}

/// Throws if a column is in this coordinate system, and it is not equatorial for J2000.
void check_system(const Field& field, const std::string& system, const std::string& equinox) {
  const std::string name = lower(system);
  const auto has = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  const size_t first_digit = equinox.find_first_of("0123456789");
  const auto year = first_digit == std::string::npos
                        ? std::optional<double>()
                        : parse_double(std::string_view(equinox).substr(first_digit));
  if (has("gal") || has("ecl") || has("fk4") || has("b1950") || has("geo") ||
      (year && *year != 2000))
    throw input_error("positions in another coordinate system", "column " + field.name,
                      "ICRS, or equatorial coordinates for J2000",
                      shown(system + (equinox.empty() ? "" : ", equinox " + equinox), 60));
}

/// The same for the system that the column refers to, or that the table states as FITS does.
void check_system(const Table& header, const Field& field) {
  if (field.ref.empty()) {
    std::string system, equinox;
    for (const Parameter& parameter : header.parameters) {
      const std::string name = lower(parameter.field.name);
      if (name == "radesys" || name == "radecsys") system = trim(parameter.value);
      if (name == "equinox") equinox = trim(parameter.value);
    }
    // Equinoxes are of systems before ICRS.
    if (lower(system) != "icrs") check_system(field, system, equinox);
    return;
  }
  for (const ReferenceSystem& frame : header.systems) {
    std::string id, system, equinox;
    for (const auto& [name, value] : frame.attributes) {
      if (name == "ID") id = value;
      if (name == "system") system = value;
      if (name == "equinox") equinox = value;
    }
    if (frame.element == "COOSYS" && id == field.ref) check_system(field, system, equinox);
  }
}

Field decimal_field(const Field& field) {
  Field decimal = field;
  decimal.type = Type::float64;
  decimal.arraysize.clear();
  decimal.unit = "deg";
  decimal.unicode = false;
  decimal.null_marker.reset();
  for (std::string* text :
       {&decimal.xtype, &decimal.width, &decimal.precision, &decimal.minimum, &decimal.maximum})
    text->clear();
  return decimal;
}

/// A table whose positions are replaced by decimal degrees.
class DecimalPositions : public io::TableReader {
 public:
  DecimalPositions(io::TableReader& inner, PositionReader positions)
      : io::TableReader(""),
        inner_(inner),
        positions_(std::move(positions)),
        read_(inner.header().empty_copy()) {
    header_ = inner.header().empty_copy();
    for (const size_t place : positions_.places())
      header_.columns[place] = Column(decimal_field(header_.columns[place].field));
  }

  double fraction_read() const override { return inner_.fraction_read(); }
  bool overflow() const override { return inner_.overflow(); }
  const Communicator& ranks() const override { return inner_.ranks(); }
  uint64_t rows_before() const override { return inner_.rows_before(); }
  std::vector<FileRows> files() const override { return inner_.files(); }
  std::vector<std::string> remarks() const override {
    std::vector<std::string> remarks = inner_.remarks();
    const auto ours = positions_.notes();
    remarks.insert(remarks.end(), ours.begin(), ours.end());
    return remarks;
  }

 protected:
  void read_rows(Table& batch, size_t max_rows) override {
    if (!inner_.read(read_, max_rows)) return;
    const auto found = inner_.in_place([&] {
      return positions_.read(read_, inner_.rows_before() + inner_.rows_read() - read_.rows());
    });
    const auto [ra, dec] = positions_.places();
    for (size_t c = 0; c < batch.columns.size(); ++c)
      if (c != ra && c != dec) std::swap(batch.columns[c], read_.columns[c]);
    for (const SkyPosition& position : found) {
      batch.columns[ra].append_number(position.ra_deg);
      batch.columns[dec].append_number(position.dec_deg);
    }
  }

  void share_findings() override { positions_.share(ranks(), inner_.late_rows()); }

 private:
  io::TableReader& inner_;
  PositionReader positions_;
  Table read_;
};

}  // namespace

PositionReader::PositionReader(const Table& header, const PositionColumns& columns)
    : columns_{{coordinate(header, columns.ra, true), coordinate(header, columns.dec, false)}} {}

PositionReader::Coordinate PositionReader::coordinate(const Table& header, const std::string& name,
                                                      bool is_ra) {
  const Column& column = input_column(header, name);
  const Field& field = column.field;
  Coordinate result;
  result.name = field.name;
  result.place = static_cast<size_t>(&column - header.columns.data());
  result.is_text = field.type == Type::text && !field.is_text_array();
  result.is_ra = is_ra;
  if (!result.is_text && !field.is_scalar())
    throw input_error("a column of arrays", "column " + field.name, "one number per row",
                      "arraysize " + field.arraysize);
  check_ucd(field, is_ra);
  check_system(header, field);
  if (trim(field.unit).empty()) return result;
  const auto unit = angle_unit(field.unit, is_ra);
  if (!unit || (unit->sexagesimal && !result.is_text))
    throw input_error("the unit of a position is not an angle", "column " + field.name,
                      is_ra ? "deg, rad, arcmin, arcsec, mas, h, or none for degrees"
                            : "deg, rad, arcmin, arcsec, mas, or none for degrees",
                      in_quotes(field.unit));
  result.unit_stated = true;
  result.degrees = unit->degrees;
  result.sexagesimal_degrees = unit->sexagesimal && unit->degrees == 1;
  return result;
}

PositionReader::Value PositionReader::value(const Coordinate& coordinate, const Column& column,
                                            size_t row, uint64_t first_row) {
  constexpr double hour = 15, circle = 360;
  if (!coordinate.is_text) {
    const double number = column.number(row);
    if (std::isinf(number))
      throw input_error("infinite value",
                        fmt::format("row {}, column {}", first_row + row + 1, coordinate.name),
                        "a finite number or an empty cell", fmt::format("{}", number));
    const double degrees = coordinate.degrees == 1 ? number : number * coordinate.degrees;
    return {coordinate.degrees == hour && std::abs(degrees) > circle ? not_a_number : degrees,
            false, coordinate.unit_stated};
  }
  const auto angle = parse_angle(column.text(row));
  if (!angle || !std::isfinite(angle->value)) return {not_a_number};
  double degrees = coordinate.degrees;  // per unit
  if (angle->unit == 'h' || angle->unit == 'd')
    degrees = angle->unit == 'h' ? hour : 1;
  else if (angle->sexagesimal)
    degrees = coordinate.is_ra && !coordinate.sexagesimal_degrees ? hour : 1;
  const bool in_hours = degrees == hour;
  if (in_hours && (!coordinate.is_ra || angle->value < 0 || angle->value > circle / hour))
    return {not_a_number};
  if (in_hours && angle->unit == 0 && coordinate.unit_stated && coordinate.degrees == 1)
    hours_despite_degrees_ = true;
  return {degrees == 1 ? angle->value : angle->value * degrees, angle->sexagesimal,
          angle->unit != 0 || coordinate.unit_stated};
}

std::vector<SkyPosition> PositionReader::read(const Table& batch, uint64_t first_row) {
  std::vector<SkyPosition> result(batch.rows());
  for (size_t row = 0; row < result.size(); ++row) {
    std::array<Value, 2> values{};
    bool missing = false;
    for (size_t c = 0; c < 2; ++c) {
      const Column& column = batch.columns[columns_[c].place];
      values[c] = value(columns_[c], column, row, first_row);
      missing = missing || column.missing(row) ||
                (columns_[c].is_text && is_missing_word(column.text(row)));
    }
    result[row] = {values[0].degrees, values[1].degrees};
    if (missing) continue;
    if (!is_valid(result[row])) {
      if (unreadable_++ > 0) continue;
      const bool is_dec = std::isfinite(values[0].degrees) && !(std::abs(values[1].degrees) <= 90);
      const Coordinate& odd = columns_[is_dec ? 1 : 0];
      first_unreadable_ = first_row + row + 1;
      unreadable_text_ = odd.name + " " + in_quotes(cell_text(batch.columns[odd.place], row));
      continue;
    }
    ++readable_;
    const Value& decimal = values[values[0].sexagesimal ? 1 : 0];
    if (values[0].sexagesimal != values[1].sexagesimal && !decimal.unit_stated)
      throw input_error("only one coordinate of a position is sexagesimal",
                        fmt::format("row {}, columns {}, {}", first_row + row + 1, columns_[0].name,
                                    columns_[1].name),
                        "both, or a unit for the other",
                        in_quotes(cell_text(batch.columns[columns_[0].place], row)) + ", " +
                            in_quotes(cell_text(batch.columns[columns_[1].place], row)));
  }
  return result;
}

bool PositionReader::is_decimal() const {
  return std::all_of(columns_.begin(), columns_.end(), [](const Coordinate& coordinate) {
    return !coordinate.is_text && coordinate.degrees == 1;
  });
}

void PositionReader::share(const Communicator& ranks, uint64_t late_rows) {
  if (ranks.is_alone()) return;
  first_unreadable_ += late_rows;
  const std::string own =
      packed(readable_, unreadable_, first_unreadable_, unreadable_text_, hours_despite_degrees_);
  readable_ = unreadable_ = 0;
  for (const std::string& bytes : ranks.all_gather(own)) {
    uint64_t readable = 0, unreadable = 0, first = 0;
    std::string text;
    bool hours = false;
    unpack(bytes, readable, unreadable, first, text, hours);
    if (unreadable && !unreadable_) {
      first_unreadable_ = first;
      unreadable_text_ = text;
    }
    readable_ += readable;
    unreadable_ += unreadable;
    hours_despite_degrees_ = hours_despite_degrees_ || hours;
  }
}

std::vector<std::string> PositionReader::notes() const {
  std::vector<std::string> notes;
  if (unreadable_)
    notes.push_back(
        fmt::format("{} cannot be read and {} as missing (first: {} in row {})",
                    unreadable_ == 1 ? "1 position" : with_commas(unreadable_) + " positions",
                    unreadable_ == 1 ? "counts" : "count", unreadable_text_, first_unreadable_));
  if (hours_despite_degrees_)
    notes.push_back(
        fmt::format("sexagesimal values of {} are taken as hours, minutes and seconds, although "
                    "its unit is deg",
                    columns_[0].name));
  return notes;
}

std::string PositionReader::why_none() const {
  if (readable_ || !unreadable_) return {};
  return fmt::format("{} in row {}", unreadable_text_, first_unreadable_);
}

std::vector<SkyPosition> positions(const Table& table, const PositionColumns& columns,
                                   std::vector<std::string>* notes, uint64_t first_row,
                                   const Communicator& ranks, uint64_t late_rows) {
  PositionReader reader(table, columns);
  auto result = reader.read(table, first_row);
  reader.share(ranks, late_rows);
  if (const std::string why = reader.why_none(); !why.empty())
    throw input_error("no position can be read",
                      fmt::format("columns {}, {}", columns.ra, columns.dec),
                      "degrees, or sexagesimal text such as 16 23 30.12, -26 30 10.4", why);
  if (notes) {
    const auto ours = reader.notes();
    notes->insert(notes->end(), ours.begin(), ours.end());
  }
  return result;
}

std::unique_ptr<io::TableReader> decimal_positions(io::TableReader& inner,
                                                   const PositionColumns& columns) {
  const Table& header = inner.header();
  if (!find_input_column(header, columns.ra) || !find_input_column(header, columns.dec))
    return nullptr;
  PositionReader positions(header, columns);
  if (positions.is_decimal()) return nullptr;
  return std::make_unique<DecimalPositions>(inner, std::move(positions));
}

void declare_icrs(const PositionColumns& columns, Table& header) {
  constexpr const char* id = "icrs";
  const ReferenceSystem icrs{"COOSYS", {{"ID", id}, {"system", "ICRS"}}};
  const ReferenceSystem* known = header.find_system(id);
  if (known && *known != icrs) return;  // the input calls another one so
  bool has_positions = false;
  for (const std::string& name : {columns.ra, columns.dec})
    for (Column& column : header.columns) {
      if (name.empty() || column.field.name != name || header.find_system(column.field.ref))
        continue;
      column.field.ref = id;
      has_positions = true;
    }
  if (has_positions && !known) header.systems.push_back(icrs);
}

Table read_decimal_table(const std::string& name, const PositionColumns& columns,
                         const Threads& threads) {
  const auto reader = io::open_table(name, threads);
  const auto decimal = decimal_positions(*reader, columns);
  return io::read_table(decimal ? *decimal : *reader);
}

}  // namespace uhuru::sky
