// How many detections each stage read, kept and lost.
import * as Plot from "@observablehq/plot";
import { drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import type { Report } from "../data.js";
import { element, table } from "../../../common/dom.js";
import { count, percent } from "../../../common/numbers.js";
import { classColor } from "../../../common/palette.js";
import { SectionBuilder, type Section } from "./section.js";

interface Stage {
  label: string;
  count: number;
  from: number; // where the bar begins
  kind: "kept" | "part" | "lost";
}

/** The stages in order; the bar of a loss spans what was left before and after it. */
function stages(report: Report): Stage[] {
  const counts = report.run.counts;
  const at = (key: string): number => Number(counts[key] ?? 0);
  const result: Stage[] = [{ label: "read", count: at("read"), from: 0, kind: "kept" }];
  let left = at("read");
  const lose = (label: string, lost: number): void => {
    left -= lost;
    result.push({ label, count: lost, from: left, kind: "lost" });
  };
  lose("not selected", at("not_selected"));
  for (const [kind, lost] of Object.entries(counts.without ?? {})) lose(`without ${kind}`, lost);
  lose("without any feature", at("without_features"));
  result.push({ label: "clustered", count: at("clustered"), from: 0, kind: "kept" });
  if (at("incomplete"))
    result.push({ label: "of these, incomplete", count: at("incomplete"), from: 0, kind: "part" });
  let from = 0;
  const part = (label: string, key: string, kind: "part" | "lost" = "part"): void => {
    result.push({ label, count: at(key), from, kind });
    from += at(key);
  };
  part("with a class: training set", "labelled");
  part("with another label: set aside", "other_label", "lost");
  part("with an ambiguous label", "ambiguous_label");
  part("without a label", "without_label");
  result.push({ label: "classified", count: at("classified"), from: 0, kind: "kept" });
  if (at("without_class"))
    result.push({
      label: "without a class",
      count: at("without_class"),
      from: at("classified"),
      kind: "lost",
    });
  return result;
}

export function countsSection(report: Report): Section {
  const all = stages(report);
  const drawn = all.filter((stage) => stage.count > 0);
  const read = all[0].count;
  const counts = report.run.counts;
  const { classes } = report.recipe;
  const bySource = classes.map((name, c) => ({ name, c, n: report.sources.classes[c] }));
  const colors = { kept: "var(--accent)", part: "var(--accent-soft)", lost: "var(--lost)" };
  const words = { kept: "kept", part: "part of the clustered detections", lost: "lost here" };

  return new SectionBuilder("counts", "Detections read, lost and classified")
    .grid(
      "two",
      {
        id: "stages",
        title: "Detections at each stage",
        description: `Bars from ${count(read)} detections read to ${count(Number(counts.classified ?? 0))} classified; the table below the figure has all counts.`,
        caption: () =>
          "Dark: detections that are kept. Light: parts of the clustered detections. Orange: detections lost at this stage.",
        draw: (width) => {
          const narrow = width < 430;
          const row = narrow ? 40 : 26;
          return drawing({
            width,
            height: drawn.length * row + 34,
            marginLeft: narrow ? 4 : roomFor(drawn.map((stage) => stage.label)),
            marginRight: 56,
            marginTop: narrow ? 18 : 4,
            marginBottom: 30,
            x: {
              domain: [0, read],
              label: null,
              ticks: Math.max(2, Math.floor(width / 130)),
              tickFormat: (n: number) => count(n),
            },
            y: {
              domain: drawn.map((stage) => stage.label),
              label: null,
              padding: narrow ? 0.55 : 0.28,
              tickSize: 0,
              axis: narrow ? null : "left",
            },
            marks: [
              Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
              Plot.barX(drawn, {
                x1: "from",
                x2: (stage: Stage) => stage.from + stage.count,
                y: "label",
                fill: (stage: Stage) => colors[stage.kind],
              }),
              narrow
                ? Plot.text(drawn, {
                    x: 0,
                    y: "label",
                    text: "label",
                    textAnchor: "start",
                    dy: -16,
                    fontSize,
                  })
                : null,
              Plot.text(drawn, {
                x: (stage: Stage) => stage.from + stage.count,
                y: "label",
                text: (stage: Stage) => count(stage.count),
                textAnchor: "start",
                dx: 5,
                fontSize,
              }),
              Plot.tip(
                drawn,
                Plot.pointerY({
                  x: (stage: Stage) => stage.from + stage.count / 2,
                  y: "label",
                  title: (stage: Stage) =>
                    `${stage.label}\n${count(stage.count)} detections, ${percent(stage.count, read)} of those read\n${words[stage.kind]}`,
                  ...tipStyle,
                }),
              ),
            ],
          });
        },
        table: () =>
          table(
            "Detections at each stage",
            ["stage", "detections", "of those read"],
            all.map((stage) => [stage.label, stage.count, percent(stage.count, read)]),
          ),
      },
      {
        id: "source-classes",
        title: "Classified sources",
        description: "Bars: how many sources have each class.",
        caption: () =>
          `${count(report.sources.count)} sources: the soft and hard votes of the detections agree for ${count(Number(counts.sources_unique ?? 0))} and differ for ${count(Number(counts.sources_ambiguous ?? 0))}; the soft vote is shown.`,
        draw: (width) =>
          drawing({
            width,
            height: classes.length * 26 + 34,
            marginLeft: roomFor(classes),
            marginRight: 56,
            marginTop: 4,
            marginBottom: 30,
            x: {
              label: null,
              ticks: Math.max(2, Math.floor(width / 130)),
              tickFormat: (n: number) => count(n),
            },
            y: { domain: classes, label: null, padding: 0.28, tickSize: 0 },
            marks: [
              Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
              Plot.barX(bySource, {
                x: "n",
                y: "name",
                fill: (d) => classColor(d.c, report.recipe),
              }),
              Plot.text(bySource, {
                x: "n",
                y: "name",
                text: (d) => count(d.n),
                textAnchor: "start",
                dx: 5,
                fontSize,
              }),
              Plot.tip(
                bySource,
                Plot.pointerY({
                  x: (d) => d.n / 2,
                  y: "name",
                  title: (d) =>
                    `${d.name}\n${count(d.n)} sources, ${percent(d.n, report.sources.count)}`,
                  ...tipStyle,
                }),
              ),
            ],
          }),
        table: () =>
          table(
            "Sources of each class",
            ["class", "sources", "share"],
            bySource.map((d) => [d.name, d.n, percent(d.n, report.sources.count)]),
          ),
      },
    )
    .add(notes(report))
    .done();
}

function notes(report: Report): Node {
  const list = report.run.notes ?? [];
  if (!list.length) return document.createDocumentFragment();
  const items = list.map((note) => element("li", {}, note));
  return element(
    "aside",
    { class: "notes" },
    element("h3", {}, "Notes from the run"),
    element("ul", {}, ...items),
  );
}
