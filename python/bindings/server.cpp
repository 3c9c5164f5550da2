// A catalog over HTTP, in a thread of its own.
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "binding.hpp"
#include "uhuru/serve.hpp"

namespace uhuru::python {
namespace {

/// Can be closed by several threads. In a forked process, which has no thread of the server, it is
/// not running, and nothing is done when it goes.
class Server {
 public:
  explicit Server(const serve::ServeOptions& options)
      : server_(std::make_unique<serve::CatalogServer>(options)),
        url_(server_->url()),
        sources_(server_->source_count()),
        notes_(server_->notes()),
        has_pages_(server_->has_pages()),
        has_positions_(server_->has_positions()),
        thread_(std::make_unique<std::thread>([this] { server_->run(); })) {}
  ~Server() {
    if (is_own()) {
      close();
      return;
    }
    // Left as they are: their threads and locks are those of another process.
    static_cast<void>(thread_.release());
    static_cast<void>(server_.release());
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void close() {
    if (!is_own()) return;
    const WithoutGil without_gil;
    const std::lock_guard lock(closing_);
    if (!server_) return;
    server_->end();
    thread_->join();
    server_.reset();
    is_closed_ = true;
  }
  bool is_running() const { return is_own() && !is_closed_; }
  const std::string& url() const { return url_; }
  uint64_t sources() const { return sources_; }
  const std::vector<std::string>& notes() const { return notes_; }
  bool has_pages() const { return has_pages_; }
  bool has_positions() const { return has_positions_; }

 private:
  bool is_own() const { return process_ == ::getpid(); }

  const pid_t process_ = ::getpid();
  std::mutex closing_;
  std::atomic<bool> is_closed_ = false;
  std::unique_ptr<serve::CatalogServer> server_;
  std::string url_;
  uint64_t sources_;
  std::vector<std::string> notes_;
  bool has_pages_, has_positions_;
  std::unique_ptr<std::thread> thread_;  // last, as it uses the others
};

}  // namespace

void add_server(py::module_& module) {
  py::class_<Server, std::shared_ptr<Server>>(module, "Server")
      .def(py::init([](const std::string& catalog, const std::string& address, int port,
                       const std::string& title, bool vo_only, bool is_public,
                       const std::string& recipe, const std::string& model,
                       const std::string& class_column, int threads) {
             serve::ServeOptions options;
             options.catalog = catalog;
             options.address = address;
             options.port = port;
             options.title = title;
             options.vo_only = vo_only;
             options.is_public = is_public;
             options.table = {recipe, model, class_column};
             options.threads = Threads(threads).count();
             const WithoutGil without_gil;
             return std::make_shared<Server>(options);
           }),
           py::arg("catalog"), py::arg("address"), py::arg("port"), py::arg("title"),
           py::arg("vo_only"), py::arg("public"), py::arg("recipe"), py::arg("model"),
           py::arg("class_column"), py::arg("jobs"))
      .def("close", &Server::close)
      .def_property_readonly("running", &Server::is_running)
      .def_property_readonly("url", &Server::url)
      .def_property_readonly("notes", &Server::notes)
      .def_property_readonly("has_pages", &Server::has_pages)
      .def_property_readonly("has_positions", &Server::has_positions)
      .def_property_readonly("sources", &Server::sources);
}

}  // namespace uhuru::python
