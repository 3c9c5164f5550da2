#include "uhuru/catalog/where.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/where_regions.hpp"
#include "uhuru/recipe/expression.hpp"

namespace uhuru::catalog {
namespace {

using recipe::Operand;
using recipe::Reads;

constexpr size_t where_block_words = 8;
constexpr size_t where_block_rows =
    64 * where_block_words;  // so that a stack of them stays in the cache
constexpr size_t where_chunk_words = 512;
/// Each takes time and memory for all texts of a column, or all names.
constexpr size_t most_of_texts = 500;

/// What an expression reads: an array of all sources, or a function that fills a part of one.
struct OperandValues {
  const double* all = nullptr;
  std::function<void(size_t begin, size_t rows, double* out)> fill = {};
};

bool bit_at(const std::vector<uint64_t>& words, size_t place) {
  return words[place / 64] >> (place % 64) & 1;
}

[[noreturn]] void refuse_type(const Operand& operand, bool text) {
  throw input_error("the condition does not match the column type", in_quotes(operand.column),
                    text ? "a text column" : "a numeric column", text ? "numbers" : "texts");
}

/// Whether a text of a column satisfies a condition on texts.
class TextCondition {
 public:
  explicit TextCondition(const Operand& operand) : operand_(operand) {
    if (operand.reads == Reads::equals_text)
      for (const std::string& text : operand.texts) keys_.insert(recipe::text_key(text));
  }
  bool holds(const std::string& value) const {
    if (operand_.reads == Reads::contains_word)
      return recipe::contains_word(value, operand_.texts[0]);
    if (operand_.reads == Reads::starts_with) return recipe::starts_with(value, operand_.texts[0]);
    return keys_.contains(recipe::text_key(value));
  }

 private:
  const Operand& operand_;
  std::set<std::string> keys_;
};

/// Texts are compared once for each distinct value.
OperandValues values_of_text(const StoredColumn& stored, const Operand& operand) {
  const bool asks_missing = operand.reads == Reads::is_missing;
  if (!asks_missing && !operand.is_of_text()) refuse_type(operand, false);
  const TextCondition condition(operand);
  std::vector<double> of_code;
  for (const std::string& value : stored.values) {
    const bool missing = is_missing_word(value);
    const bool holds = asks_missing ? missing : condition.holds(value);
    of_code.push_back(missing && !asks_missing ? missing_number : holds ? 1 : 0);
  }
  of_code.push_back(asks_missing ? 1 : missing_number);  // no value
  return {.fill = [&stored, of_code = std::move(of_code)](size_t begin, size_t rows, double* out) {
    for (size_t row = 0; row < rows; ++row)
      out[row] = of_code[std::min<size_t>(stored.codes[begin + row], of_code.size() - 1)];
  }};
}

OperandValues values_of_numbers(const StoredColumn& stored, const Operand& operand) {
  if (operand.reads == Reads::number) return {.all = stored.numbers.data()};
  if (operand.reads == Reads::contains_word || operand.reads == Reads::starts_with)
    refuse_type(operand, true);
  std::set<double> wanted;
  if (operand.is_of_text())
    for (const std::string& text : operand.texts)
      if (const auto number = parse_double(text); number && !std::isnan(*number))
        wanted.insert(*number);
  const auto value_of = [reads = operand.reads, bit = operand.bit,
                         wanted = std::move(wanted)](double number) -> double {
    if (reads == Reads::is_missing) return std::isnan(number);
    if (reads == Reads::bit) return recipe::bit_of_number(number, bit);
    return std::isnan(number) ? missing_number : wanted.contains(number);
  };
  return {.fill = [&stored, value_of](size_t begin, size_t rows, double* out) {
    for (size_t row = 0; row < rows; ++row) out[row] = value_of(stored.numbers[begin + row]);
  }};
}

OperandValues values_of_region(const ColumnStore& store, WhereRegions::Region region) {
  return {.fill = [&store, region = std::move(region)](size_t begin, size_t rows, double* out) {
    const auto& directions = store.directions()[0];
    for (size_t row = 0; row < rows; ++row)
      out[row] = region.of_positions && std::isnan(directions[begin + row])
                     ? missing_number
                     : bit_at(region.inside, begin + row);
  }};
}

OperandValues values_of(const ColumnStore& store, const WhereRegions& regions,
                        const Operand& operand) {
  constexpr std::string_view name = "name";  // not held, but there is an index of them
  if (operand.reads == Reads::known) return values_of_region(store, regions.at(operand.place));
  if (operand.column == name && operand.reads == Reads::equals_text)
    return values_of_region(store, regions.named(operand.texts));
  if (operand.column == name && operand.reads == Reads::starts_with)
    return values_of_region(store, regions.with_prefix(operand.texts[0]));
  if (operand.column == name)
    throw input_error("names can only be compared", in_quotes(name),
                      "name = '…', starts(name, '…') or named('…', …)");
  const StoredColumn& stored = store.at(operand.column);
  return stored.is_text() ? values_of_text(stored, operand) : values_of_numbers(stored, operand);
}

void check_texts(std::span<const Operand> operands) {
  const auto of_texts = static_cast<size_t>(std::count_if(
      operands.begin(), operands.end(), [](const Operand& each) { return each.is_of_text(); }));
  if (of_texts > most_of_texts)
    throw input_error(
        "too many conditions on texts", "",
        fmt::format("at most {}; column in ('a', 'b', …) and named('a', 'b', …) take long lists",
                    most_of_texts),
        fmt::format("{}", of_texts));
}

/// Space for the rows of a block.
struct BlockSpace {
  explicit BlockSpace(const recipe::Expression& expression)
      : filled(expression.operands().size() * where_block_rows),
        stack(expression.stack_height() * where_block_rows),
        operands(expression.operands().size()) {}
  std::vector<double> filled, stack;
  std::vector<const double*> operands;
};

/// Evaluates an expression for the sources of a few words of bits.
void evaluate_block(const recipe::Expression& expression, std::span<const OperandValues> values,
                    size_t size, size_t first_word, BlockSpace& space, WhereBits& bits) {
  const size_t begin = 64 * first_word;
  const size_t rows = std::min(where_block_rows, size - begin);
  for (size_t i = 0; i < values.size(); ++i) {
    double* filled = space.filled.data() + i * where_block_rows;
    if (values[i].fill) values[i].fill(begin, rows, filled);
    space.operands[i] = values[i].all ? values[i].all + begin : filled;
  }
  expression.evaluate(space.operands, rows, space.stack.data());
  for (size_t row = 0; row < rows; ++row) {
    const double value = space.stack[row];
    const bool missing = std::isnan(value);
    bits.missing[first_word + row / 64] |= uint64_t{missing} << (row % 64);
    bits.holds[first_word + row / 64] |= uint64_t{!missing && value != 0} << (row % 64);
  }
}

}  // namespace

WhereBits evaluate_where(const ColumnStore& store, const SkyMaps& maps, const SourceNames& names,
                         const std::string& text, const std::vector<uint64_t>& among,
                         const Threads& threads) {
  WhereRegions regions(store, maps, names, threads);
  const recipe::Expression expression(text, regions.functions());
  check_texts(expression.operands());
  std::vector<OperandValues> values;
  for (const Operand& operand : expression.operands())
    values.push_back(values_of(store, regions, operand));
  WhereBits bits{std::vector<uint64_t>(among.size()), std::vector<uint64_t>(among.size())};
  threads.for_rows(among.size(), where_chunk_words, [&](size_t begin, size_t end, size_t) {
    BlockSpace space(expression);
    for (size_t w = begin; w < end; w += where_block_words) {
      const size_t last = std::min(w + where_block_words, end);
      if (std::all_of(among.data() + w, among.data() + last,
                      [](uint64_t word) { return word == 0; }))
        continue;
      evaluate_block(expression, values, store.size(), w, space, bits);
      for (size_t of_block = w; of_block < last; ++of_block) {
        bits.holds[of_block] &= among[of_block];
        bits.missing[of_block] &= among[of_block];
      }
    }
  });
  return bits;
}

}  // namespace uhuru::catalog
