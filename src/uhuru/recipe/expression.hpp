// Expressions in recipes: derived columns, selections, measurement errors, simulated columns; and
// conditions on the sources of a catalog.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// What an expression reads of a column: its number, whether it is missing (1 or 0), whether it is
/// one of some texts, has a text among its words or begins with it, or a bit of its whole number (1
/// or 0; NaN if it is missing). A number is a double, which has only 53 of 64 bits. `known`: what
/// the caller of the parser has found for a function of constants.
enum class Reads { number, is_missing, equals_text, contains_word, starts_with, bit, known };

struct Operand {
  std::string column;
  Reads reads = Reads::number;
  std::vector<std::string> texts = {};  // several only of Reads::equals_text
  int bit = 0;                          // of Reads::bit, from 0 to 62
  size_t place = 0;                     // of Reads::known, among what the caller keeps

  bool is_of_text() const {
    return reads == Reads::equals_text || reads == Reads::contains_word ||
           reads == Reads::starts_with;
  }
  auto operator<=>(const Operand&) const = default;
};

/// Bit `bit` of a whole number, 1 or 0; NaN if it is missing or not whole.
double bit_of_number(double value, double bit);

/// How texts are compared: without blanks around them, and words for true and false by what they
/// mean, since catalogs write flags in many ways. Texts are equal if their keys are.
std::string text_key(std::string_view text);
/// Whether a list such as "QSO|AGN" or "a b c" contains a word.
bool contains_word(std::string_view list, std::string_view word);
/// Whether a text begins so; the case of ASCII letters does not matter.
bool starts_with(std::string_view text, std::string_view start);

/// A function of expressions, as the documentation lists them.
struct FunctionEntry {
  std::string_view name, arguments, meaning;
};
std::span<const FunctionEntry> expression_functions();

/// Functions of constants that the caller of the parser knows: P(XB), cone(83.8, -5.4, 1).
struct KnownFunctions {
  /// A constant; a word counts as a text.
  struct Constant {
    bool is_text = false;
    double number = 0;
    std::string text = {};
  };
  /// Thrown if an argument, by its index from 0, is not what is expected.
  struct BadArgument {
    size_t argument;
    std::string expected;
  };
  std::vector<FunctionEntry> entries;
  /// What to read for a function with these arguments, of which there is at least one.
  std::function<Operand(std::string_view name, std::span<const Constant> arguments)> operand;
};

/// An expression of columns, numbers, operators and functions; docs/recipes.md describes the
/// language. It has no loops and no assignments; its length and depth are bounded.
///
/// A column whose name is not a word stands in double quotes, which are doubled within it, a text
/// to compare with in single quotes: "F_x/F_o" > 1 and sc_var_flag = 'f'. Missing values are NaN,
/// and what is computed from them is missing, including comparisons; but `false and missing` is
/// false, `true or missing` true.
///
/// Thread-safe, as far as its functions are.
class Expression {
 public:
  /// Additional functions without arguments, called from left to right.
  using Functions = std::map<std::string, std::function<double()>>;

  static constexpr size_t longest = 4000;                // characters, in a recipe
  static constexpr size_t longest_of_sources = 1 << 20;  // with KnownFunctions
  static constexpr size_t most_operations = 10'000;      // and corners of polygons

  /// Throws Error (input) that says what was expected at which character, if the text is not a
  /// valid expression, calls an unknown function, or exceeds 4000 characters or 64 levels.
  explicit Expression(const std::string& text, const Functions& functions = {});
  /// The same with the caller's functions, whose arguments may be long lists: up to
  /// `longest_of_sources` characters, `most_operations` and 64 levels.
  Expression(const std::string& text, const KnownFunctions& functions);

  const std::string& text() const { return text_; }
  /// What the expression reads, each once.
  const std::vector<Operand>& operands() const { return operands_; }
  /// The columns that it reads, each once, in alphabetical order.
  std::vector<std::string> columns() const;
  /// The result for the values of operands(), in their order. NaN if it is missing; a condition
  /// gives 1 or 0.
  double operator()(std::span<const double> values) const;

  /// The same for several rows at once. `operands`: for each operand its value in each row;
  /// `stack`: space for stack_height() * rows numbers, of which the first `rows` become the
  /// results.
  void evaluate(std::span<const double* const> operands, size_t rows, double* stack) const;
  size_t stack_height() const { return stack_height_; }

  /// Computes a function of each of several rows. Argument i of row r is `x[i * rows + r]`; the
  /// result replaces the first argument.
  using Apply = void (*)(double* x, size_t count, size_t rows);
  /// The same of numbers that are kept apart: sorted ones, or the corners of a polygon.
  using ApplyWith = void (*)(double* x, std::span<const double> numbers, size_t rows);

 private:
  friend class ExpressionParser;
  static constexpr size_t highest_stack = 256;
  /// One step of the stack machine: push a constant or an operand, or apply a function.
  struct Step {
    enum class Kind : uint8_t { constant, operand, apply, apply_with, call } kind;
    double constant = 0;
    size_t place = 0;  // of the operand, the numbers or the called function
    Apply apply = nullptr;
    ApplyWith apply_with = nullptr;
    size_t count = 0;  // of arguments
  };
  template <class OperandAt>
  void run(const OperandAt& operand_at, size_t rows, double* stack) const;

  std::string text_;
  std::vector<Operand> operands_;
  std::vector<Step> steps_;
  std::vector<std::vector<double>> numbers_;  // of apply_with
  std::vector<std::function<double()>> called_;
  size_t stack_height_ = 0;
};

}  // namespace uhuru::recipe
#pragma GCC visibility pop
