// The clusters of the mixture: sizes, features, Galactic latitudes.
import * as Plot from "@observablehq/plot";
import { drawing, fontSize, Multiples, roomFor, tipStyle } from "../chart.js";
import { byGroup, type Report } from "../data.js";
import { table } from "../../../common/dom.js";
import { count, figure, percent } from "../../../common/numbers.js";
import { Legend } from "../legend.js";
import { clusterColor, groupColor } from "../../../common/palette.js";
import { SectionBuilder, type Section } from "./section.js";

export function clustersSection(report: Report): Section {
  const { recipe, clusters, sample } = report;
  const each = clusters.each;
  const keys = each.map((_, k) => k);
  const total = clusters.whole.size;
  const groupLegend = new Legend([
    ...recipe.groups.map((label, key) => ({ key, label, color: groupColor(key, recipe) })),
    { key: recipe.groups.length, label: "no class", color: "var(--none)" },
  ]);
  const parts = each.flatMap((cluster, k) =>
    byGroup(recipe, cluster).map((n, group) => ({ k, group, n })),
  );
  const groupName = (group: number): string => recipe.groups[group] ?? "no class";

  const builder = new SectionBuilder("clusters", "Clusters")
    .text(
      `The mixture divides ${count(total)} detections into ${count(each.length)} clusters; each detection is assigned to the component with the highest responsibility for it.`,
    )
    .grid(
      "two",
      {
        id: "cluster-sizes",
        title: "Sizes and classes",
        description:
          "A bar for each cluster, divided by the group of the detections' classes, from labels or assigned.",
        caption: () =>
          "Detections by the group of their class, which is that of their label or was assigned. No class: the label is not one of the classes, or no class could be assigned.",
        legend: () => groupLegend,
        draw: (width) =>
          drawing({
            width,
            height: each.length * 30 + 40,
            marginLeft: 70,
            marginRight: 56,
            marginTop: 4,
            marginBottom: 34,
            x: {
              label: null,
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
                  fill: (part: { group: number }) => groupColor(part.group, recipe),
                  title: (part: { k: number; group: number; n: number }) =>
                    `cluster ${part.k}: ${groupName(part.group)}\n${count(part.n)} detections, ${percent(part.n, each[part.k].size)} of the cluster`,
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
            "Detections of each cluster by group",
            ["cluster", "detections", "training set", "classified", ...recipe.groups, "no class"],
            each.map((cluster, k) => [
              `${k}`,
              cluster.size,
              cluster.learned,
              cluster.classified,
              ...byGroup(recipe, cluster),
            ]),
          ),
      },
      {
        id: "cluster-features",
        title: "Median features compared with all detections",
        description:
          "A heat map: for each cluster and feature, the difference of the cluster's median from that of all detections.",
        caption: () =>
          "Numbers: medians. Colour: difference from the median of all detections, in robust standard deviations (interquartile range / 1.349) of the scaled feature; orange above, blue below, saturated at 3.",
        draw: (width) => drawMedians(report, width),
        table: () =>
          table(
            "Medians of the features",
            ["feature", "all", ...keys.map((k) => `cluster ${k}`)],
            recipe.features.map((feature, f) => [
              feature.name,
              figure(clusters.whole.medians[f]),
              ...each.map((cluster) => figure(cluster.medians[f])),
            ]),
          ),
      },
    );
  if (sample.l.length) builder.grid("one", latitudes(report));
  return builder.done();
}

function drawMedians(report: Report, width: number) {
  const { recipe, clusters } = report;
  const names = recipe.features.map((feature) => feature.name);
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
            `cluster ${d.k}, ${d.name}\nmedian ${figure(d.median)}, of all detections ${figure(d.whole)}\n${figure(d.offset)} robust standard deviations`,
          ...tipStyle,
        }),
      ),
    ],
  });
}

/** Histograms of sin b, which are flat for an isotropic population. */
function latitudes(report: Report) {
  const each = report.clusters.each;
  const keys = each.map((_, k) => k);
  const bins = report.clusters.whole.latitudes?.length ?? 0;
  const edge = (bin: number): number => -1 + (2 * bin) / bins;
  const degrees = (sine: number): string =>
    `${figure(Math.round((Math.asin(Math.max(-1, Math.min(1, sine))) * 180) / Math.PI))}°`;
  const shares = (counts: number[] | null): number[] => {
    const sum = (counts ?? []).reduce((a, b) => a + b, 0);
    return (counts ?? []).map((n) => (sum ? (100 * n) / sum : 0));
  };
  const bars = each.flatMap((cluster, k) =>
    shares(cluster.latitudes).map((share, bin) => ({
      k,
      bin,
      share,
      n: cluster.latitudes?.[bin] ?? 0,
    })),
  );
  type Bar = (typeof bars)[number];
  const whole = shares(report.clusters.whole.latitudes);
  const outline = keys.flatMap((k) =>
    [...whole, whole[bins - 1]].map((share, bin) => ({ k, bin, share })),
  );
  return {
    id: "latitudes",
    title: "Galactic latitudes",
    description:
      "For each cluster a histogram of Galactic latitude in bins of equal area, with that of all detections as an outline.",
    caption: () =>
      "Share of the cluster's detections in bins of equal area on the sky: an isotropic population is flat; young stars and binaries concentrate at b = 0. Line: all detections.",
    draw: (width: number) => {
      const multiples = new Multiples(keys, width, 230);
      return drawing({
        width,
        height: multiples.rows * 170 + 40,
        marginLeft: 44,
        marginTop: 26,
        marginBottom: 38,
        marginRight: 8,
        fx: { axis: null, padding: 0.08 },
        fy: { axis: null, padding: 0.2 },
        x: {
          domain: [-1, 1],
          label: "Galactic latitude b",
          labelAnchor: "center",
          labelArrow: "none",
          ticks: [-60, -30, 0, 30, 60].map((b) => Math.sin((b * Math.PI) / 180)),
          tickFormat: degrees,
        },
        y: {
          label: null,
          ticks: 4,
          tickFormat: (share: number) => `${share} %`,
          grid: true,
          nice: true,
        },
        marks: [
          Plot.rectY(bars, {
            x1: (bar: Bar) => edge(bar.bin),
            x2: (bar: Bar) => edge(bar.bin + 1),
            y: "share",
            fx: (bar: Bar) => multiples.x(bar.k),
            fy: (bar: Bar) => multiples.y(bar.k),
            fill: (bar: Bar) => clusterColor(bar.k),
            insetLeft: 0.5,
            insetRight: 0.5,
          }),
          Plot.line(outline, {
            x: (point) => edge(point.bin),
            y: "share",
            fx: (point) => multiples.x(point.k),
            fy: (point) => multiples.y(point.k),
            z: "k",
            curve: "step-after",
            stroke: "var(--ink)",
            strokeWidth: 1,
          }),
          Plot.ruleY([0], { stroke: "var(--muted)" }),
          multiples.titles((k) => `cluster ${k}`),
          Plot.tip(
            bars,
            Plot.pointerX({
              x: (bar: Bar) => (edge(bar.bin) + edge(bar.bin + 1)) / 2,
              y: "share",
              fx: (bar: Bar) => multiples.x(bar.k),
              fy: (bar: Bar) => multiples.y(bar.k),
              title: (bar: Bar) =>
                `cluster ${bar.k}, b ${degrees(edge(bar.bin))} to ${degrees(edge(bar.bin + 1))}\n${figure(bar.share)} % (${count(bar.n)} detections)\nall: ${figure(whole[bar.bin])} %`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
    table: () =>
      table(
        "Detections in bins of Galactic latitude",
        ["b", "all", ...keys.map((k) => `cluster ${k}`)],
        whole.map((_, bin) => [
          `${degrees(edge(bin))} to ${degrees(edge(bin + 1))}`,
          report.clusters.whole.latitudes?.[bin] ?? 0,
          ...each.map((cluster) => cluster.latitudes?.[bin] ?? 0),
        ]),
      ),
  };
}
