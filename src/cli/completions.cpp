// Completions for shells: packaging/completions has the scripts that ask for them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "parser.hpp"
#include "service_options.hpp"
#include "uhuru/base/embedded.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/recipe.hpp"

namespace uhuru::cli {
namespace {

/// "csc2" of "recipes/csc2.toml", and the others in this folder.
std::vector<std::string> built_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (const std::filesystem::path path = file.path; path.parent_path() == folder)
      names.push_back(path.stem().string());
  return names;
}

/// What is known by name for values of this type; files are possible too.
std::vector<std::string> names_of(const std::string& type) {
  if (type == "RECIPE") return built_in("recipes");
  if (type == "MODEL") return built_in("models");
  if (type == "MAP") return built_in("maps");
  if (type == "PRIOR") return {"sources", "detections"};
  return {};
}

/// All values of this type, if they are known.
std::vector<std::string> values_of(const std::string& type) {
  // "HOW:{position,name}"
  if (const size_t open = type.find('{'); open != type.npos) {
    std::istringstream names(type.substr(open + 1, type.find('}') - open - 1));
    std::vector<std::string> values;
    for (std::string name; std::getline(names, name, ',');) values.push_back(name);
    return values;
  }
  if (type == "FORMAT")
    return {"csv", "ecsv", "fits", "tsv", "votable", "votable-binary", "votable-binary2"};
  if (type == "METHOD")
    return {std::string(recipe::method_name(method::Method::mahalanobis)),
            std::string(recipe::method_name(method::Method::bayes))};
  if (type == "RELEASE") {
    std::vector<std::string> releases = {"current"};
    for (const auto& [name, release] : built_in_services().detections.releases)
      releases.push_back(name);
    return releases;
  }
  return {};
}

std::string lines(const std::string& kind, const std::vector<std::string>& candidates) {
  return kind + "\n" + join(candidates, "\n") + (candidates.empty() ? "" : "\n");
}

/// "files", "folders", or "words" where neither makes sense.
std::string kind_of(const std::string& type, bool is_argument) {
  if (type == "DIR") return "folders";
  if (is_argument) return type == "URL" || type == "QUERY" ? "words" : "files";
  return type == "FILE" || !names_of(type).empty() ? "files" : "words";
}

std::string values_lines(const CLI::Option& option) {
  const bool is_argument = option.get_positional();
  const std::string type = is_argument ? option.get_name(true, false) : option.get_type_name();
  if (const auto values = values_of(type); !values.empty()) return lines("words", values);
  return lines(kind_of(type, is_argument), names_of(type));
}

std::string described(const std::string& word, std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return word + "\t" + text;
}

std::string option_lines(const CLI::App& command) {
  std::vector<std::string> candidates;
  for (const CLI::Option* option : command.get_options())
    if (!option->get_group().empty())
      for (const std::string& name : option->get_lnames())
        candidates.push_back(described("--" + name, option->get_description()));
  return lines("words", candidates);
}

std::string argument_lines(const CLI::App& command, size_t given) {
  const auto subcommands = command.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string> candidates;
  for (const CLI::App* subcommand : subcommands)
    candidates.push_back(described(subcommand->get_name(), subcommand->get_description()));
  if (!candidates.empty()) return lines("words", candidates);
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const auto most = static_cast<size_t>(option->get_items_expected_max());
    if (given < most) return values_lines(*option);
    given -= most;
  }
  return option_lines(command);
}

}  // namespace

std::string completions(const CLI::App& program, std::span<const std::string> words) {
  if (words.empty()) return lines("words", {});
  const CLI::App* command = &program;
  const CLI::Option* waiting = nullptr;  // an option that lacks values
  const CLI::Option* more = nullptr;     // one that has a value, and takes more
  int lacking = 0;
  size_t arguments = 0;
  for (const std::string& word : words.first(words.size() - 1)) {
    if (word == "=" && waiting) continue;  // bash splits --recipe=csc2 into three words
    if (waiting) {
      if (--lacking > 0) continue;
      more =
          waiting->get_items_expected_max() > waiting->get_items_expected_min() ? waiting : nullptr;
      waiting = nullptr;
    } else if (word.size() > 1 && word.starts_with("-")) {
      const CLI::Option* option = command->get_option_no_throw(word);
      more = nullptr;
      lacking = option ? option->get_items_expected_min() : 0;
      waiting = lacking > 0 ? option : nullptr;
    } else if (more) {
      continue;
    } else if (const auto found = command->get_subcommands(
                   [&word](const CLI::App* subcommand) { return subcommand->check_name(word); });
               !found.empty()) {
      command = found.front();
    } else {
      ++arguments;
    }
  }
  if (waiting) return values_lines(*waiting);
  if (words.back().starts_with("-")) return option_lines(*command);
  if (more) return values_lines(*more);
  return argument_lines(*command, arguments);
}

}  // namespace uhuru::cli
