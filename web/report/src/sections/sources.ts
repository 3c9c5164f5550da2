// Class probabilities of the most and least certain sources.
import * as Plot from "@observablehq/plot";
import { drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import type { Report, Source } from "../data.js";
import { table } from "../../../common/dom.js";
import { count, figure, shortened } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";
import { Legend } from "../legend.js";
import { classColor } from "../../../common/palette.js";
import { SectionBuilder, type Section } from "./section.js";

export function sourcesSection(report: Report): Section {
  const { recipe, sources } = report;
  const used = (c: number): boolean =>
    [...sources.most_certain, ...sources.least_certain].some(
      (source) => source.probabilities[c] > 0,
    );
  const legend = new Legend(
    recipe.classes
      .map((label, key) => ({ key, label, color: classColor(key, recipe) }))
      .filter((entry) => used(entry.key)),
  );
  return new SectionBuilder("sources", "Sources")
    .text(
      `The class probabilities of the sources, out of ${count(sources.count)} classified ones, whose class has the highest and the lowest probability.`,
    )
    .add(legend.node)
    .grid(
      "two",
      bars(report, "most-certain", "Most certain", sources.most_certain, legend),
      bars(report, "least-certain", "Least certain", sources.least_certain, legend),
    )
    .done();
}

function detections(n: number): string {
  return `${count(n)} ${n === 1 ? "detection" : "detections"}`;
}

function bars(
  report: Report,
  id: string,
  title: string,
  sources: Source[],
  legend: Legend,
): FigureSpec {
  const { classes } = report.recipe;
  const parts = sources.flatMap((source, row) =>
    source.probabilities.map((probability, c) => ({ row, c, probability })),
  );
  return {
    id,
    title,
    description: `For each of ${sources.length} sources a bar divided by class probability; the table below the figure has the numbers.`,
    caption: () => "",
    legend: () => legend,
    sharedLegend: true,
    draw: (width) => {
      const narrow = width < 430;
      const row = narrow ? 42 : 26;
      const label = (index: number): string => shortened(sources[index].name, narrow ? 40 : 26);
      return drawing({
        width,
        height: sources.length * row + 34,
        marginLeft: narrow ? 2 : roomFor(sources.map((_, index) => label(index))),
        marginRight: roomFor(classes),
        marginTop: narrow ? 20 : 4,
        marginBottom: 30,
        x: { domain: [0, 1], label: null, ticks: narrow ? 3 : 5 },
        y: {
          domain: sources.map((_, index) => index),
          label: null,
          tickSize: 0,
          padding: narrow ? 0.55 : 0.28,
          axis: narrow ? null : "left",
          tickFormat: label,
        },
        marks: [
          Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
          Plot.barX(
            parts.filter((part) => part.probability > 0 && legend.shows(part.c)),
            Plot.stackX({
              x: "probability",
              y: "row",
              z: "c",
              order: "c",
              fill: (part: { c: number }) => classColor(part.c, report.recipe),
              title: (part: { row: number; c: number; probability: number }) =>
                `${sources[part.row].name}\n${classes[part.c]} ${figure(part.probability)}\n${detections(sources[part.row].detections)}`,
              insetRight: 0.5,
              tip: { ...tipStyle },
            }),
          ),
          narrow
            ? Plot.text(sources, {
                x: 0,
                y: (_, index) => index,
                text: (_, index) => label(index),
                textAnchor: "start",
                dy: -17,
                fontSize,
              })
            : null,
          Plot.text(sources, {
            x: 1,
            y: (_, index) => index,
            text: (source: Source) => classes[source.class],
            textAnchor: "start",
            dx: 6,
            fontSize,
          }),
        ],
      });
    },
    table: () =>
      table(
        `${title} sources`,
        ["source", "detections", "class", ...classes],
        sources.map((source) => [
          source.name,
          source.detections,
          classes[source.class],
          ...source.probabilities.map((p) => figure(p)),
        ]),
      ),
  };
}
