// The probability of the class, and each feature, by the time of the observations.
import type { ComponentChildren } from "preact";
import type { Cell, Column, Source } from "../api.js";
import { useClassLook } from "../components/class_name.js";
import { count, figure } from "../../../common/numbers.js";
import { linearTicks, logTicks } from "../../../common/ticks.js";
import { useCatalog } from "../state/catalog.js";
import { isLogarithmic } from "./feature_figures.js";
import { dateText, spanText } from "./times.js";

interface Point {
  mjd: number;
  value: number;
  lower: number | null;
  upper: number | null;
  class: Cell;
}
interface Series {
  title: string;
  unit: string;
  range: [number, number] | null; // of the axis; null: of the values
  log: boolean;
  points: Point[]; // with a place on the axis
}

const size = { width: 300, height: 120, left: 50, right: 10, top: 8, bottom: 20 };

function Panel({ series, first, last }: { series: Series; first: number; last: number }) {
  const { title, unit, log, points } = series;
  const look = useClassLook();
  const { width, height, left, right, top, bottom } = size;
  const ends = points.flatMap((p) => [p.value, p.lower ?? p.value, p.upper ?? p.value]);
  let [low, high] = series.range ?? [
    Math.min(...ends.filter((x) => !log || x > 0)),
    Math.max(...ends),
  ];
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
  const at = (x: number): number => (log ? Math.log10(x) : x);
  const x = (mjd: number): number =>
    left + 6 + ((mjd - first) / (last - first)) * (width - left - right - 12);
  const y = (value: number): number => {
    const part = (at(Math.min(Math.max(value, low), high)) - at(low)) / (at(high) - at(low));
    return height - bottom - 4 - part * (height - bottom - top - 8);
  };
  const ticks = (log ? logTicks : linearTicks)(low, high, 4);
  return (
    <figure class="time-series">
      <figcaption>
        <strong>{title}</strong> {unit && <span class="unit">{unit}</span>}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${title} in ${count(points.length)} observations, ${dateText(first)} to ${dateText(last)}: from ${figure(low)} to ${figure(high)}`}
      >
        <line class="base" x1={left} x2={width - right} y1={height - bottom} y2={height - bottom} />
        {ticks.values.map((tick) => (
          <g key={tick}>
            <line class="base" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
            <text x={left - 5} y={y(tick) + 3.5} text-anchor="end">
              {ticks.text(tick)}
            </text>
          </g>
        ))}
        <text x={left} y={height - 6}>
          {dateText(first)}
        </text>
        <text x={width - right} y={height - 6} text-anchor="end">
          {dateText(last)}
        </text>
        {points.map((p, i) => (
          <g key={i}>
            {p.lower !== null && p.upper !== null && (
              <line class="error" x1={x(p.mjd)} x2={x(p.mjd)} y1={y(p.lower)} y2={y(p.upper)} />
            )}
            <circle
              cx={x(p.mjd)}
              cy={y(p.value)}
              r={3.5}
              style={{ fill: look(typeof p.class === "string" ? p.class : null).color }}
            >
              <title>{`${dateText(p.mjd, true)}: ${figure(p.value, 4)}`}</title>
            </circle>
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** A section, or nothing if fewer than two times are known. */
export function TimeSeries({ source }: { source: Source }) {
  const catalog = useCatalog();
  const { columns, rows, times, limits } = source.detections;
  const known = (times?.mjd ?? []).filter((mjd) => mjd !== null);
  const [first, last] = [Math.min(...known), Math.max(...known)];
  if (!times || !(first < last)) return null;
  const ofClass = columns.findIndex((column) => column.role === "class");
  const pointsOf = (place: number, feature?: string): Point[] => {
    const own = limits.find((one) => one.feature === feature);
    return rows.flatMap((row, r) => {
      const [mjd, value] = [times.mjd[r], row[place]];
      if (mjd === null || typeof value !== "number") return [];
      const [lower, upper] = [own?.lower[r] ?? null, own?.upper[r] ?? null];
      return [{ mjd, value, lower, upper, class: row[ofClass] ?? null }];
    });
  };
  const all: Series[] = [];
  columns.forEach((column, place) => {
    const described = catalog.columns.find((one) => one.name === column.name);
    if (column.role === "probability of" && column.name === source.values.class)
      all.unshift({
        title: `P(${column.name})`,
        unit: "",
        range: [0, 1],
        log: false,
        points: pointsOf(place),
      });
    else if (column.role === "feature")
      all.push({
        title: column.name,
        unit: column.unit,
        range: null,
        log: described !== undefined && isLogarithmic(described as Column),
        points: pointsOf(place, column.name),
      });
  });
  const shown = all
    .map((one) => ({ ...one, points: one.points.filter(({ value }) => !one.log || value > 0) }))
    .filter(({ points }) => points.length > 1);
  if (shown.length === 0) return null;
  return (
    <Section>
      <p class="hint">
        {count(known.length)} observations within {spanText(last - first)}, by {times.column}. Colours:
        the class of each detection. Bars: 68 % limits, where they are known.
      </p>
      <div class="feature-figures">
        {shown.map((series) => (
          <Panel key={series.title} series={series} first={first} last={last} />
        ))}
      </div>
    </Section>
  );
}

function Section({ children }: { children: ComponentChildren }) {
  return (
    <section class="section wide">
      <h2>By time</h2>
      {children}
    </section>
  );
}
