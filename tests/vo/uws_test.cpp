// Job documents, as written by services.
#include "uhuru/vo/uws.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(Uws, ReadsPhaseAndErrorWithAnyPrefix) {
  const vo::UwsJob job = vo::parse_job(
      R"(<?xml version="1.0"?><uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" version="1.1">
         <uws:jobId>7</uws:jobId><uws:phase> ERROR </uws:phase>
         <uws:errorSummary type="fatal" hasDetail="true"><uws:message>no table &lt;x&gt;
         </uws:message></uws:errorSummary></uws:job>)",
      "job");
  EXPECT_EQ(job.phase, "ERROR");
  EXPECT_EQ(job.error, "no table <x>");
  EXPECT_EQ(vo::parse_job("<job><phase>QUEUED</phase></job>", "job").phase, "QUEUED");
}

TEST(Uws, OtherDocumentsAreErrors) {
  for (const char* text : {"", "QUEUED", "<html><body>busy</body></html>", "<job><phase/></job>",
                           "<job><phase>QUEUED</phase>", "<phase>QUEUED</phase>"})
    EXPECT_EQ(error_of([&] { vo::parse_job(text, "job"); }).kind(), ErrorKind::input) << text;
}

TEST(Uws, LongTextsAreCut) {
  const std::string long_text(1 << 20, 'x');
  EXPECT_LT(vo::parse_job("<job><phase>" + long_text + "</phase></job>", "job").phase.size(),
            1u << 20);
}

}  // namespace
}  // namespace uhuru
