// The command line: parses the arguments, runs one command, reports errors and sets the exit code.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli.hpp"
#include "interrupts.hpp"
#include "parser.hpp"
#include "ranks.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/provenance.hpp"

namespace {

using namespace uhuru;
using namespace uhuru::cli;

/// The innermost subcommand given, or the program itself.
const CLI::App* chosen(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? &app : chosen(*given.front());
}

/// Suggests the option or subcommand closest to the first unknown word.
std::string hint(const CLI::App& app) {
  const CLI::App* command = chosen(app);
  std::vector<std::string> known;
  for (const CLI::Option* option : command->get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  for (const CLI::App* sub : command->get_subcommands(nullptr)) known.push_back(sub->get_name());
  for (const std::string& word : app.remaining(true))
    if (std::string near = did_you_mean(word, known); !near.empty()) return near;
  return "";
}

/// An option that was renamed; docs/stability.md says how long the former name is understood.
struct FormerName {
  std::string_view command, former, now;
};
constexpr FormerName former_names[] = {{"compare", "--by", "--join"}};

/// The word of a command line with today's name of the option, and a note if that is another one.
std::string with_present_name(std::string_view command, std::string_view word,
                              std::vector<std::string>& notes) {
  for (const FormerName& name : former_names)
    if (command == name.command && word.substr(0, word.find('=')) == name.former) {
      notes.push_back(fmt::format("{} is deprecated, use {}", name.former, name.now));
      return std::string(name.now) + std::string(word.substr(name.former.size()));
    }
  return std::string(word);
}

/// As described in docs/reference.md.
int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::input:
      return 1;
    case ErrorKind::usage:
      return 2;
    case ErrorKind::service:
      return 3;
    case ErrorKind::bug:
      break;
  }
  return 4;
}

int parse_failed(const CLI::App& app, const CLI::ParseError& error) {
  const std::string command = full_name(chosen(app));
  fmt::print(stderr, "{}: {}{}\nRun '{} --help' for a list of options.\n", command, error.what(),
             hint(app), command);
  return exit_code(ErrorKind::usage);
}

/// A stream that is closed would get the number of the next file: its messages would go there.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0)
      open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

int no_memory() {
  std::fputs("uhuru: not enough memory\n", stderr);
  return exit_code(ErrorKind::input);
}

/// Lets one rank tell the user what happened, and ends all; returns the exit code.
int fail(const Context& context, int code, const std::function<void()>& tell) {
  const Communicator::Failure failure = context.ranks.fail(code);
  if (failure != Communicator::Failure::another) try {
      tell();
      if (!context.ranks.is_alone()) {
        char host[256] = "";
        gethostname(host, sizeof host - 1);
        fmt::print(stderr, "  rank      {} of {}, on {}\n", context.ranks.rank(),
                   context.ranks.count(), host);
      }
    } catch (const std::system_error&) {
      // Nobody can be told.
    }
  if (failure == Communicator::Failure::silence) abort_ranks(code);
  close_ranks();
  return code;
}

int fail(Context& context, const Error& error) {
  return fail(context, exit_code(error.kind()), [&] { context.terminal.show_error(error); });
}

int perform(Context& context, const std::vector<std::string>& notes) {
  try {
    for (const std::string& note : notes) context.terminal.note(note);
    if (context.ranks.is_first() || context.is_for_all_ranks) context.action();
    context.terminal.clear_progress();
    if (const auto& traffic = context.ranks.traffic();
        context.terminal.verbose && !context.ranks.is_alone())
      context.terminal.say_items(
          "ranks       ", {fmt::format("{} in all", context.ranks.count()),
                           fmt::format("meetings {}", with_commas(traffic.meetings)),
                           fmt::format("bytes sent by the first {}", with_commas(traffic.bytes))});
    // Closing may be the first to tell that the disk is full.
    if (std::fclose(stdout) != 0) throw system_error("cannot write", "standard output");
    context.ranks.meet();  // another one may still fail
    close_ranks();
    return 0;
  } catch (const OtherRankFailed& other) {
    close_ranks();
    return other.exit_code;
  } catch (const Error& error) {
    return fail(context, error);
  } catch (const std::bad_alloc&) {
    context.terminal.clear_progress();
    return fail(context, exit_code(ErrorKind::input), no_memory);
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(context, system_error("the file system refused", error.path1().string(), "",
                                      error.code().message()));
  } catch (const std::system_error& error) {
    return fail(context, system_error("the operating system refused", "", "", error.what()));
  } catch (const std::exception& error) {
    return fail(context, Error(ErrorKind::bug, error.what()));
  }
}

/// What the build and shells ask for, not users: --write-manual FOLDER, --complete WORD...
bool is_for_shells(const CLI::App& app, Context& context, int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const std::vector<std::string> words(argv + std::min(argc, 2), argv + argc);
  if (what == "--write-manual" && words.size() == 1)
    context.action = [&app, &context, words] {
      const auto time = context.source_date();
      write_manual(app, words[0], time ? utc_time(*time).substr(0, 10) : "");
    };
  if (what == "--complete")
    context.action = [&app, words] { fmt::print("{}", completions(app, words)); };
  return static_cast<bool>(context.action);
}

int run_command(int argc, char** argv) {
  if (const char* folder = std::getenv("TMPDIR"); folder && *folder) set_temporary_parent(folder);
  std::signal(SIGXFSZ, SIG_IGN);  // exceeding the file-size limit is reported as a write error
  CLI::App app{
      "uhuru classifies X-ray sources from their X-ray properties alone.\n"
      "First steps: uhuru show FILE, uhuru predict FILE --out classes.csv"};
  app.name("uhuru");
  app.set_version_flag("--version", "uhuru " UHURU_VERSION);
  app.get_formatter()->column_width(30);
  app.get_formatter()->label("REQUIRED", "(required)");
  app.get_formatter()->label("TEXT", "");
  Context context;
  Command program(app, context);
  add_run(program);
  add_fetch(program);
  add_predict(program);
  add_cluster(program);
  add_select(program);
  add_crossmatch(program);
  add_classify(program);
  add_vote(program);
  add_validate(program);
  add_compare(program);
  add_simulate(program);
  add_report(program);
  add_catalog(program);
  add_export(program);
  add_serve(program);
  add_show(program);
  add_recipe(program);
  add_convert(program);
  add_send(program);
  app.require_subcommand(0, 1);  // after a command, "run" may be the name of a folder
  if (const char* seconds = std::getenv("SOURCE_DATE_EPOCH")) context.source_date_epoch = seconds;
  if (is_for_shells(app, context, argc, argv)) return perform(context, {});
  std::vector<std::string> notes;
  std::list<std::string> words;
  for (int i = 1; i < argc; ++i) {
    std::string& word = words.emplace_back(with_present_name(argv[1], argv[i], notes));
    // "-#csv" is standard input with a hint, but looks like an option.
    if (word.starts_with("-#")) word = "/dev/stdin" + word.substr(1);
    argv[i] = word.data();
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return is_other_rank() ? 0 : app.exit(request);
  } catch (const CLI::ParseError& error) {
    return is_other_rank() ? exit_code(ErrorKind::usage) : parse_failed(app, error);
  } catch (const Error& error) {  // in a list of tables that is read here
    return is_other_rank() ? exit_code(error.kind()) : fail(context, error);
  }
  if (!context.action) {
    fmt::print(stderr, "{}", app.help());
    return exit_code(ErrorKind::usage);
  }
  context.command = command_text(full_name(chosen(app)), *chosen(app));
  try {
    context.ranks = open_ranks();
  } catch (const Error& error) {
    return is_other_rank() ? exit_code(error.kind()) : fail(context, error);
  }
  if (!context.ranks.is_first()) context.terminal.quiet = true;
  return perform(context, notes);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  clean_up_at_signals();
  try {
    return run_command(argc, argv);
  } catch (const std::bad_alloc&) {
    return no_memory();
  } catch (...) {  // the message could not be printed
    return exit_code(ErrorKind::bug);
  }
}
