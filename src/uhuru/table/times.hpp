// Moments in the columns of tables: recognised, and as Modified Julian Dates.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "uhuru/table/column.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// A moment as ISO 8601 text, "2004-11-06", "2004-11-06T08:15:30.5" or with a blank for the T, and
/// a Z or none at the end, as a Modified Julian Date in days, in the text's own time scale. Empty
/// if it is another text or a date that does not exist. Thread-safe.
std::optional<double> parse_iso_time(std::string_view text);

/// How well the metadata of a column fit those of the time of an observation: 0 if not at all. A
/// UCD of the start, epoch or any moment counts (time.start, time.epoch, time); without a UCD of
/// time, names such as mjd, date_obs or jd. Durations, periods and reference times do not.
/// Thread-safe.
int fits_time(const Field& field);

/// The moments in a scalar or text column as Modified Julian Dates, NaN for a cell that is missing
/// or no moment. Texts are ISO 8601, or numbers. Numbers are days (from 2,000,000 on Julian Dates,
/// else Modified Julian Dates), or Julian years if that is their unit; those in other units, such
/// as seconds since an epoch that is not known, are no moments. Thread-safe.
std::vector<double> modified_julian_dates(const Column& column);

}  // namespace uhuru
#pragma GCC visibility pop
