#include "uhuru/httpd/exchange.hpp"

#include <algorithm>

namespace uhuru {
namespace {

thread_local Exchange* current_exchange = nullptr;

}  // namespace

Exchange::Exchange(const WholeRequest& request, WholeAnswer& answer, size_t most_bytes)
    : request_(request), answer_(answer), most_bytes_(most_bytes), unread_(request.head) {
  current_exchange = this;
}

Exchange::~Exchange() { current_exchange = nullptr; }

Exchange* Exchange::current() { return current_exchange; }

void Exchange::attach(std::shared_ptr<const Descriptor> file, uint64_t offset, uint64_t length) {
  answer_.file = std::move(file);
  answer_.offset = offset;
  answer_.length = attached_ = length;
  is_attached_ = true;
}

void Exchange::attach(std::shared_ptr<const std::string> text, uint64_t offset, uint64_t length) {
  failed_ |= text->size() > most_bytes_ || offset > text->size() || length > text->size() - offset;
  answer_.text = std::move(text);
  answer_.offset = offset;
  answer_.length = attached_ = length;
  is_attached_ = true;
}

ssize_t Exchange::read(char* bytes, size_t size) {
  const size_t count = std::min(size, unread_.size());
  std::copy_n(unread_.data(), count, bytes);
  unread_.remove_prefix(count);
  return static_cast<ssize_t>(count);
}

ssize_t Exchange::write(const char* bytes, size_t size) {
  if (attached_ > 0) {
    failed_ |= size > attached_;
    attached_ -= std::min<uint64_t>(size, attached_);
  } else {
    failed_ |= is_attached_ || size > most_bytes_ - answer_.bytes.size();
    if (!failed_) answer_.bytes.append(bytes, size);
  }
  return failed_ ? -1 : static_cast<ssize_t>(size);
}

void Exchange::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void Exchange::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace uhuru
