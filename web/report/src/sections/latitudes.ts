// Galactic latitudes of the clusters.
import * as Plot from "@observablehq/plot";
import { axisLabel, drawing, Multiples, tipStyle } from "../chart.js";
import { countedRows, rowWord, type Report } from "../data.js";
import { table } from "../../../common/dom.js";
import { figure } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";
import { clusterColor } from "../../../common/palette.js";

/** Histograms of sin b, which are flat for an isotropic population. */
export function latitudes(report: Report): FigureSpec {
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
      `For each cluster a histogram of Galactic latitude in bins of equal area, with that of all ${rowWord(report)} as an outline.`,
    caption: () =>
      `Share of the cluster's ${rowWord(report)} in bins of equal area on the sky: an isotropic population is flat; young stars and binaries concentrate at b = 0. Line: all ${rowWord(report)}.`,
    draw: (width: number) => {
      const multiples = new Multiples(keys, width, 200);
      return drawing({
        width,
        height: multiples.rows * 170 + 40,
        marginLeft: 58,
        marginTop: 26,
        marginBottom: 38,
        marginRight: 8,
        fx: { axis: null, padding: 0.08 },
        fy: { axis: null, padding: 0.2 },
        x: {
          domain: [-1, 1],
          ...axisLabel("Galactic latitude b (degrees)"),
          ticks: [-60, -30, 0, 30, 60].map((b) => Math.sin((b * Math.PI) / 180)),
          tickFormat: (sine: number) => degrees(sine).replace("°", ""),
        },
        y: {
          ...axisLabel(`share of the ${rowWord(report)} (%)`),
          ticks: 4,
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
                `cluster ${bar.k}, b ${degrees(edge(bar.bin))} to ${degrees(edge(bar.bin + 1))}\n${figure(bar.share)} % (${countedRows(report, bar.n)})\nall: ${figure(whole[bar.bin])} %`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
    table: () =>
      table(
        `The ${rowWord(report)} in bins of Galactic latitude`,
        ["b", "all", ...keys.map((k) => `cluster ${k}`)],
        whole.map((_, bin) => [
          `${degrees(edge(bin))} to ${degrees(edge(bin + 1))}`,
          report.clusters.whole.latitudes?.[bin] ?? 0,
          ...each.map((cluster) => cluster.latitudes?.[bin] ?? 0),
        ]),
      ),
  };
}
