#include "uhuru/vo/adql_names.hpp"

#include <algorithm>
#include <string_view>

#include "uhuru/recipe/column_names.hpp"

namespace uhuru::vo {
namespace {

/// Reserved in ADQL 2.1 or PostgreSQL 17, and the names of PostgreSQL's system columns.
constexpr std::string_view reserved_words =
    " abs absolute acos action add all allocate alter analyse analyze and any are area array as asc"
    " asin assertion asymmetric at atan atan2 authorization avg begin between binary bit"
    " bit_length bitwise_and bitwise_not bitwise_or bitwise_xor both box by cascade cascaded case"
    " cast catalog ceiling centroid char char_length character character_length check circle close"
    " cmax cmin coalesce collate collation column commit concurrently connect connection constraint"
    " constraints contains continue convert coord1 coord2 coordsys corresponding cos cot count"
    " create cross ctid current current_catalog current_date current_role current_schema"
    " current_time current_timestamp current_user cursor date day deallocate decimal declare"
    " default deferrable deferred degrees delete desc describe descriptor diagnostics disconnect"
    " distance distinct do domain double drop else end end-exec escape except exception exec "
    "execute"
    " exists exp external extract false fetch first float floor for foreign found freeze from full"
    " get global go goto grant group having hour identity ilike immediate in in_unit indicator"
    " initially inner input insensitive insert int integer intersect intersects interval into is"
    " isnull isolation join key language last lateral latitude leading left level like limit local"
    " localtime localtimestamp log log10 longitude lower match max min minute moc mod module month"
    " names national natural nchar next no not notnull null nullif numeric octet_length of offset"
    " on only open option or order outer output overlaps pad partial pi placing point polygon"
    " position power precision prepare preserve primary prior privileges procedure public radians"
    " rand read real references region relative restrict returning revoke right rollback round"
    " rows schema scroll second section select session session_user set sign similar sin size"
    " smallint some space sql sqlcode sqlerror sqlstate sqrt square stddev substring sum symmetric"
    " system_user table tableoid tablesample tan temporary then time timestamp timezone_hour"
    " timezone_minute to top trailing transaction translate translation trim true truncate union"
    " unique unknown update upper usage user using value values varchar variadic varying verbose"
    " view when whenever where window with work write xmax xmin year zone ";

constexpr size_t longest_name = 48;  // PostgreSQL allows 63, also for the names of indices on it

bool is_reserved(const std::string& name) {
  return reserved_words.find(" " + name + " ") != std::string_view::npos;
}

}  // namespace

std::string adql_name(std::string_view name) {
  std::string result = recipe::plain_word(name);
  if (!result.empty() && result.front() >= '0' && result.front() <= '9') result = "c_" + result;
  result.resize(std::min(result.size(), longest_name));
  if (result.ends_with('_')) result.pop_back();
  if (result.empty()) result = "column";
  return is_reserved(result) ? result + "_" : result;
}

std::vector<std::string> adql_names(std::span<const std::string> names) {
  std::vector<std::string> result;
  for (const std::string& name : names) result.push_back(adql_name(name));
  return recipe::numbered_names(result);
}

}  // namespace uhuru::vo
