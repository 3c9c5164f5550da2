// A catalog whose file is changed in place while it is served.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "httpd/http_serving.hpp"
#include "support/simulated_run.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/serve/catalog_server.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::read_file;
using testing::write_file;

class ChangedCatalog : public ::testing::Test {
 protected:
  ChangedCatalog() : folder_(testing::simulated_run(scratch_, 3000)) {
    content_ = read_file(file());
  }
  std::string file() const { return folder_ + "/catalog.sqlite"; }
  /// Writes to the file itself, unlike a program that replaces it.
  void write(const std::string& content) const { write_file(file(), content); }

  testing::ScratchFolder scratch_;
  std::string folder_, content_;
};

TEST_F(ChangedCatalog, IsNotReadUntilItIsWholeAgain) {
  catalog::DatabaseFile database(file());
  database.note_content();
  const catalog::Database first = catalog::Database::open(database);
  const catalog::Database second =
      catalog::Database::open(database);  // has not read the pages in question
  const auto count = [](const catalog::Database& of) {
    catalog::Statement statement(of, "SELECT count(*) FROM detections WHERE length(name) > 0");
    statement.step();
    return statement.whole(0);
  };
  const int64_t all = count(first);
  EXPECT_GT(all, 2000);
  write(content_.substr(0, content_.size() / 2));
  EXPECT_FALSE(database.is_whole());
  EXPECT_EQ(error_of([&] { count(second); }).message(), "the file changed while being read");
  write(content_);
  EXPECT_TRUE(testing::becomes_true([&] { return database.is_whole(); }));
  EXPECT_EQ(count(second), all);
  std::string other = content_;
  other[other.size() / 2] ^= 1;
  write(other);  // of the same size
  EXPECT_FALSE(database.is_whole());
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // longer than it may be written to
  EXPECT_FALSE(database.is_whole());
  write(content_);
  EXPECT_TRUE(testing::becomes_true([&] { return database.is_whole(); }));
}

TEST_F(ChangedCatalog, StaysTheSameIfTheNameIsReplaced) {
  catalog::DatabaseFile database(file());
  fs::rename(file(), folder_ + "/old.sqlite");
  write("another");
  EXPECT_TRUE(database.is_whole());
  EXPECT_EQ(catalog::Catalog(database).path(), file());
  fs::remove(folder_ + "/old.sqlite");
  EXPECT_TRUE(database.is_whole());
}

TEST_F(ChangedCatalog, IsAnsweredWith503) {
  serve::ServeOptions options;
  options.catalog = folder_;
  options.port = 0;
  serve::CatalogServer server(options);
  std::thread serving([&] { server.run(); });
  const int port = std::stoi(server.local_url().substr(server.local_url().rfind(':') + 1));
  const auto status = [&](const std::string& path) {
    testing::Client client(port);
    client.send(testing::get(path));
    return client.receive().substr(9, 3);
  };
  const std::string cone = "/scs?RA=0&DEC=0&SR=180";
  for (const std::string& path : {cone, std::string("/catalog.vot")}) {
    EXPECT_EQ(status(path), "200") << path;
    write(content_.substr(0, 8192));
    EXPECT_EQ(status(path), "503") << path;  // even if it has been made already
    write(content_);
    EXPECT_TRUE(testing::becomes_true([&] { return status(path) == "200"; })) << path;
  }
  server.end();
  serving.join();
}

TEST_F(ChangedCatalog, OfAnotherRunIsNotServed) {
  serve::ServeOptions options;
  options.catalog = folder_;
  options.port = 0;
  const std::string model = read_file(folder_ + "/model.json");
  write_file(folder_ + "/model.json", model + " ");
  const Error error = error_of([&] { serve::CatalogServer{options}; });
  EXPECT_EQ(error.kind(), ErrorKind::input);
  EXPECT_EQ(error.message(), "the file is not the one that the run wrote");
  EXPECT_EQ(error.where(), folder_ + "/model.json");
  write_file(folder_ + "/model.json", model);
  EXPECT_NO_THROW(serve::CatalogServer{options});
  auto record = nlohmann::ordered_json::parse(read_file(folder_ + "/run.json"));
  record["seed"] = 7;
  write_file(folder_ + "/run.json", record.dump());
  EXPECT_EQ(error_of([&] { serve::CatalogServer{options}; }).where(), file());
  fs::remove(folder_ + "/run.json");
  EXPECT_NO_THROW(serve::CatalogServer{options});
}

}  // namespace
}  // namespace uhuru
