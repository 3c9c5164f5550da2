// Cone searches: the parameters accepted and the contents of answers.
#include "uhuru/serve/cone_search.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/simulated_run.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using Parameters = std::multimap<std::string, std::string>;

TEST(ConeRequest, TakesParametersInAnyCase) {
  const serve::ConeRequest request = serve::parse_cone_request(
      {{"ra", "10.5"}, {"Dec", " +20 "}, {"sR", "1e-1"}, {"FORMAT", "x"}, {"", "y"}});
  EXPECT_EQ(request.center.ra_deg, 10.5);
  EXPECT_EQ(request.center.dec_deg, 20);
  EXPECT_EQ(request.radius_deg, 0.1);
  EXPECT_EQ(request.verbosity, 2);
  EXPECT_EQ(request.most, serve::max_cone_rows);
  const auto with = [](const char* name, const char* value) {
    return serve::parse_cone_request({{"RA", "0"}, {"DEC", "-90"}, {"SR", "180"}, {name, value}});
  };
  EXPECT_EQ(with("VERB", "3").verbosity, 3);
  EXPECT_EQ(with("verb", "").verbosity, 2);
  EXPECT_EQ(with("MAXREC", "7").most, 7u);
  EXPECT_EQ(with("MAXREC", "0").most, 0u);
  EXPECT_EQ(with("MAXREC", "9223372036854775807").most, serve::max_cone_rows);
  EXPECT_EQ(with("ra", "0").center.ra_deg, 0);  // the same value twice
}

TEST(ConeRequest, SaysWhatIsWrong) {
  const auto expect_refused = [](const Parameters& parameters, const std::string& word) {
    const std::string message = error_of([&] { serve::parse_cone_request(parameters); }).what();
    EXPECT_NE(message.find(word), std::string::npos) << message;
  };
  expect_refused({}, "RA");
  expect_refused({{"RA", "1"}, {"SR", "1"}}, "DEC");
  expect_refused({{"RA", "1"}, {"DEC", "1"}}, "SR");
  for (const char* bad : {"", "x", "3h23m15s", "nan", "inf", "-0.1", "360.1", "1e999", "1 2", "1,5",
                          "0x10", "1;", "\xff"})
    expect_refused({{"RA", bad}, {"DEC", "1"}, {"SR", "1"}}, "RA: invalid");
  for (const char* bad : {"-90.1", "91", "--1"})
    expect_refused({{"RA", "1"}, {"DEC", bad}, {"SR", "1"}}, "DEC: invalid");
  for (const char* bad : {"-1", "180.5"})
    expect_refused({{"RA", "1"}, {"DEC", "1"}, {"SR", bad}}, "SR: invalid");
  for (const char* bad : {"0", "4", "1.5", "x"})
    expect_refused({{"RA", "1"}, {"DEC", "1"}, {"SR", "1"}, {"VERB", bad}}, "VERB: invalid");
  expect_refused({{"RA", "1"}, {"DEC", "1"}, {"SR", "1"}, {"MAXREC", "-1"}}, "MAXREC");
  expect_refused({{"RA", "1"}, {"ra", "2"}, {"DEC", "1"}, {"SR", "1"}}, "given twice");
}

/// A catalog of simulated detections.
class ConeAnswers : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = new testing::ScratchFolder;
    testing::simulated_run(*scratch_, 3000);
  }
  static void TearDownTestSuite() {
    delete scratch_;
    scratch_ = nullptr;
  }
  static std::string catalog() { return *scratch_ / "run/catalog.sqlite"; }
  static Table table(const std::string& answer) {
    return io::read_table(*io::open_table_in_memory(answer, "answer.vot"));
  }
  /// The body of an answer.
  static std::string text(const httpd::Answer& answer) {
    if (answer.text) return *answer.text;
    return testing::read_file(fmt::format("/proc/self/fd/{}", answer.file->get()));
  }
  static std::string ask(serve::ConeSearch& search, httpd::Request::Parameters parameters) {
    httpd::Request request;
    request.parameters = std::move(parameters);
    return text(search.answer(request));
  }
  static testing::ScratchFolder* scratch_;
};
testing::ScratchFolder* ConeAnswers::scratch_ = nullptr;

TEST_F(ConeAnswers, AreTheRowsOfTheCatalogNearestFirst) {
  serve::ConeSearch search(catalog());
  const Table all = io::read_table(*catalog::open_sources(catalog()));
  const double ra = all.at("ra").number(17);
  const double dec = all.at("dec").number(17);
  for (const int verbosity : {1, 2, 3}) {
    const Table found = table(ask(search, {{"RA", fmt::format("{}", ra)},
                                           {"DEC", fmt::format("{}", dec)},
                                           {"SR", "20"},
                                           {"VERB", std::to_string(verbosity)}}));
    ASSERT_GT(found.rows(), 3u);
    EXPECT_EQ(found.at("name").text(0), all.at("name").text(17));
    EXPECT_EQ(found.at("separation").number(0), 0);
    size_t expected = 0;
    for (size_t row = 0; row < all.rows(); ++row)
      expected += sky::separation_arcsec({ra, dec}, {all.at("ra").number(row),
                                                     all.at("dec").number(row)}) <= 20 * 3600;
    EXPECT_EQ(found.rows(), expected);
    for (size_t row = 1; row < found.rows(); ++row)
      EXPECT_GE(found.at("separation").number(row), found.at("separation").number(row - 1));
    EXPECT_TRUE(verbosity < 3 || found.columns.size() == all.columns.size() + 1);
    for (const Column& column : found.columns) {
      if (column.field.name == "separation") continue;
      EXPECT_EQ(cell_text(column, 0), cell_text(all.at(column.field.name), 17));
    }
    std::map<std::string, int> ucds;
    for (const Column& column : found.columns) ++ucds[column.field.ucd];
    for (const char* ucd : {"ID_MAIN", "POS_EQ_RA_MAIN", "POS_EQ_DEC_MAIN"})
      EXPECT_EQ(ucds[ucd], 1) << ucd;
  }
}

TEST_F(ConeAnswers, SayWhenRowsAreLeftOut) {
  serve::ConeSearch search(catalog());
  const auto whole_sky = [&](const char* maxrec) {
    return ask(search, {{"RA", "0"}, {"DEC", "0"}, {"SR", "180"}, {"MAXREC", maxrec}});
  };
  const std::string few = whole_sky("3");
  EXPECT_EQ(table(few).rows(), 3u);
  EXPECT_NE(few.find("OVERFLOW"), std::string::npos);
  const uint64_t all = search.catalog().source_count();
  const std::string exact = whole_sky(std::to_string(all).c_str());
  EXPECT_EQ(table(exact).rows(), all);
  EXPECT_EQ(exact.find("OVERFLOW"), std::string::npos);
  EXPECT_EQ(table(whole_sky("0")).rows(), 0u);
  EXPECT_NE(whole_sky("0").find("OVERFLOW"), std::string::npos);
  const std::string metadata = ask(search, {{"RA", "0"}, {"DEC", "0"}, {"SR", "0"}});
  EXPECT_EQ(table(metadata).rows(), 0u);
  EXPECT_EQ(metadata.find("Error"), std::string::npos);
}

TEST_F(ConeAnswers, AreInTheFormatThatIsAskedFor) {
  serve::ConeSearch search(catalog());
  httpd::Request request;
  request.parameters = {{"RA", "83.8"}, {"DEC", "-5.4"}, {"SR", "5"}, {"maxrec", "7"}};
  const auto in_format = [&](const char* format) {
    httpd::Request other;
    other.parameters = request.parameters;
    other.parameters.emplace("RESPONSEFORMAT", format);
    return search.answer(other);
  };
  const httpd::Answer plain = search.answer(request);
  const Table expected = table(text(plain));
  ASSERT_EQ(expected.rows(), 7u);
  for (const auto& [format, type, name] :
       {std::tuple("votable", "text/xml;content=x-votable", "a.vot"),
        {"", "text/xml;content=x-votable", "a.vot"},
        {"application/x-votable+xml; serialization=TABLEDATA", "text/xml;content=x-votable",
         "a.vot"},
        {"FITS", "application/fits", "a.fits"},
        {"application/fits", "application/fits", "a.fits"},
        {"csv", "text/csv; charset=utf-8", "a.csv"},
        {"Text/CSV", "text/csv; charset=utf-8", "a.csv"},
        {"tsv", "text/tab-separated-values; charset=utf-8", "a.tsv"}}) {
    const httpd::Answer answer = in_format(format);
    EXPECT_EQ(answer.type, type) << format;
    const std::string file = *scratch_ / name;
    testing::write_file(file, text(answer));
    const Table found = io::read_table(file);
    ASSERT_EQ(found.rows(), 7u) << format;
    EXPECT_EQ(found.column_names(), expected.column_names());
    for (size_t row = 0; row < 7; ++row) {
      EXPECT_EQ(found.at("name").text(row), expected.at("name").text(row));
      EXPECT_EQ(found.at("ra").number(row), expected.at("ra").number(row));
    }
  }
  EXPECT_NE(text(in_format("parquet")).find("RESPONSEFORMAT: invalid"), std::string::npos);
}

TEST_F(ConeAnswers, AreTheSameInMemoryAndOnTheDisk) {
  serve::ConeSearch search(catalog());
  httpd::Request request;
  request.parameters = {{"RA", "83.8"}, {"DEC", "-5.4"}, {"SR", "180"}, {"VERB", "3"}};
  const httpd::Answer large = search.answer(request);
  ASSERT_TRUE(large.file);
  const std::string whole = text(large);
  EXPECT_GT(whole.size(), size_t{1} << 20);
  EXPECT_EQ(whole.size(), large.file_size);
  EXPECT_EQ(table(whole).rows(), search.catalog().source_count());
  request.is_unwanted = [] { return true; };
  EXPECT_THROW((void)search.answer(request), httpd::Unwanted);
}

TEST_F(ConeAnswers, AreLongWhereThereAreManySources) {
  const catalog::DatabaseFile file(catalog());
  catalog::Catalog sources(file);
  const size_t all = sources.source_count();
  EXPECT_FALSE(sources.may_exceed(all, {83.8, -5.4}, 180));
  EXPECT_TRUE(sources.may_exceed(all - 1, {83.8, -5.4}, 180));
  for (const double radius_deg : {0.01, 0.3, 5.0, 60.0})
    for (const sky::SkyPosition& center : {sky::SkyPosition{83.8, -5.4}, {0, 90}, {359.9, 0}}) {
      const size_t within = sources.cone(center, radius_deg, all).size();
      EXPECT_TRUE(within == 0 || sources.may_exceed(within - 1, center, radius_deg));
    }
  serve::ConeSearch search(file);
  const auto is_long = [&](const char* radius, const char* ra) {
    httpd::Request request;
    request.parameters = {{"RA", ra}, {"DEC", "-5.4"}, {"SR", radius}};
    return search.is_long(request);
  };
  EXPECT_FALSE(is_long("180", "83.8"));  // 1,151 sources are few
  EXPECT_FALSE(is_long("0.05", "83.8"));
  EXPECT_FALSE(is_long("180", "x"));
  EXPECT_FALSE(is_long("x", "83.8"));
}

TEST_F(ConeAnswers, EscapeWhatWasAsked) {
  serve::ConeSearch search(catalog());
  const std::string answer = ask(search, {{"RA", "<script>\"'&"}, {"DEC", "0"}, {"SR", "1"}});
  EXPECT_NE(answer.find("INFO ID=\"Error\" name=\"Error\" value=\"RA: invalid"), std::string::npos);
  EXPECT_EQ(answer.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace uhuru
