#include "uhuru/io/fits_table_head.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/text.hpp"
#include "uhuru/io/fits_header.hpp"
#include "uhuru/table/provenance.hpp"

namespace uhuru::io {
namespace {

char form_letter(Type type) {
  switch (type) {
    case Type::boolean:
      return 'L';
    case Type::byte:
      return 'B';
    case Type::int16:
      return 'I';
    case Type::int32:
      return 'J';
    case Type::int64:
      return 'K';
    case Type::float32:
      return 'E';
    case Type::float64:
      return 'D';
    case Type::text:
      break;
  }
  return 'A';
}

class HeadWriter {
 public:
  HeadWriter(const FitsTableState& table, FitsReplaced& names) : table_(table), names_(names) {}

  std::string text(size_t width, size_t least) {
    using Kind = FitsKeyword::Kind;
    std::string cards;
    const auto put = [&](const std::string& name, const std::string& value, Kind kind,
                         const std::string& comment = {}) {
      cards += fits_cards({name, value, comment, kind});
    };
    const auto number = [&](const char* name, uint64_t value, const char* comment) {
      put(name, std::to_string(value), Kind::number, comment);
    };
    const auto finish = [&] {
      put_end(cards);
      return cards;
    };
    put("SIMPLE", "T", Kind::logical, "file conforms to FITS standard");
    number("BITPIX", 8, "");
    number("NAXIS", 0, "");
    put("EXTEND", "T", Kind::logical, "a table follows");
    const std::string primary = finish();
    cards.clear();
    put("XTENSION", "BINTABLE", Kind::text, "binary table");
    number("BITPIX", 8, "bytes");
    number("NAXIS", 2, "");
    number("NAXIS1", width, "bytes per row");
    number("NAXIS2", table_.rows, "rows");
    number("PCOUNT", table_.heap_bytes, "bytes of arrays after the rows");
    number("GCOUNT", 1, "");
    number("TFIELDS", table_.columns.size(), "columns");
    if (!table_.header.name.empty())
      put("EXTNAME", fits_label(table_.header.name, names_), Kind::text);
    std::vector<std::string> names;
    for (size_t c = 0; c < table_.columns.size(); ++c) {
      names.push_back(fits_column_name(table_.columns[c].field.name, names, names_));
      put_column(c, names.back(), put);
    }
    put_parameters(put);
    FitsReplaced again;  // counted in the keywords
    for (const std::string& step : steps_of(table_.header))
      cards += fits_history(fits_label(step, again));
    // Cards without a keyword fill what is left; the end is in the last block.
    const size_t filled = least - std::min(least, primary.size() + FitsHeader::block);
    if (cards.size() < filled) cards.resize(filled, ' ');
    return primary + finish();
  }

 private:
  static void put_end(std::string& cards) {
    cards += fmt::format("{:<80}", "END");
    cards.resize((cards.size() + FitsHeader::block - 1) / FitsHeader::block * FitsHeader::block,
                 ' ');
  }

  template <class Put>
  void put_column(size_t c, const std::string& name, const Put& put) {
    using Kind = FitsKeyword::Kind;
    const FitsColumnState& column = table_.columns[c];
    const Field& field = column.field;
    const auto text = [&](const char* stem, const std::string& value) {
      if (!value.empty()) put(fmt::format("{}{}", stem, c + 1), value, Kind::text);
    };
    text("TTYPE", name);
    text("TFORM", form(column));
    text("TUNIT", fits_label(field.unit, names_));
    if (column.missing && is_integer(field.type))
      put(fmt::format("TNULL{}", c + 1), std::to_string(column.marker), Kind::number);
    text("TDIM", dims(column));
    text("TDISP", fits_display(field));
    text("TUCD", fits_label(field.ucd, names_));
    text("TUTYP", fits_label(field.utype, names_));
    text("TCOMM", fits_label(field.description, names_));
    for (const auto& [stem, limit] :
         {std::pair{"TLMIN", &field.minimum}, std::pair{"TLMAX", &field.maximum}})
      if (field.type != Type::text && parse_double(*limit))
        put(fmt::format("{}{}", stem, c + 1), *limit, Kind::number);
  }

  std::string form(const FitsColumnState& column) const {
    const char letter = form_letter(column.field.type);
    if (column.is_text()) return fmt::format("{}A", column.width);
    if (column.variable)
      return fmt::format("1{}{}({})", table_.wide ? 'Q' : 'P', letter, column.longest);
    return fmt::format("{}{}", column.field.cell_size(), letter);
  }

  static std::string dims(const FitsColumnState& column) {
    std::string shape = column.field.arraysize;
    if (shape.find('x') == std::string::npos || column.variable) return {};
    if (shape.find('*') != std::string::npos) {
      const size_t inner = std::max<size_t>(1, dimensions(shape)[0]);
      shape = fmt::format("{}x{}", inner, column.width / inner);
    }
    std::replace(shape.begin(), shape.end(), 'x', ',');
    return "(" + shape + ")";
  }

  template <class Put>
  void put_parameters(const Put& put) {
    using Kind = FitsKeyword::Kind;
    for (const Parameter& parameter : table_.header.parameters) {
      std::string name = fits_keyword_name(parameter.field.name);
      if (name.empty() || is_fits_structure(name)) continue;
      std::string value = fits_label(parameter.value, names_);
      const Field& field = parameter.field;
      const bool number = (is_integer(field.type) || is_float(field.type)) && field.is_scalar() &&
                          parse_double(value) && value.size() <= 60 &&
                          value.find_first_of("nN") == std::string::npos;
      Kind kind = number ? Kind::number : Kind::text;
      if (field.type == Type::boolean && (value == "true" || value == "false")) {
        kind = Kind::logical;
        value = value == "true" ? "T" : "F";
      }
      std::string comment = fits_label(field.description, names_);
      if (!field.unit.empty()) comment = "[" + fits_label(field.unit, names_) + "] " + comment;
      put(name, value, kind, comment);
    }
  }

  const FitsTableState& table_;
  FitsReplaced& names_;
};

}  // namespace

std::string fits_table_head(const FitsTableState& table, size_t width, size_t least,
                            FitsReplaced& names) {
  return HeadWriter(table, names).text(width, least);
}

}  // namespace uhuru::io
