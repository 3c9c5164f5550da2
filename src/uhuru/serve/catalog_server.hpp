// Serves a catalog to the programs of the Virtual Observatory.
#pragma once

#include <memory>
#include <string>

namespace uhuru {

struct ServeOptions {
  std::string catalog;                // the file, or a folder of a run that has one
  std::string address = "127.0.0.1";  // where to listen
  int port = 8080;                    // 0: any that is free
  int threads = 1;                    // queries that are worked on at the same time
  bool vo_only = false;               // no pages, and no API for them
  std::string title;                  // that pages show; empty: the folder's name
  /// Where clients reach a server that stands behind another: "https://example.org/xray/". That
  /// server may pass the path with the prefix or without it.
  std::string public_url;
  /// Whether pages of other origins may read cone searches, tables and the API.
  bool is_public = false;
};

/// A server over HTTP/1.1 of the playground's pages and their API (see Playground), of /scs (Simple
/// Cone Search 1.03), /catalog.vot and /catalog.fits (all sources, made when first asked for, in a
/// temporary file), /capabilities and /availability; without pages, / is one that names the others.
/// It reads the catalog only, and answers only requests that name it as this machine where no other
/// can reach it, so that pages of other places cannot read it through the browser.
class CatalogServer {
 public:
  /// Listens at once; run() answers. Throws Error (input): see Catalog; Error (usage): see
  /// Listener.
  explicit CatalogServer(const ServeOptions& options);
  ~CatalogServer();

  /// Where it listens, "http://127.0.0.1:8080", and where clients reach it: the public URL if it has
  /// one. Both without a slash at the end.
  std::string local_url() const;
  std::string url() const;
  /// A query that finds something.
  std::string example() const;
  uint64_t source_count() const;
  /// Whether there is more than one page.
  bool has_pages() const;

  /// Answers until end() is called.
  void run();
  /// Thread-safe.
  void end();

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace uhuru
