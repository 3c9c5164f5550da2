// What outputs say of the command that made them: the same text wherever its files are.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <string_view>

#include "cli.hpp"
#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/table_names.hpp"

namespace uhuru::cli {
namespace {

namespace fs = std::filesystem;

/// Options that change where and how outputs are written, or what is printed, not what tables hold.
constexpr std::string_view not_recorded[] = {
    "--threads",    "--quiet",    "--verbose", "--overwrite",  "--out",
    "--format",     "--comments", "--vote",    "--explain",    "--model-out",
    "--labels-out", "--figure",   "--csv",     "--report",     "--restart",
    "--anomalies",  "--async",    "--block",   "--checkpoint", "--checkpoint-minutes"};

/// Not any text with a star in it.
bool is_pattern_of_files(const std::string& name) {
  try {
    return io::is_joined(name) && !io::expand_table_name(name).empty();
  } catch (const Error&) {
    return false;
  }
}

/// The value of an option, without the folder of the file that it names, perhaps after "NAME=" or
/// '@'.
std::string recorded_value(const std::string& value) {
  for (const size_t begin : {size_t{0}, size_t{value.starts_with('@')}, value.find('=') + 1}) {
    const std::string file = value.substr(begin);
    std::error_code error;
    const bool exists =
        file.find('/') != std::string::npos &&
        (fs::exists(io::split_table_name(file).first, error) || is_pattern_of_files(file));
    if (exists || error)  // one that cannot be looked at is none the less a file
      return value.substr(0, begin) + io::bare_table_name(file);
  }
  return value;
}

/// One table, or the file of a recipe or a model.
NamedDigest digest_of(const std::string& name) {
  const std::string file = io::split_table_name(name).first;
  std::error_code error;
  const fs::file_type type = fs::status(file, error).type();
  if (type == fs::file_type::none)
    throw system_error("cannot read the file", file, "a readable file", error.message());
  return {io::bare_table_name(name),
          type == fs::file_type::regular ? sha256_of_file(file) : std::string()};
}

/// Of a table, or of each of several.
std::vector<NamedDigest> digests_of(const std::string& name) {
  if (!io::is_joined(name)) return {digest_of(name)};
  std::vector<NamedDigest> digests;
  for (const std::string& table : io::expand_table_name(name)) digests.push_back(digest_of(table));
  return io::digests_for_header(std::move(digests), name);
}

/// What is built in has precedence over a file of that name.
NamedDigest digest_of_built_in(const std::string& name, const std::string& path) {
  if (name.empty()) return {};
  for (const EmbeddedFile& file : embedded_files())
    if (file.path == path) return {name, sha256_of_text(file.content)};
  return digest_of(name);
}

}  // namespace

std::optional<int64_t> Context::source_date() const {
  return uhuru::source_date(source_date_epoch);
}

std::string command_text(const std::string& name, const CLI::App& command) {
  std::string positionals, options;
  for (const CLI::Option* option : command.get_options()) {
    const std::string option_name = option->get_name();
    if (option->count() == 0 || std::find(std::begin(not_recorded), std::end(not_recorded),
                                          option_name) != std::end(not_recorded))
      continue;
    std::string& text = option->get_positional() ? positionals : options;
    if (!option->get_positional()) text += " " + option_name;
    if (option->get_expected_max() == 0) continue;  // a flag
    constexpr size_t most_words = 20;
    const auto& words = option->results();
    for (size_t i = 0; i < std::min(words.size(), most_words); ++i)
      text += " " + shell_word(recorded_value(words[i]));
    if (words.size() > most_words) text += fmt::format(" ... ({} more)", words.size() - most_words);
  }
  return name + positionals + options;
}

std::shared_future<Provenance> Context::provenance(const Origin& origin) const {
  return std::async(std::launch::deferred,
                    [command = command, epoch = source_date_epoch, origin] {
                      Provenance result;
                      result.software = "uhuru " UHURU_VERSION;
                      result.command = command;
                      result.recipe =
                          digest_of_built_in(origin.recipe, "recipes/" + origin.recipe + ".toml");
                      if (origin.recipe.empty()) result.recipe.name = origin.recipe_of_model;
                      result.model =
                          digest_of_built_in(origin.model, "models/" + origin.model + ".json");
                      for (const std::string& input : origin.inputs)
                        for (NamedDigest& digest : digests_of(input))
                          result.inputs.push_back(std::move(digest));
                      if (const auto time = uhuru::source_date(epoch))
                        result.date = utc_time(*time);
                      return result;
                    })
      .share();
}

}  // namespace uhuru::cli
