#include <fmt/format.h>
#include <pthread.h>

#include <csignal>
#include <memory>
#include <optional>
#include <thread>

#include "cli.hpp"
#include "uhuru/base/embedded.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/httpd/addresses.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/jobs/catalog_file.hpp"
#include "uhuru/jobs/demo.hpp"
#include "uhuru/serve/catalog_server.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  serve::ServeOptions serve;
  bool vo_only = false;
  bool outside_hosts = false;
  std::string services = "default";
};

/// Ends a server at Ctrl-C, SIGTERM or SIGHUP; a second one ends the program at once. To be made
/// before other threads are: they inherit that these signals are not theirs.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGUSR2);  // our own
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction action {};
      sigaction(signal, nullptr, &action);
      if (action.sa_handler != SIG_IGN) sigaddset(&set_, signal);  // nohup
    }
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  /// Does some work that such a signal ends at once.
  template <class Work>
  void interruptibly(const Work& work) {
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    work();
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void run(serve::CatalogServer& server) {
    std::thread waiting([&] {
      int signal = 0;
      sigwait(&set_, &signal);
      pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
      server.end();
    });
    try {
      server.run();
    } catch (...) {
      pthread_kill(waiting.native_handle(), SIGUSR2);
      waiting.join();
      throw;
    }
    waiting.join();
  }

 private:
  sigset_t set_;
};

void serve(Context& context, Options& options) {
  Signals signals;
  const Threads threads = context.make_threads();
  Terminal& terminal = context.terminal;
  options.serve.threads = threads.count();
  options.serve.vo_only = options.vo_only;
  if (options.outside_hosts) options.serve.outside = options.services;
  std::optional<io::TemporaryFolder> simulated;
  if (options.serve.catalog.empty()) {
    terminal.say("simulated    no catalog was named: these sources are drawn from a model");
    simulated.emplace(temporary_parent());
    options.serve.title = "Simulated catalog";
    signals.interruptibly([&] {
      options.serve.catalog =
          jobs::make_simulated_run(simulated->file("run"), jobs::demo_detections, std::nullopt,
                                   threads, terminal.progress());
    });
    terminal.clear_progress();
  }
  jobs::ServedCatalog served;
  signals.interruptibly([&] {
    served = jobs::find_or_make_catalog(options.serve.catalog, options.serve.table, threads);
  });
  terminal.notes(served.notes);
  options.serve.catalog = served.catalog;
  options.serve.table = {.recipe = {}, .model = served.model, .class_column = {}};
  if (options.serve.title.empty()) options.serve.title = served.title;
  httpd::allow_max_descriptors();  // a connection takes one
  serve::CatalogServer server(options.serve);
  const bool is_public = !options.serve.public_url.empty();
  terminal.say_items("serving     ",
                     {with_commas(server.source_count()) + " sources", server.local_url()});
  if (server.has_pages())
    terminal.say("pages        open " + server.url() + (is_public ? "/" : "") + " in a browser");
  else if (!options.vo_only)
    terminal.note("uhuru was built without its web pages: " + std::string(why_no_pages()));
  if (server.has_positions()) {
    terminal.say("cone search  " + server.url() +
                 "/scs?  (TOPCAT: VO, Cone Search; paste it as the URL)");
    terminal.say("example      " + server.url() + "/scs?" + server.example());
  }
  terminal.say("Ctrl-C ends it.");
  std::fflush(stdout);
  signals.run(server);
}

}  // namespace

void add_serve(Command& program) {
  Command command = add_command(program, "serve",
                                "Explore classes in a browser; serve them to TOPCAT and the like");
  const auto options = std::make_shared<Options>();
  command.option(
      "RESULTS", options->serve.catalog,
      "A catalog, the folder of a run or of `predict --vote`, or a table with classes; a "
      "simulated catalog if omitted");
  command.option("--port", options->serve.port, "Port; 0: any free port")
      .between(0, 65535)
      .show_default();
  command.option("--address", options->serve.address, "Where to listen; 0.0.0.0: everywhere")
      .show_default();
  command
      .option("--public-url", options->serve.public_url,
              "Address that clients use if this server is behind another, such as nginx")
      .type_name("URL");
  command.flag("--public", options->serve.is_public,
               "Let pages of other sites read cone searches, tables and the API");
  command.flag("--samp", options->serve.samp,
               "Let the pages connect to a SAMP hub on the reader's machine (TOPCAT, Aladin)");
  command.flag("--outside-hosts", options->outside_hosts,
               "Let the search ask the CDS (Sesame) for names that the catalog lacks");
  command
      .option("--services", options->services,
              "TOML file of services with the address to ask; see uhuru fetch services")
      .type_name("FILE")
      .show_default();
  command.flag("--vo-only", options->vo_only,
               "Only the Virtual Observatory's services: no pages, no API");
  add_table_options(command, options->serve.table);
  command.footer(
      "What has no catalog gets a temporary one; nothing is written beside it. `uhuru catalog` "
      "keeps one.\n"
      "Pages: the sky, planes of features, a table, each source, classification of your own "
      "tables.\n"
      "Programs: /api/openapi.json describes the API; /scs is an IVOA Simple Cone Search;\n"
      "/catalog.vot and /catalog.fits contain all sources.\n"
      "Only this machine can connect, unless --address says otherwise.\n"
      "Example:\n  uhuru serve result\n  uhuru serve classified.vot\n  stilts cone "
      "serviceurl='http://127.0.0.1:8080/scs?' "
      "lon=83.8 lat=-5.4 radius=0.1");
  command.action([options](Context& context) { serve(context, *options); });
}

}  // namespace uhuru::cli
