// Serves a catalog to browsers and to Virtual Observatory programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "uhuru/tables/results.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

struct ServeOptions {
  std::string catalog;                // a catalog, or other results, see find_or_make_catalog
  std::string address = "127.0.0.1";  // where to listen
  int port = 8080;                    // 0: any free port
  int threads = 1;                    // queries processed at the same time
  bool vo_only = false;               // no pages and no API
  std::string title;                  // shown on pages; empty: the folder's or table's name
  /// How tables that are not a run's are understood; the model is offered on the pages.
  tables::TableOptions table = {};
  /// The URL of a server behind a reverse proxy: "https://example.org/xray/". The proxy may pass
  /// paths with or without the prefix.
  std::string public_url;
  /// Whether pages of other origins may read cone searches, tables and the API.
  bool is_public = false;
  /// Whether the pages may connect to a SAMP hub on the reader's machine (Web Profile).
  bool samp = false;
  /// A services file: names that the catalog lacks may be looked up there. Empty: never.
  std::string outside = {};
};

/// An HTTP/1.1 server for the playground's pages and their API (see Playground), /scs (Simple Cone
/// Search 1.03), /catalog.vot and /catalog.fits (all sources, created in a temporary file on first
/// request), /capabilities and /availability; without pages, / lists the others. Never modifies the
/// catalog, and writes nothing beside it: results without a catalog have one in a temporary folder.
/// If only this machine can reach it, it answers only requests whose Host names this machine, so
/// that pages of other sites cannot read it through the browser.
class CatalogServer {
 public:
  /// Starts listening; run() answers. Throws Error (input): see Catalog and find_or_make_catalog;
  /// Error (usage): see HttpServer and parse_public_url.
  explicit CatalogServer(const ServeOptions& options);
  ~CatalogServer();

  /// The URL where it listens, "http://127.0.0.1:8080", and where clients reach it: the public URL
  /// if there is one. Both without a trailing slash.
  std::string local_url() const;
  std::string url() const;
  /// Whether its sources have positions, so that a cone search can find them.
  bool has_positions() const;
  /// An example query that finds a source.
  std::string example() const;
  uint64_t source_count() const;
  /// What was made for these results, and how a table was understood; see find_or_make_catalog.
  const std::vector<std::string>& notes() const;
  /// Whether the playground's pages are served.
  bool has_pages() const;

  /// Answers requests until end() is called.
  void run();
  /// Thread-safe.
  void end();

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
