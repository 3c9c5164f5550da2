// What the pages may do, as the server tells browsers.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "httpd/http_serving.hpp"
#include "support/simulated_run.hpp"
#include "uhuru/serve/catalog_server.hpp"
#include "uhuru/serve/playground.hpp"

namespace uhuru {
namespace {

/// The answers to some paths of a server with these options.
std::vector<std::string> answers_of(const serve::ServeOptions& options,
                                    const std::vector<std::string>& paths) {
  serve::CatalogServer server(options);
  std::thread serving([&] { server.run(); });
  const int port = std::stoi(server.local_url().substr(server.local_url().rfind(':') + 1));
  std::vector<std::string> answers;
  for (const std::string& path : paths) {
    testing::Client client(port);
    client.send(testing::get(path));
    answers.push_back(client.receive());
  }
  server.end();
  serving.join();
  return answers;
}

TEST(PagePolicy, AllowsASampHubOnlyIfThatIsWanted) {
  if (!serve::Playground::has_pages()) GTEST_SKIP() << "built without pages";
  const testing::ScratchFolder scratch;
  serve::ServeOptions options;
  options.catalog = testing::simulated_run(scratch, 1000);
  options.port = 0;
  const std::vector<std::string> paths = {"/table", "/source/A", "/api/catalog"};
  const auto strict = answers_of(options, paths);
  options.samp = true;
  const auto samp = answers_of(options, paths);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_NE(strict[i].find("connect-src 'self'; "), std::string::npos) << strict[i];
    EXPECT_EQ(strict[i].find("21012"), std::string::npos) << strict[i];
    EXPECT_NE(samp[i].find("connect-src 'self' http://localhost:21012; "), std::string::npos)
        << samp[i];
  }
  EXPECT_NE(strict[2].find("\"samp\":false"), std::string::npos);
  EXPECT_NE(samp[2].find("\"samp\":true"), std::string::npos);
}

}  // namespace
}  // namespace uhuru
