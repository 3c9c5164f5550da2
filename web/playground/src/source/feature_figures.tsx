// Each feature of a source against the distributions of the classes: one strip per class.
import * as api from "../api.js";
import type { Column, Histogram, Percentiles, Source } from "../api.js";
import { ErrorBox, Loading } from "../components/basics.js";
import { useClassLook } from "../components/class_name.js";
import { figure } from "../../../common/numbers.js";
import { linearTicks, logTicks } from "../../../common/ticks.js";
import { useCatalog } from "../state/catalog.js";
import { useLoad } from "../state/load.js";
import { valueText, type FeatureValue } from "./feature_values.js";
import { isExtreme, percentileText } from "./reason_texts.js";

const bins = 48;
const left = 74;
const right = 8;
const width = 300;
const strip = 15;
const axis = 20;
const fewLines = 10;
const noValue = { value: null, lower: null, upper: null };

/** Whether a logarithmic axis shows a column better. */
export function isLogarithmic(column: Column): boolean {
  const { min, max, positive_min } = column;
  return min !== null && min >= 0 && positive_min !== null && (max as number) / positive_min > 300;
}

interface FigureProps {
  column: Column;
  of: FeatureValue;
  each: number[];
  percentiles: Percentiles | null;
}

function FeatureFigure({ column, of, each, percentiles }: FigureProps) {
  const { value, lower, upper } = of;
  const catalog = useCatalog();
  const look = useClassLook();
  const scale = isLogarithmic(column) ? "log" : "linear";
  const { value: histogram, error } = useLoad(
    (signal) => api.histogram({ column: column.name, scale, bins, by: "class" }, "", signal),
    [column.name],
  );
  if (error) return <ErrorBox error={error} />;
  if (!histogram) return <Loading what={column.name} />;
  const { edges } = histogram;
  if (edges.length === 0) return <p class="hint">No source has a value of {column.name}.</p>;
  const at = (x: number): number => (scale === "log" ? Math.log10(x) : x);
  const [low, high] = [at(edges[0]), at(edges[edges.length - 1])];
  const place = (x: number): number => left + ((at(x) - low) / (high - low)) * (width - left - right);
  const inside = (x: number): boolean => Number.isFinite(at(x)) && at(x) >= low && at(x) <= high;
  const height = catalog.classes.length * strip + axis;
  const ticks = (scale === "log" ? logTicks : linearTicks)(edges[0], edges[edges.length - 1], 5);
  return (
    <figure class="feature-figure">
      <figcaption>
        <strong>{column.name}</strong>
        {column.unit && <span class="unit"> {column.unit}</span>}
        <span class="value">{valueText(of)}</span>
        <span class="what">{column.description}</span>
        <Percentile column={column} percentiles={percentiles} />
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${column.name} of the source, ${figure(value, 4)}, against the distribution of each class`}
      >
        {catalog.classes.map(({ name }, c) => (
          <g key={name} transform={`translate(0 ${c * strip})`}>
            <text x={left - 6} y={strip - 3} text-anchor="end">
              {name}
            </text>
            <path d={outline(histogram, name, edges.map(place))} style={{ fill: look(name).color }} />
          </g>
        ))}
        <line class="base" x1={left} x2={width - right} y1={height - axis} y2={height - axis} />
        {ticks.values.map((tick) => (
          <text key={tick} x={place(tick)} y={height - 6} text-anchor="middle">
            {ticks.text(tick)}
          </text>
        ))}
        {lower !== null && upper !== null && (
          <rect
            class="errors"
            x={place(Math.max(lower, edges[0]))}
            width={Math.max(
              0,
              place(Math.min(upper, edges[edges.length - 1])) - place(Math.max(lower, edges[0])),
            )}
            y={0}
            height={height - axis}
          />
        )}
        {each.filter(inside).map((x, i) => (
          <line key={i} class={each.length > fewLines ? "each many" : "each"} x1={place(x)} x2={place(x)} y1={0} y2={height - axis} />
        ))}
        {value !== null && inside(value) && (
          <line class="own" x1={place(value)} x2={place(value)} y1={0} y2={height - axis + 4} />
        )}
      </svg>
    </figure>
  );
}

function Percentile({ column, percentiles }: Pick<FigureProps, "column" | "percentiles">) {
  const found = percentiles?.columns.find(({ name }) => name === column.name);
  const extreme = found && (isExtreme(found.all) || isExtreme(found.class));
  return (
    <span class={extreme ? "rank extreme" : "rank"}>
      {found && (
        <>
          percentile {percentileText(found.all)} of all
          {found.class && `, ${percentileText(found.class)} of ${percentiles?.class}`}
        </>
      )}
    </span>
  );
}

/** The histogram of a class as an area; its highest bin is as high as the strip. */
function outline(histogram: Histogram, name: string, x: number[]): string {
  const counts = histogram.series.find((series) => series.value === name)?.counts ?? [];
  const most = Math.max(...counts, 0);
  if (most === 0) return "";
  const y = (n: number): string => (strip - (n / most) * (strip - 2)).toFixed(1);
  const steps = counts.map((n, i) => `L${x[i].toFixed(1)} ${y(n)}H${x[i + 1].toFixed(1)}`);
  return `M${x[0].toFixed(1)} ${strip}${steps.join("")}V${strip}Z`;
}

export function FeatureFigures(props: {
  source: Source;
  values: Map<string, FeatureValue>;
  percentiles: Percentiles | null;
}) {
  const { source, values, percentiles } = props;
  const catalog = useCatalog();
  const { columns, rows } = source.detections;
  const which = source.values.standing === "classified" ? "classified detection" : "detection";
  const numbers = (name: string): number[] => {
    const place = columns.findIndex((column) => column.role === "feature" && column.name === name);
    return rows.map((row) => row[place]).filter((x): x is number => typeof x === "number");
  };
  if (!catalog.columns.some((column) => column.role === "feature"))
    return <p>The catalog has no columns of features.</p>;
  return (
    <>
      <p class="hint">
        Strips: all sources of each class, scaled to the highest bin. Line: this source
        {rows.length > 1 && `, from its first ${which}; thin lines: all its detections`}.
        {[...values.values()].some(({ lower }) => lower !== null) &&
          " Band: the 68 % limits of its value."}
      </p>
      <div class="feature-figures">
        {catalog.columns
          .filter((column) => column.role === "feature")
          .map((column) => {
            return (
              <FeatureFigure
                key={column.name}
                column={column}
                of={values.get(column.name) ?? noValue}
                percentiles={percentiles}
                each={rows.length > 1 ? numbers(column.name) : []}
              />
            );
          })}
      </div>
    </>
  );
}
