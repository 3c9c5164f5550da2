// How many detections each stage read, kept and lost.
import * as Plot from "@observablehq/plot";
import { axisLabel, drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import { countedRows, isAllLabelled, rowWord, type Report } from "../data.js";
import { element, table } from "../../../common/dom.js";
import { count, counted, percent } from "../../../common/numbers.js";
import { classLook } from "../../../common/palette.js";
import type { FigureSpec } from "../figure.js";
import { SectionBuilder, type Section } from "./section.js";

interface Stage {
  label: string;
  count: number;
  from: number; // where the bar begins
  kind: "kept" | "part" | "lost";
}

/** What the rows of tables are that are not a run's: nothing was read and lost. */
function parts(report: Report): Stage[] {
  const { whole } = report.clusters;
  let from = 0;
  const part = (label: string, count: number, kind: Stage["kind"]): Stage => {
    from += count;
    return { label, count, from: from - count, kind };
  };
  return [
    { label: `all ${rowWord(report)}`, count: whole.size, from: 0, kind: "kept" },
    part("classified", whole.classified, "part"),
    part("with a class: training set", whole.learned, "part"),
    part("with another label", whole.other_label, "lost"),
    part("without a class", whole.without_class, "lost"),
  ];
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
  const { is_run: isRun } = report;
  const rows = rowWord(report);
  const all = isRun ? stages(report) : parts(report);
  const drawn = all.filter((stage) => stage.count > 0);
  const read = all[0].count;
  const counts = report.run.counts;
  const allLabelled = isAllLabelled(report) && isRun;
  const ofClasses = allLabelled
    ? trainingClasses(report)
    : report.sources.count
      ? sourceClasses(report)
      : null;
  const end = allLabelled
    ? `${count(Number(counts.labelled ?? 0))} in the training set`
    : `${count(Number(counts.classified ?? 0))} classified`;
  const colors = { kept: "var(--accent)", part: "var(--accent-soft)", lost: "var(--lost)" };
  const words = isRun
    ? { kept: "kept", part: "part of the clustered detections", lost: "lost here" }
    : { kept: "all rows", part: "with a class", lost: "without one of the classes" };

  const builder = new SectionBuilder(
    "counts",
    !isRun
      ? "Rows and classes"
      : allLabelled
        ? "Detections read and lost"
        : "Detections read, lost and classified",
  );
  if (allLabelled)
    builder.text(
      "Every detection had a label, so none was left to classify. This report is about the training set and its validation.",
    );
  return builder
    .grid(
      "two",
      {
        id: "stages",
        title: isRun ? "Detections at each stage" : `The ${rows} of the tables`,
        description: `Bars from ${countedRows(report, read)} read to ${end}; the table below the figure has all counts.`,
        caption: () =>
          isRun
            ? "Number of detections that each stage keeps or loses. Dark: kept. Light: parts of the clustered detections. Orange: lost at this stage."
            : "Number of rows. Dark: all. Light: those with a class. Orange: those without one of the classes.",
        draw: (width) => {
          const narrow = width < 430;
          const row = narrow ? 40 : 26;
          return drawing({
            width,
            height: drawn.length * row + 44,
            marginLeft: narrow ? 4 : roomFor(drawn.map((stage) => stage.label)),
            marginRight: 56,
            marginTop: narrow ? 18 : 4,
            marginBottom: 40,
            x: {
              domain: [0, read],
              ...axisLabel(rows),
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
                    `${stage.label}\n${countedRows(report, stage.count)}, ${percent(stage.count, read)} of those read\n${words[stage.kind]}`,
                  ...tipStyle,
                }),
              ),
            ],
          });
        },
        table: () =>
          table(
            isRun ? "Detections at each stage" : `The ${rows} of the tables`,
            [isRun ? "stage" : "part", rows, "of those read"],
            all.map((stage) => [stage.label, stage.count, percent(stage.count, read)]),
          ),
      },
      ...(ofClasses ? [ofClasses] : []),
    )
    .add(notes(report))
    .done();
}

/** Bars with a number for each class. */
function classBars(
  report: Report,
  numbers: number[],
  what: string,
  spec: ClassBarsSpec,
): FigureSpec {
  const { classes } = report.recipe;
  const total = numbers.reduce((a, b) => a + b, 0);
  const bars = classes.map((name, c) => ({ name, c, n: numbers[c] }));
  type Bar = (typeof bars)[number];
  return {
    ...spec,
    draw: (width) =>
      drawing({
        width,
        height: classes.length * 26 + 44,
        marginLeft: roomFor(classes),
        marginRight: 56,
        marginTop: 4,
        marginBottom: 40,
        x: {
          ...axisLabel(`${what}s`),
          ticks: Math.max(2, Math.floor(width / 130)),
          tickFormat: (n: number) => count(n),
        },
        y: { domain: classes, label: null, padding: 0.28, tickSize: 0 },
        marks: [
          Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
          Plot.barX(bars, {
            x: "n",
            y: "name",
            fill: (bar: Bar) => classLook(bar.c, report.recipe).color,
          }),
          Plot.text(bars, {
            x: "n",
            y: "name",
            text: (bar: Bar) => count(bar.n),
            textAnchor: "start",
            dx: 5,
            fontSize,
          }),
          Plot.tip(
            bars,
            Plot.pointerY({
              x: (bar: Bar) => bar.n / 2,
              y: "name",
              title: (bar: Bar) =>
                `${bar.name}\n${counted(bar.n, what)}, ${percent(bar.n, total)}`,
              ...tipStyle,
            }),
          ),
        ],
      }),
    table: () =>
      table(
        `${spec.title} of each class`,
        ["class", `${what}s`, "share"],
        bars.map((bar) => [bar.name, bar.n, percent(bar.n, total)]),
      ),
  };
}
type ClassBarsSpec = Pick<FigureSpec, "id" | "description" | "caption"> & { title: string };

function sourceClasses(report: Report): FigureSpec {
  const { counts } = report.run;
  return classBars(report, report.sources.classes, "source", {
    id: "source-classes",
    title: "Classified sources",
    description: "Bars: how many sources have each class.",
    caption: () =>
      counts.sources_unique === undefined
        ? `${count(report.sources.count)} sources with a class.`
        : `${count(report.sources.count)} sources: the soft and hard votes of the detections agree for ${count(Number(counts.sources_unique))} and differ for ${count(Number(counts.sources_ambiguous ?? 0))}; the soft vote is shown.`,
  });
}

function trainingClasses(report: Report): FigureSpec {
  const { whole } = report.clusters;
  return classBars(report, whole.classes, "detection", {
    id: "training-classes",
    title: "Detections of the training set",
    description: "Bars: how many detections have a label of each class.",
    caption: () => `Number of detections with a label of each class, ${count(whole.learned)} in all.`,
  });
}

function notes(report: Report): Node {
  const list = report.run.notes ?? [];
  if (!list.length) return document.createDocumentFragment();
  const items = list.map((note) => element("li", {}, note));
  return element(
    "aside",
    { class: "notes" },
    element("h3", {}, report.is_run ? "Notes from the run" : "Notes on the tables"),
    element("ul", {}, ...items),
  );
}
