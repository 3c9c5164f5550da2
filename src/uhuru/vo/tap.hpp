// Queries to TAP services, synchronous and asynchronous.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/vo/http.hpp"
#include "uhuru/vo/services.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// A table that a query uses as TAP_UPLOAD.name.
struct TapUpload {
  std::string name;
  std::string votable;  // its text
};

struct TapQuery {
  std::string adql;
  std::vector<TapUpload> uploads = {};
  std::optional<uint64_t> max_rows = {};  // MAXREC; otherwise the service's own limit applies
  bool asynchronous = false;
};

/// The table returned by a service, completely received. Read errors are service errors
/// (ErrorKind::service). Not thread-safe.
class ServiceTable : public io::TableReader {
 public:
  /// Throws Error (service) if the body is not a VOTable, or reports an error.
  ServiceTable(HttpResponse response, const Threads& threads);

  double fraction_read() const override { return reader_->fraction_read(); }
  bool overflow() const override { return reader_->overflow(); }
  std::vector<std::string> notes() const override { return reader_->notes(); }

 private:
  void read_rows(Table& batch, size_t max_rows) override;

  HttpResponse response_;
  std::unique_ptr<io::TableReader> reader_;
};

/// All rows of the answer. Columns are renamed to those in `names` that differ only in case: ADQL
/// names are case-insensitive, and some databases answer in capitals. Throws Error (service).
Table read_as(ServiceTable& answer, const std::vector<std::string>& names);

/// Sends a form to the service at `url` and returns the complete table. Throws Error (service): see
/// query_tap.
std::unique_ptr<ServiceTable> post_form(HttpClient& http, const std::string& url,
                                        std::vector<FormField> fields, const Threads& threads);

/// Sends the query to the TAP service at `url` (its base, with or without /sync or /async) and
/// returns the complete table. An asynchronous job is deleted in any case.
///
/// `progress` receives the job's phase. Throws Error (service): see HttpClient; also if the service
/// rejects the query, reports an error under any status, returns anything other than a VOTable, or
/// the job fails, is aborted or exceeds settings.longest_job_s. Source: IVOA TAP 1.0 and 1.1, UWS
/// 1.0 and 1.1.
std::unique_ptr<ServiceTable> query_tap(HttpClient& http, const std::string& url,
                                        const TapQuery& query, const TapSettings& settings,
                                        const Threads& threads, const Progress& progress = {});

}  // namespace uhuru::vo
#pragma GCC visibility pop
