// The state of an asynchronous job.
#pragma once

#include <string>

namespace uhuru::vo {

struct UwsJob {
  std::string phase;  // PENDING, QUEUED, EXECUTING, COMPLETED, ERROR, ABORTED, HELD, …
  std::string error;  // the message of its error summary, or empty
};

/// Parses a job document; `name` is used in error messages. Throws Error (input) if it is not a job
/// document or has no phase. Thread-safe. Source: IVOA UWS 1.1.
UwsJob parse_job(const std::string& text, const std::string& name);

}  // namespace uhuru::vo
