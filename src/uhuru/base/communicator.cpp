#include "uhuru/base/communicator.hpp"

#include <algorithm>
#include <numeric>

namespace uhuru {
namespace {

// A number that ranks exchange where they meet: a size, or that one has failed, and how it ends.
constexpr uint64_t failed = uint64_t{1} << 63;
// So long, a rank that has failed waits for the others, who may be computing.
constexpr double patience_seconds = 4;

size_t total(const std::vector<uint64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
}

std::vector<std::string> split(const std::string& bytes, const std::vector<uint64_t>& sizes) {
  std::vector<std::string> parts;
  size_t at = 0;
  for (const uint64_t size : sizes) {
    parts.push_back(bytes.substr(at, size));
    at += size;
  }
  return parts;
}

}  // namespace

const Communicator& Communicator::alone() {
  static const Communicator one;
  return one;
}

std::vector<uint64_t> Communicator::meet(uint64_t own) const {
  if (is_alone()) return {own};
  std::vector<uint64_t> of_each(static_cast<size_t>(count()));
  transport_->all_gather(own, of_each.data(), 0);
  ++traffic_.meetings;
  for (const uint64_t number : of_each)
    if (number & failed) throw OtherRankFailed{static_cast<int>(number & ~failed)};
  return of_each;
}

std::vector<std::string> Communicator::all_gather(std::string_view own) const {
  if (is_alone()) return {std::string(own)};
  const std::vector<uint64_t> sizes = meet(own.size());
  std::string all(total(sizes), '\0');
  transport_->all_gather(own.data(), sizes.data(), all.data());
  traffic_.bytes += own.size();
  return split(all, sizes);
}

std::vector<std::string> Communicator::all_to_all(const std::vector<std::string>& to_each) const {
  if (is_alone()) return to_each;
  std::vector<uint64_t> sizes;
  std::string own;
  for (const std::string& bytes : to_each) {
    sizes.push_back(bytes.size());
    own += bytes;
  }
  const auto of_all = all_values(std::span<const uint64_t>(sizes));
  std::vector<uint64_t> received;
  for (size_t from = 0; from < sizes.size(); ++from)
    received.push_back(of_all[from * sizes.size() + static_cast<size_t>(rank())]);
  traffic_.bytes += own.size() - to_each[static_cast<size_t>(rank())].size();
  std::string all(total(received), '\0');
  transport_->all_to_all(own.data(), sizes.data(), all.data(), received.data());
  return split(all, received);
}

std::vector<std::string> Communicator::gather(std::string_view own) const {
  std::vector<std::string> to_each(static_cast<size_t>(count()));
  to_each[0] = own;
  std::vector<std::string> all = all_to_all(to_each);
  if (!is_first()) all.clear();
  return all;
}

void Communicator::send(int to, std::string_view bytes) const {
  const uint64_t size = bytes.size();
  ++traffic_.messages;
  traffic_.bytes += size;
  transport_->send(to, reinterpret_cast<const char*>(&size), sizeof size);
  if (size) transport_->send(to, bytes.data(), size);
}

std::string Communicator::receive(int from) const {
  uint64_t size = 0;
  transport_->receive(from, reinterpret_cast<char*>(&size), sizeof size);
  std::string bytes(size, '\0');
  if (size) transport_->receive(from, bytes.data(), size);
  return bytes;
}

Communicator::Failure Communicator::fail(int exit_code) const {
  if (is_alone()) return Failure::mine;
  std::vector<uint64_t> of_each(static_cast<size_t>(count()));
  const uint64_t own = failed | static_cast<uint64_t>(exit_code);
  if (!transport_->all_gather(own, of_each.data(), patience_seconds)) return Failure::silence;
  const auto first = std::find_if(of_each.begin(), of_each.end(),
                                  [](uint64_t number) { return (number & failed) != 0; });
  return first - of_each.begin() == rank() ? Failure::mine : Failure::another;
}

}  // namespace uhuru
