// Names that stand for several tables: patterns, folders, lists.
#pragma once

#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::io {

/// The most tables that one name may stand for, and the most bytes of a list of names.
constexpr size_t most_joined_tables = 100000;
constexpr size_t largest_table_list = size_t{16} << 20;

/// Whether a name stands for tables that are read as one: it has several lines, each of them such a
/// name or that of one table; or is a folder; or a pattern, whose components have `*` (any
/// characters) or `?` (one); or "@list", a text file with a name in each line. What exists as a
/// file with exactly this name is one table. Thread-safe.
bool is_joined(const std::string& name);

/// The names of the tables that a name stands for, in order; the name itself if that is one.
///
/// The files of a pattern, or of a folder, are sorted by bytes. Those of a folder are the files in
/// it, not in its folders, whose names end as those of tables do (format_of_name); hidden ones are
/// left out, also by patterns unless they ask for them. A pattern and a folder may have a part, as
/// one table has ("*.fits#EVENTS"), which is that of each. In a list, names are relative to its
/// folder (in one that comes through a pipe, to the current one), and blank lines and those that
/// begin with # are skipped; it may name patterns, folders and lists. Throws Error (input) if a
/// folder or list cannot be read, there are no tables or more than most_joined_tables, or a list
/// names itself, (usage) if standard input is there twice. Thread-safe.
std::vector<std::string> expand_table_name(const std::string& name);

/// A name for messages and records: of several, the first and their number, "a.fits and 11 more".
/// Does not look for the files. Thread-safe.
std::string shown_table_name(const std::string& name);

/// The same of one that is joined, without folders. Thread-safe.
std::string bare_joined_name(const std::string& name);

/// The first name without folder, ending and part: for what is named after a table. Thread-safe.
std::string table_stem(const std::string& name);

}  // namespace uhuru::io
#pragma GCC visibility pop
