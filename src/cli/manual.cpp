// Manual pages in the language man(7), made of the texts that --help prints.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "parser.hpp"
#include "uhuru/io/output_file.hpp"

namespace uhuru::cli {
namespace {

/// Text in which nothing is a request or an escape of man(7).
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) result += "\\&";
    switch (c) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '`':
        result += "\\(ga";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// "uhuru-fetch-csc"
std::string page_name(const CLI::App* command) {
  std::string name = full_name(command);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string heading(std::string title) {
  std::transform(title.begin(), title.end(), title.begin(), [](char c) {
    return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return fmt::format(".SH \"{}\"\n", plain(title));
}

std::string entry(const std::string& what, const std::string& more, const std::string& text) {
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", plain(what), plain(more), plain(text));
}

std::string options_text(const CLI::App& command) {
  const auto formatter = std::static_pointer_cast<CLI::Formatter>(command.get_formatter());
  std::string page;
  std::string title = heading("arguments");
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    page += title + entry(formatter->make_option_name(option, true),
                          formatter->make_option_opts(option), option->get_description());
    title.clear();
  }
  for (const std::string& group : command.get_groups()) {
    if (group.empty()) continue;  // hidden
    title = heading(group);
    for (const CLI::Option* option : command.get_options()) {
      if (option->get_positional() || option->get_group() != group) continue;
      page += title + entry(formatter->make_option_name(option, false),
                            formatter->make_option_opts(option), option->get_description());
      title.clear();
    }
  }
  return page;
}

/// Notes, and examples: lines that are indented.
std::string footer_text(const CLI::App& command) {
  std::string page, title = heading("notes");
  bool in_example = false;
  std::istringstream footer(command.get_footer());
  for (std::string line; std::getline(footer, line);) {
    const bool is_example = line.starts_with("  ");
    if (is_example != in_example) page += is_example ? ".nf\n" : ".fi\n.PP\n";
    in_example = is_example;
    if (line.starts_with("Example")) {
      page += heading("examples");
    } else if (!line.empty()) {
      page += (is_example ? "" : title) + plain(line) + "\n";
      title.clear();
    }
  }
  return page + (in_example ? ".fi\n" : "");
}

std::string commands_text(const CLI::App& command) {
  const auto subcommands = command.get_subcommands([](const CLI::App*) { return true; });
  std::string page = subcommands.empty() ? "" : heading("commands");
  for (const CLI::App* subcommand : subcommands)
    page += fmt::format(".TP\n.BR {} (1)\n{}\n", plain(page_name(subcommand)),
                        plain(subcommand->get_description()));
  return page;
}

std::string manual_page(const CLI::App& command, const std::string& date) {
  const std::string name = full_name(&command);
  const std::string summary = command.get_description();
  const auto formatter = std::static_pointer_cast<CLI::Formatter>(command.get_formatter());
  // "Usage: uhuru predict [OPTIONS] DETECTIONS"
  const std::string usage = formatter->make_usage(&command, name);
  const size_t after = usage.find(name) + name.size();
  std::string page = fmt::format(".TH {} 1 \"{}\" \"uhuru " UHURU_VERSION "\" \"User Commands\"\n",
                                 plain(page_name(&command)), date);
  page += heading("name");
  page += fmt::format("{} \\- {}\n", plain(page_name(&command)),
                      plain(summary.substr(0, summary.find('\n'))));
  page += heading("synopsis");
  page += fmt::format("\\fB{}\\fR{}\n", plain(name),
                      plain(usage.substr(after, usage.find('\n', after) - after)));
  page += heading("description") + plain(summary) + "\n";
  page += options_text(command) + commands_text(command) + footer_text(command);
  page += heading("exit status");
  page += entry("0", "", "Success.");
  page += entry("1", "", "Invalid input, or a failure of the machine, such as a full disk.");
  page += entry("2", "", "Invalid usage.");
  page += entry("3", "", "Failure of a service.");
  page += entry("4", "", "A bug in uhuru.");
  if (const CLI::App* parent = command.get_parent())
    page += heading("see also") + fmt::format(".BR {} (1)\n", plain(page_name(parent)));
  return page;
}

}  // namespace

std::string full_name(const CLI::App* command) {
  const CLI::App* parent = command->get_parent();
  return (parent ? full_name(parent) + " " : "") + command->get_name();
}

void write_manual(const CLI::App& program, const std::string& folder, const std::string& date) {
  std::filesystem::create_directories(folder);
  io::write_text(folder + "/" + page_name(&program) + ".1", manual_page(program, date),
                 io::Overwrite::yes);
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; }))
    write_manual(*command, folder, date);
}

}  // namespace uhuru::cli
