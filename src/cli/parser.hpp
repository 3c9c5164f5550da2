// What is derived from the commands and their options: manual pages, and completions for shells.
// Needs CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>

namespace uhuru::cli {

/// The words that a user types: "uhuru fetch csc".
std::string full_name(const CLI::App* command);

/// Writes a manual page for each command into the folder: uhuru.1, uhuru-run.1, uhuru-fetch-csc.1.
/// `date` may be empty. Throws Error (input) if that is not possible.
void write_manual(const CLI::App& program, const std::string& folder, const std::string& date);

/// What may stand in place of the last of these words, which follow the program's name: "files",
/// "folders" or "words" (whether names of files are possible too), then one candidate a line, with
/// a tab and its description. The shell keeps those that begin as the word does.
std::string completions(const CLI::App& program, std::span<const std::string> words);

}  // namespace uhuru::cli
