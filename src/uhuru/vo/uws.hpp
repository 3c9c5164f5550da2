// What a service says of an asynchronous job.
#pragma once

#include <string>

namespace uhuru {

struct UwsJob {
  std::string phase;  // PENDING, QUEUED, EXECUTING, COMPLETED, ERROR, ABORTED, HELD, …
  std::string error;  // the message of its error summary, or empty
};

/// Reads the document of a job; `name` stands in error messages. Throws Error (input) for what is
/// no such document or says no phase. Thread-safe. Source: IVOA UWS 1.1.
UwsJob parse_job(const std::string& text, const std::string& name);

}  // namespace uhuru
