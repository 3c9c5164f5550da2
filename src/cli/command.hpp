// Options of the commands. All that needs CLI11, which takes seconds to compile, is in command.cpp
// and main.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace uhuru::cli {

struct Context;

/// An option or positional argument of a command.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& required(bool value = true);
  Option& type_name(const std::string& name);
  Option& show_default();
  /// Accepts numbers of a range, without printing the range in the help.
  Option& between(int least, int greatest);
  Option& between(double least, double greatest);
  /// The same for numbers that may be beyond an int.
  Option& whole(long long least, long long greatest);
  Option& not_empty();
  /// Is given only together with another one.
  Option& needs(const Option& other);
  Option& one_of(const std::vector<std::string>& values);
  Option& expected(int count);
  Option& delimiter(char character);
  /// The heading of the help under which the option is listed.
  Option& group(const std::string& heading);
  bool given() const;

 private:
  CLI::Option* option_;
};

/// Which ranks run a command under MPI: all of them, if it shares its work among them.
enum class Ranks { first, all };

/// A command, or the program that has the commands. A copy is the same command.
class Command {
 public:
  Command(CLI::App& app, Context& context) : app_(&app), context_(&context) {}

  Context& context() const { return *context_; }
  Command subcommand(const std::string& name, const std::string& description);
  /// T: std::string, int, uint32_t, uint64_t, double, a std::optional of a number, or a
  /// std::vector of std::string or double. The value must live as long as the command.
  template <class T>
  Option option(const std::string& name, T& value, const std::string& description);
  /// An argument that is one word, the name of a table or of several that are read as one.
  Option table(const std::string& name, std::string& value, const std::string& description);
  /// An argument or option that takes one word or more: names of tables that are read as one.
  /// Several come with line feeds between them, as io::open_table understands them.
  Option tables(const std::string& name, std::string& value, const std::string& description);
  Option flag(const std::string& name, bool& value, const std::string& description);
  /// The option of this name.
  Option find(const std::string& name) const;
  void footer(const std::string& text);
  /// What main() runs if this command is given. `missing` names options that are required but not
  /// given, which is a usage error, or returns "".
  void action(std::function<void(Context&)> run, std::function<std::string()> missing = {},
              Ranks ranks = Ranks::first);

 private:
  CLI::App* app_;
  Context* context_;
};

}  // namespace uhuru::cli
