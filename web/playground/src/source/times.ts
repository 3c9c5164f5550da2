// Moments as Modified Julian Dates, for people. Without a page, so that it can be tested alone.

const mjdOf1970 = 40587;

/** "2004-11-06"; with `time`, "2004-11-06 08:15". */
export function dateText(mjd: number, time = false): string {
  const date = new Date(Math.round((mjd - mjdOf1970) * 86_400) * 1000);
  if (Number.isNaN(date.getTime())) return `MJD ${mjd}`;
  const text = date.toISOString();
  return time ? `${text.slice(0, 10)} ${text.slice(11, 16)}` : text.slice(0, 10);
}

/** How long it is from the first to the last: "12 years", "3 days", "5 hours". */
export function spanText(days: number): string {
  const said = (n: number, unit: string): string => {
    const rounded = Math.round(n);
    return `${rounded.toLocaleString("en-US")} ${unit}${rounded === 1 ? "" : "s"}`;
  };
  if (days >= 2 * 365.25) return said(days / 365.25, "year");
  if (days >= 2) return said(days, "day");
  return said(days * 24, "hour");
}
