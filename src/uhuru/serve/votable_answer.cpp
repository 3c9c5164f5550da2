#include "uhuru/serve/votable_answer.hpp"

#include "uhuru/io/votable_elements.hpp"

namespace uhuru::serve {
namespace {

constexpr const char* envelope =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">\n"
    "<RESOURCE type=\"results\">\n";
constexpr const char* end = "</RESOURCE>\n</VOTABLE>\n";

}  // namespace

std::string votable_head(const Table& header) {
  std::string out = envelope;
  out += "<INFO name=\"QUERY_STATUS\" value=\"OK\"/>\n";
  io::put_votable_facts(header, out);
  out += "<TABLE";
  io::put_votable_attribute("name", header.name, out);
  out += ">\n";
  for (size_t c = 0; c < header.columns.size(); ++c)
    io::put_votable_field(header, c, std::nullopt, out);
  return out + "<DATA>\n<TABLEDATA>\n";
}

std::string votable_tail(bool more) {
  std::string out = "</TABLEDATA>\n</DATA>\n</TABLE>\n";
  if (more) out += "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>\n";
  return out + end;
}

std::string votable_answer(const Table& table, bool more) {
  std::string out = votable_head(table);
  for (size_t row = 0; row < table.rows(); ++row) io::put_votable_row(table, row, out);
  return out + votable_tail(more);
}

std::string votable_error(const std::string& message) {
  std::string out = envelope;
  out += "<INFO ID=\"Error\" name=\"Error\"";
  io::put_votable_attribute("value", message, out);
  return out + "/>\n<INFO name=\"QUERY_STATUS\" value=\"ERROR\"/>\n" + end;
}

}  // namespace uhuru::serve
