// The clusters of the mixture: sizes, features, Galactic latitudes.
import * as Plot from "@observablehq/plot";
import { axisLabel, drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import { axisName, byGroup, countedRows, isAllLabelled, rowWord, whyLacking, type Report } from "../data.js";
import { table } from "../../../common/dom.js";
import { count, counted, figure, percent } from "../../../common/numbers.js";
import { areaEntry, Legend } from "../legend.js";
import { groupLook, noLook } from "../../../common/palette.js";
import type { FigureSpec } from "../figure.js";
import { latitudes } from "./latitudes.js";
import { SectionBuilder, type Section } from "./section.js";

export function clustersSection(report: Report): Section {
  const { recipe, clusters, sample } = report;
  const builder = new SectionBuilder("clusters", "Clusters");
  const why = whyLacking(report, "clusters");
  if (why) return builder.text(`There are no clusters to show. ${why}`).done();
  const rows = rowWord(report);
  const each = clusters.each;
  const keys = each.map((_, k) => k);
  const total = clusters.whole.size;
  const allLabelled = isAllLabelled(report);
  const lacking = byGroup(recipe, clusters.whole)[recipe.groups.length] > 0;
  const groupLegend = new Legend([
    ...recipe.groups.map((label, key) => areaEntry(key, label, groupLook(key, recipe))),
    ...(lacking ? [areaEntry(recipe.groups.length, "no class", noLook)] : []),
  ]);
  const parts = each.flatMap((cluster, k) =>
    byGroup(recipe, cluster).map((n, group) => ({ k, group, n })),
  );
  const groupName = (group: number): string => recipe.groups[group] ?? "no class";

  const inNone = total - each.reduce((sum, { size }) => sum + size, 0);
  builder
    .text(
      `The mixture divides ${countedRows(report, total - inNone)} into ${counted(each.length, "cluster")}; each is assigned to the component with the highest responsibility for it.${inNone ? ` ${counted(inNone, "is", "are")} in none.` : ""}`,
    )
    .grid(
      "two",
      {
        id: "cluster-sizes",
        title: "Sizes and classes",
        description:
          `A bar for each cluster, divided by the groups of its ${rows}.`,
        caption: () =>
          allLabelled
            ? `Number of detections in each cluster, by the group of their label.${lacking ? " No class: the label is not one of the classes." : ""}`
            : report.is_run
              ? "Number of detections in each cluster, by the group of their class, which is that of their label or was assigned. No class: the label is not one of the classes, or no class could be assigned."
              : `Number of ${rows} in each cluster, by the group of their class.`,
        legend: () => groupLegend,
        draw: (width) =>
          drawing({
            width,
            height: each.length * 30 + 46,
            marginLeft: 70,
            marginRight: 56,
            marginTop: 4,
            marginBottom: 40,
            x: {
              ...axisLabel(rows),
              ticks: Math.max(2, Math.floor(width / 130)),
              tickFormat: (n: number) => count(n),
            },
            y: {
              domain: keys,
              label: null,
              padding: 0.28,
              tickSize: 0,
              tickFormat: (k: number) => `cluster ${k}`,
            },
            marks: [
              Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
              Plot.barX(
                parts.filter((part) => groupLegend.shows(part.group)),
                Plot.stackX({
                  x: "n",
                  y: "k",
                  z: "group",
                  fill: (part: { group: number }) => groupLook(part.group, recipe).color,
                  title: (part: { k: number; group: number; n: number }) =>
                    `cluster ${part.k}: ${groupName(part.group)}\n${countedRows(report, part.n)}, ${percent(part.n, each[part.k].size)} of the cluster`,
                  tip: { ...tipStyle },
                }),
              ),
              Plot.text(keys, {
                x: (k: number) =>
                  byGroup(recipe, each[k]).reduce(
                    (sum, n, group) => sum + (groupLegend.shows(group) ? n : 0),
                    0,
                  ),
                y: (k: number) => k,
                text: (k: number) =>
                  count(
                    byGroup(recipe, each[k]).reduce(
                      (sum, n, group) => sum + (groupLegend.shows(group) ? n : 0),
                      0,
                    ),
                  ),
                textAnchor: "start",
                dx: 5,
                fontSize,
              }),
            ],
          }),
        table: () =>
          table(
            `The ${rows} of each cluster by group`,
            ["cluster", rows, "training set", "classified", ...recipe.groups, "no class"],
            each.map((cluster, k) => [
              `${k}`,
              cluster.size,
              cluster.learned,
              cluster.classified,
              ...byGroup(recipe, cluster),
            ]),
          ),
      },
      ...(recipe.features.length ? [medians(report)] : []),
    );
  if (sample.l.length) builder.grid("one", latitudes(report));
  return builder.done();
}

/** The medians of the features as a heat map. */
function medians(report: Report): FigureSpec {
  const { recipe, clusters } = report;
  const each = clusters.each;
  const keys = each.map((_, k) => k);
  return {
    id: "cluster-features",
    title: "Medians of the features",
    description:
      `A heat map: for each cluster and feature, the difference of the cluster's median from that of all ${rowWord(report)}.`,
    caption: () =>
      `Numbers: the median of each feature in each cluster. Colour: its difference from the median of all ${rowWord(report)}, in robust standard deviations (interquartile range / 1.349) of the scaled feature; orange above, blue below, saturated at 3.`,
    draw: (width) => drawMedians(report, width),
    table: () =>
      table(
        "Medians of the features",
        ["feature", "all", ...keys.map((k) => `cluster ${k}`)],
        recipe.features.map((feature, f) => [
          axisName(feature),
          figure(clusters.whole.medians[f]),
          ...each.map((cluster) => figure(cluster.medians[f])),
        ]),
      ),
  };
}

function drawMedians(report: Report, width: number) {
  const { recipe, clusters } = report;
  const names = recipe.features.map(axisName);
  const cells = clusters.each.flatMap((cluster, k) =>
    names.map((name, f) => ({
      k,
      name,
      median: cluster.medians[f],
      whole: clusters.whole.medians[f],
      offset: cluster.offsets[f],
    })),
  );
  type Entry = (typeof cells)[number];
  const marginLeft = roomFor(names);
  const cell = (width - marginLeft) / clusters.each.length;
  return drawing({
    width,
    height: names.length * 26 + 30,
    marginLeft,
    marginTop: 26,
    marginRight: 2,
    marginBottom: 2,
    x: {
      domain: clusters.each.map((_, k) => k),
      axis: "top",
      label: cell > 62 ? null : "cluster",
      labelAnchor: "left",
      labelArrow: "none",
      tickSize: 0,
      padding: 0.04,
      tickFormat: (k: number) => (cell > 62 ? `cluster ${k}` : `${k}`),
    },
    y: { domain: names, label: null, tickSize: 0, padding: 0.06 },
    marks: [
      Plot.cell(cells, {
        x: "k",
        y: "name",
        fill: (d: Entry) => ((d.offset ?? 0) > 0 ? "var(--high)" : "var(--low)"),
        fillOpacity: (d: Entry) => Math.min(1, Math.abs(d.offset ?? 0) / 3) * 0.85,
      }),
      cell > 34
        ? Plot.text(cells, {
            x: "k",
            y: "name",
            text: (d: Entry) => figure(d.median, cell > 50 ? 3 : 2),
            fontSize: cell > 50 ? 11.5 : 10,
          })
        : null,
      Plot.tip(
        cells,
        Plot.pointer({
          x: "k",
          y: "name",
          title: (d: Entry) =>
            `cluster ${d.k}, ${d.name}\nmedian ${figure(d.median)}, of all ${rowWord(report)} ${figure(d.whole)}\n${figure(d.offset)} robust standard deviations`,
          ...tipStyle,
        }),
      ),
    ],
  });
}
