// Histograms of the features by group.
import * as Plot from "@observablehq/plot";
import { axisLabel, drawing, scaleOf, tipStyle } from "../chart.js";
import { axisName, countedRows, rowWord, whyLacking, type Report } from "../data.js";
import { table } from "../../../common/dom.js";
import { count, figure } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";
import { Legend, lineEntry } from "../legend.js";
import { groupLook, noLook } from "../../../common/palette.js";
import { domain } from "../view.js";
import { SectionBuilder, type Section } from "./section.js";

export function featuresSection(report: Report): Section {
  const { recipe, histograms } = report;
  const why = whyLacking(report, "features");
  if (why)
    return new SectionBuilder("features", "Features by group")
      .text(`There are no histograms to show. ${why}`)
      .done();
  const legend = new Legend([
    ...recipe.groups.map((label, key) => lineEntry(key, label, groupLook(key, recipe))),
    lineEntry(recipe.groups.length, "no class", noLook),
  ]);
  // Leave out groups without detections.
  const sums = legend.entries.map((_, key) =>
    Math.max(...histograms.map((h) => h.counts[key].reduce((a, b) => a + b, 0))),
  );
  const there = new Legend(legend.entries.filter((entry) => sums[entry.key] > 0));
  return new SectionBuilder("features", "Features by group")
    .text(
      `The share of each group's ${report.is_run ? "clustered " : ""}${rowWord(report)} in each bin, so that groups of different sizes can be compared. Axes are logarithmic if the ${report.is_run ? "recipe scales the feature logarithmically" : "feature spans several decades"}.`,
    )
    .add(there.node)
    .grid("many", ...recipe.features.map((_, f) => histogram(report, f, there)))
    .done();
}

function histogram(report: Report, f: number, legend: Legend): FigureSpec {
  const feature = report.recipe.features[f];
  const { name, description, expression } = feature;
  const data = report.histograms[f];
  const bins = data.counts[0].length;
  const sums = data.counts.map((counts) => counts.reduce((a, b) => a + b, 0));
  const share = (key: number, bin: number): number =>
    sums[key] ? (100 * data.counts[key][bin]) / sums[key] : 0;
  const edge = (bin: number): number => domain(data, 0, bin / bins)[1];
  const middle = (bin: number): number => domain(data, 0, (bin + 0.5) / bins)[1];
  const indices = Array.from({ length: bins }, (_, bin) => bin);
  return {
    id: `feature-${f}`,
    title: name,
    description: `Histograms of ${name}, one line per group.`,
    caption: () =>
      [
        description ? `${description}.` : "",
        expression ? `If the table lacks it: ${expression}.` : "",
        data.outside ? `Outside of the axis: ${countedRows(report, data.outside)}.` : "",
        data.missing ? `Without the feature: ${countedRows(report, data.missing)}.` : "",
      ]
        .filter(Boolean)
        .join(" "),
    legend: () => legend,
    sharedLegend: true,
    zoom: "x",
    small: true,
    draw: (width, view) => {
      const shown = legend.shown();
      return drawing({
        width,
        height: Math.max(184, Math.min(274, width * 0.6 + 14)),
        marginLeft: 48,
        marginRight: 10,
        marginTop: 8,
        marginBottom: 40,
        x: scaleOf(data, view.x0, view.x1, axisName(feature), Math.max(2, Math.floor(width / 60))),
        y: { ...axisLabel("share of the group (%)"), ticks: 4, grid: true, nice: true },
        marks: [
          ...shown.map(({ key, color, dash }) =>
            Plot.line([...indices, bins], {
              x: edge,
              y: (bin: number) => share(key, Math.min(bin, bins - 1)),
              curve: "step-after",
              stroke: color,
              strokeWidth: 1.6,
              strokeDasharray: dash || undefined,
              clip: true,
            }),
          ),
          Plot.ruleY([0], { stroke: "var(--muted)" }),
          Plot.tip(
            indices,
            Plot.pointerX({
              x: middle,
              y: (bin: number) => Math.max(0, ...shown.map(({ key }) => share(key, bin))),
              title: (bin: number) =>
                [
                  `${name} ${figure(edge(bin))} to ${figure(edge(bin + 1))}`,
                  ...shown.map(
                    ({ key, label }) =>
                      `${label} ${figure(share(key, bin))} % (${count(data.counts[key][bin])})`,
                  ),
                ].join("\n"),
              ...tipStyle,
            }),
          ),
        ],
      });
    },
    table: () =>
      table(
        `The ${rowWord(report)} in bins of ${name}`,
        ["from", "to", ...legend.entries.map((entry) => entry.label)],
        indices.map((bin) => [
          figure(edge(bin)),
          figure(edge(bin + 1)),
          ...legend.entries.map(({ key }) => data.counts[key][bin]),
        ]),
      ),
  };
}
