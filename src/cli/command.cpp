#include "command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_names.hpp"

namespace uhuru::cli {
namespace {

/// `parse`: a number from text, if it is one.
template <class T, class Parse>
void check_range(CLI::Option* option, T least, T greatest, const char* kind, const Parse& parse) {
  const auto why_not = [=](const std::string& text) -> std::string {
    const auto value = parse(text);
    // Not a number is in no range.
    if (value && *value >= least && *value <= greatest) return {};
    return fmt::format("expected a {}number from {} to {}, found {}", kind, least, greatest,
                       in_quotes(text));
  };
  option->check(CLI::Validator(why_not, ""));
}

/// A list that can be read only once, as from a pipe, is read here; others as often as needed.
std::string read_once(const std::string& word) {
  std::error_code ignored;
  if (!word.starts_with('@') || std::filesystem::exists(word, ignored)) return word;
  const auto list = std::filesystem::status(word.substr(1), ignored);
  const bool is_stream = word == "@-" || (exists(list) && !is_regular_file(list));
  return is_stream ? join(io::expand_table_name(word), "\n") : word;
}

}  // namespace

Option& Option::required(bool value) {
  option_->required(value);
  return *this;
}

Option& Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::between(int least, int greatest) { return whole(least, greatest); }

Option& Option::whole(long long least, long long greatest) {
  check_range(option_, least, greatest, "whole ", parse_int);
  return *this;
}

Option& Option::between(double least, double greatest) {
  check_range(option_, least, greatest, "", parse_double);
  return *this;
}

Option& Option::not_empty() {
  const auto why_not = [](const std::string& text) -> std::string {
    return text.empty() ? "expected a name, found an empty text" : "";
  };
  option_->check(CLI::Validator(why_not, ""));
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option& Option::expected(int count) {
  option_->expected(count);
  return *this;
}

Option& Option::delimiter(char character) {
  option_->delimiter(character);
  return *this;
}

Option& Option::group(const std::string& heading) {
  option_->group(heading);
  return *this;
}

bool Option::given() const { return option_->count() > 0; }

Command Command::subcommand(const std::string& name, const std::string& description) {
  return {*app_->add_subcommand(name, description), *context_};
}

template <class T>
Option Command::option(const std::string& name, T& value, const std::string& description) {
  return Option(app_->add_option(name, value, description));
}

template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, int&, const std::string&);
template Option Command::option(const std::string&, uint32_t&, const std::string&);
template Option Command::option(const std::string&, uint64_t&, const std::string&);
template Option Command::option(const std::string&, double&, const std::string&);
template Option Command::option(const std::string&, std::optional<int>&, const std::string&);
template Option Command::option(const std::string&, std::optional<uint32_t>&, const std::string&);
template Option Command::option(const std::string&, std::optional<uint64_t>&, const std::string&);
template Option Command::option(const std::string&, std::optional<double>&, const std::string&);
template Option Command::option(const std::string&, std::vector<double>&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);

Option Command::table(const std::string& name, std::string& value, const std::string& description) {
  return Option(app_->add_option(
      name,
      [&value](const CLI::results_t& words) {
        value = read_once(words.front());
        return true;
      },
      description));
}

Option Command::tables(const std::string& name, std::string& value,
                       const std::string& description) {
  CLI::Option* option = app_->add_option(
      name,
      [&value](const CLI::results_t& words) {
        value.clear();
        for (const std::string& word : words)
          value += (value.empty() ? "" : "\n") + read_once(word);
        return true;
      },
      description);
  option->expected(1, CLI::detail::expected_max_vector_size);
  option->allow_extra_args();
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return Option(option);
}

Option Command::flag(const std::string& name, bool& value, const std::string& description) {
  return Option(app_->add_flag(name, value, description));
}

Option Command::find(const std::string& name) const {
  // get_option() ends the program if memory is short.
  for (CLI::Option* option : app_->get_options())
    if (option->check_name(name)) return Option(option);
  throw CLI::OptionNotFound(name);
}

void Command::footer(const std::string& text) { app_->footer(text); }

void Command::action(std::function<void(Context&)> run, std::function<std::string()> missing,
                     Ranks ranks) {
  app_->callback([context = context_, run = std::move(run), missing = std::move(missing), ranks] {
    if (const std::string what = missing ? missing() : ""; !what.empty())
      throw CLI::RequiredError(what);
    context->is_for_all_ranks = ranks == Ranks::all;
    context->action = [context, run] { run(*context); };
  });
}

}  // namespace uhuru::cli
