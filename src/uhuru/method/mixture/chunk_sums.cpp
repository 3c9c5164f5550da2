#include "uhuru/method/mixture/chunk_sums.hpp"

#include <string>

namespace uhuru::method {

std::vector<double> ChunkSums::total() const {
  const auto add_up = [](const std::vector<double>& numbers, size_t count) {
    std::vector<double> sums(count);
    for (size_t i = 0; i < numbers.size(); i += count)
      for (size_t j = 0; j < count; ++j) sums[j] += numbers[i + j];
    return sums;
  };
  if (ranks_.is_alone()) return add_up(values_, count_);
  const auto ranks = static_cast<size_t>(ranks_.count());
  const auto part = [&](size_t rank) {
    return Range{ranks_.part_begin(count_, static_cast<int>(rank)),
                 ranks_.part_begin(count_, static_cast<int>(rank) + 1)};
  };
  std::vector<std::string> to_each;
  for (size_t rank = 0; rank < ranks; ++rank) {
    std::vector<double> numbers;
    numbers.reserve(chunks_.size() * part(rank).size());
    for (size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      const double* of_chunk = values_.data() + chunk * count_;
      numbers.insert(numbers.end(), of_chunk + part(rank).begin, of_chunk + part(rank).end);
    }
    to_each.emplace_back(bytes_of(std::span<const double>(numbers)));
  }
  std::vector<double> numbers;
  for (const std::string& bytes : ranks_.all_to_all(to_each)) append_values(bytes, numbers);
  const auto sums = add_up(numbers, part(static_cast<size_t>(ranks_.rank())).size());
  return ranks_.all_values(std::span<const double>(sums));
}

}  // namespace uhuru::method
