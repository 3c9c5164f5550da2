#include "uhuru/httpd/connection.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace uhuru {

Connection::Sent Connection::send() {
  constexpr size_t most_at_once = size_t{1} << 18;
  std::array<char, 65536> piece;
  for (size_t left = most_at_once; left > 0;) {
    const bool is_part = answer_sent == answer.bytes.size();
    if (is_part && answer.length == 0) return Sent::all;
    const char* bytes = answer.bytes.data() + answer_sent;
    size_t size = std::min(left, answer.bytes.size() - answer_sent);
    if (is_part && answer.text) {
      bytes = answer.text->data() + answer.offset;
      size = std::min<uint64_t>(left, answer.length);
    } else if (is_part) {
      size = std::min<uint64_t>({left, piece.size(), answer.length});
      const ssize_t got =
          ::pread(answer.file->get(), piece.data(), size, static_cast<off_t>(answer.offset));
      if (got <= 0) return Sent::broken;
      bytes = piece.data();
      size = static_cast<size_t>(got);
    }
    // The head goes into a packet with what follows.
    const int more = !is_part && answer.length > 0 ? MSG_MORE : 0;
    const ssize_t taken = ::send(socket.get(), bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT | more);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) return errno == EAGAIN ? Sent::some : Sent::broken;
    const auto count = static_cast<size_t>(taken);
    if (is_part) {
      answer.offset += count;
      answer.length -= count;
    } else {
      answer_sent += count;
    }
    sent_bytes += count;
    left -= count;
  }
  return answer_sent == answer.bytes.size() && answer.length == 0 ? Sent::all : Sent::some;
}

uint64_t Connection::taken_bytes() const {
  int waiting = 0;
  if (::ioctl(socket.get(), SIOCOUTQ, &waiting) != 0) return confirmed_bytes;
  return sent_bytes - std::min<uint64_t>(sent_bytes, static_cast<uint64_t>(waiting));
}

}  // namespace uhuru
