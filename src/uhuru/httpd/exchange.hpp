// A whole request and its answer, as the stream that httplib reads and writes.
#pragma once

#include "uhuru/httpd/httplib.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "uhuru/httpd/whole_message.hpp"

namespace uhuru {

/// Gives httplib the head of a request and collects what it answers. Used by one thread, whose
/// current exchange it is while it lives; both messages must outlive it.
class Exchange : public httplib::Stream {
 public:
  /// `most_bytes`: of an answer in memory; a larger one fails.
  Exchange(const WholeRequest& request, WholeAnswer& answer, size_t most_bytes);
  ~Exchange() override;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// The one this thread works on; null where there is none.
  static Exchange* current();
  const WholeRequest& request() const { return request_; }
  /// The bytes that are written next are these of the file or text: they are sent from there and
  /// not looked at here. An answer can have one such part, and nothing behind it.
  void attach(std::shared_ptr<const Descriptor> file, uint64_t offset, uint64_t length);
  void attach(std::shared_ptr<const std::string> text, uint64_t offset, uint64_t length);
  /// Whether httplib wrote what cannot be sent.
  bool failed() const { return failed_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return !failed_; }
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  // Nobody asks for the addresses.
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return 0; }

 private:
  const WholeRequest& request_;
  WholeAnswer& answer_;
  size_t most_bytes_;
  std::string_view unread_;
  bool is_attached_ = false;
  uint64_t attached_ = 0;  // bytes that are to be written next, and only counted
  bool failed_ = false;
};

}  // namespace uhuru
