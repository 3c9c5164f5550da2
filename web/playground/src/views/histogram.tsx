// A view of how a column's values are distributed, by group or class.
import * as api from "../api.js";
import { count } from "../../../common/numbers.js";
import { noLook, otherLook } from "../../../common/palette.js";
import { Choice, ErrorBox, Loading, Select } from "../components/basics.js";
import { lookOf } from "../components/facet.js";
import { FigureMenu } from "../components/figure_menu.js";
import { captionOf } from "../figure/caption.js";
import { barPath, barsOf, histogramSvg } from "../figure/histogram_svg.js";
import { numericColumns, titleOf, useCatalog } from "../state/catalog.js";
import { cssColor } from "../state/colors.js";
import { filters } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { useSize } from "../state/size.js";
import { useView } from "../state/view_parameters.js";

const room = { left: 56, right: 10, top: 8, bottom: 44 }; // pixels around the plot, for its axes
const bins = 40;
const kinds: ["stacked" | "lines", string][] = [
  ["stacked", "stacked"],
  ["lines", "lines"],
];

export function HistogramView() {
  if (numericColumns(useCatalog()).length) return <Histogram />;
  return <p class="empty">The catalog has no numbers to plot.</p>;
}

function Histogram() {
  const catalog = useCatalog();
  const own = useView();
  const columns = numericColumns(catalog);
  const column = columns.find(({ name }) => name === own.get("x")) ?? columns[0];
  const isLog = own.get("xscale") === "log" && column.positive_min !== null;
  const by = own.get("by") === "class" ? "class" : "group";
  const isStacked = own.get("bars") !== "lines";
  const scale = isLog ? "log" : "linear";
  const key = [column.name, scale, by].join("\n");
  const loaded = useLoad(
    async (signal) => ({
      key,
      found: await api.histogram({ column: column.name, scale, bins, by }, filters.value, signal),
    }),
    [key, filters.value],
  );
  const { error } = loaded;
  // The previous answer stays while the filters change, but not under the name of another column.
  const value = loaded.value?.key === key ? loaded.value.found : null;
  const { node, size } = useSize();
  const width = Math.max(1, size.width - room.left - room.right);
  const height = Math.max(1, size.height - room.top - room.bottom);
  const title = titleOf(column);
  const spec = value && {
    edges: value.edges,
    isLog: value.scale === "log",
    isStacked,
    series: value.series.map((one, i) => {
      const look = one.value ? (lookOf(catalog, by, one.value) ?? otherLook(i)) : noLook;
      return { ...look, text: one.value ?? `no ${by}`, counts: one.counts };
    }),
  };
  const drawable = spec && spec.edges.length > 1 && spec.series.length > 0;
  const bars = drawable ? barsOf(spec, width) : null;
  return (
    <section class="histogram">
      <div class="histogram-tools">
        <Select
          label=""
          name="Column"
          options={columns.map((one) => ({ value: one.name, text: titleOf(one) }))}
          value={column.name}
          onChange={(x) => own.change({ x, xscale: null })}
        />
        {column.positive_min !== null && (
          <Select
            label=""
            name="Scale"
            options={["linear", "log"].map((one) => ({ value: one, text: one }))}
            value={scale}
            onChange={(to) => own.change({ xscale: to === "log" ? to : null })}
          />
        )}
        <Select
          label="by"
          options={["group", "class"].map((one) => ({ value: one, text: one }))}
          value={by}
          onChange={(to) => own.change({ by: to === "class" ? to : null })}
        />
        <Choice
          label="Bars"
          quiet
          options={kinds}
          value={isStacked ? "stacked" : "lines"}
          onChange={(to) => own.change({ bars: to === "lines" ? to : null })}
        />
        {drawable && (
          <FigureMenu
            name={`histogram_${column.name.replace(/\W+/g, "_")}`}
            columns={[column.name]}
            svg={() =>
              histogramSvg({
                ...spec,
                title,
                series: spec.series.map((one) => ({ ...one, color: cssColor(one.color) })),
                caption: captionOf(catalog, `Distribution of ${column.name}`, by),
              })
            }
          />
        )}
        {value && value.missing > 0 && (
          <span class="hint">
            {count(value.missing)} without {isLog ? "a positive value" : "a value"}
          </span>
        )}
      </div>
      {error !== null && <ErrorBox error={error} />}
      {!value && error === null && <Loading what="values" />}
      {value && !bars && <p class="empty">No selected source has a value.</p>}
      <div class="histogram-room" ref={node}>
        {bars && spec && size.width > 0 && (
          <svg viewBox={`${-room.left} ${-room.top} ${size.width} ${size.height}`} role="img" aria-label={`${title}: ${spec.series.map(({ text, counts }) => `${text} ${count(counts.reduce((a, b) => a + b, 0))}`).join(", ")}`}>
            {spec.series.map(({ text, color, dash }, s) => (
              <path
                key={text}
                d={barPath(bars.outlines[s], width, height, isStacked)}
                fill={isStacked ? color : "none"}
                stroke={isStacked ? "none" : color}
                stroke-dasharray={isStacked ? undefined : dash || undefined}
                stroke-width={1.8}
              >
                <title>{text}</title>
              </path>
            ))}
            <g class="axis x-axis" transform={`translate(0 ${height})`}>
              <line x2={width} />
              {bars.xTicks.map(({ part, text }) => (
                <g key={text} transform={`translate(${part * width} 0)`}>
                  <line y2={5} />
                  <text y={17}>{text}</text>
                </g>
              ))}
              <text class="name" x={width / 2} y={36}>
                {title}
              </text>
            </g>
            <g class="axis y-axis">
              <line y2={height} />
              {bars.yTicks.map(({ part, text }) => (
                <g key={text} transform={`translate(0 ${(1 - part) * height})`}>
                  <line x1={-5} />
                  <text x={-9} dy="0.32em">
                    {text}
                  </text>
                </g>
              ))}
              <text class="name" transform={`translate(-46 ${height / 2}) rotate(-90)`}>
                sources
              </text>
            </g>
          </svg>
        )}
      </div>
    </section>
  );
}
