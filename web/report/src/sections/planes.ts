// Planes of two features: points, and contours of their density.
import * as Plot from "@observablehq/plot";
import { dots, drawing, Multiples, scaleOf, tipStyle } from "../chart.js";
import { Coloring, drawnOf } from "../coloring.js";
import { select } from "../controls.js";
import { axisName, rowName, rowWord, whyLacking, type Report } from "../data.js";
import { element } from "../../../common/dom.js";
import { counted, figure } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";
import type { Drawing } from "../zoom.js";
import { domain, type Axis, type View } from "../view.js";
import { SectionBuilder, type Section } from "./section.js";

const fewForContours = 25;

export function planesSection(report: Report): Section {
  const builder = new SectionBuilder("planes", "Planes of features");
  const { planes } = report.recipe;
  const coloring = new Coloring(report);
  const legend = element("div", {}, coloring.legend().node);
  const specs = planes.map((plane, index) => planeFigure(report, plane, index, coloring));
  const why = whyLacking(report, "planes");
  if (why) return builder.text(`There are no planes to show. ${why}`).done();
  if (!planes.length) return builder.text("The recipe does not have two features of the same kind.").done();
  let refresh = (): void => {};
  const controls = coloring.controls(() => {
    legend.replaceChildren(coloring.legend().node);
    refresh();
  });
  const section = builder
    .text(
      `Contours are at 25, 50 and 75 % of the peak density of each colour, from the points drawn; colours with fewer than ${fewForContours} points have none. Any two features can be chosen.`,
    )
    .add(element("div", { class: "controls" }, ...controls), legend)
    .grid("two", ...specs)
    .done();
  refresh = () => section.figures.forEach((f) => f.refresh());
  return section;
}

function planeFigure(
  report: Report,
  plane: { kind: string; x: number; y: number },
  index: number,
  coloring: Coloring,
): FigureSpec {
  const { recipe, sample, histograms } = report;
  const names = recipe.features.map((feature) => feature.name);
  let { x, y } = plane;
  // Leave a little room beyond the central values.
  const axis = (f: number): Axis => {
    const [low, high] = domain(histograms[f], -0.03, 1.03);
    return { low, high, logarithmic: histograms[f].logarithmic };
  };
  const drawable = (f: number, id: number): boolean => {
    const value = sample.features[f][id];
    return value !== null && (!histograms[f].logarithmic || value > 0);
  };

  const draw = (width: number, view: View): Drawing => {
    const legend = coloring.legend();
    const shown = legend.shown();
    const keys = coloring.apart ? shown.map((entry) => entry.key) : [0];
    const multiples = new Multiples(keys, width, 210);
    const ids = coloring.ids().filter((id) => drawable(x, id) && drawable(y, id));
    const place = {
      x: (id: number) => sample.features[x][id],
      y: (id: number) => sample.features[y][id],
    };
    const facet = (key: number): object =>
      coloring.apart ? { fx: () => multiples.x(key), fy: () => multiples.y(key) } : {};
    const facets = coloring.apart
      ? {
          fx: (id: number) => multiples.x(coloring.key(id)),
          fy: (id: number) => multiples.y(coloring.key(id)),
        }
      : {};
    const panel = (width - 60) / multiples.columns;
    return drawing({
      width,
      height: multiples.rows * Math.min(panel * 0.85, 460) + 46,
      marginLeft: 56,
      marginBottom: 40,
      marginTop: coloring.apart ? 26 : 8,
      marginRight: 12,
      fx: { axis: null, padding: 0.06 },
      fy: { axis: null, padding: 0.14 },
      x: {
        ...scaleOf(axis(x), view.x0, view.x1, axisName(recipe.features[x]), Math.max(2, Math.floor(panel / 75))),
        grid: true,
      },
      y: { ...scaleOf(axis(y), view.y0, view.y1, axisName(recipe.features[y]), 6), grid: true },
      marks: [
        Plot.frame({ stroke: "var(--line)" }),
        coloring.apart ? dots(ids, { ...place, r: 1, fillOpacity: 0.25, clip: true }) : null,
        dots(ids, {
          ...place,
          ...facets,
          look: (id) => coloring.look(id),
          r: 1.5,
          fillOpacity: 0.5,
          clip: true,
        }),
        ...shown
          .filter((entry) => entry.key >= 0)
          .map((entry) => ({ entry, members: ids.filter((id) => coloring.key(id) === entry.key) }))
          .filter(({ members }) => members.length >= fewForContours)
          .map(({ entry, members }) =>
            Plot.density(members, {
              ...place,
              ...facet(entry.key),
              stroke: entry.color,
              strokeWidth: 1.3,
              thresholds: 4,
              bandwidth: 14,
              clip: true,
            }),
          ),
        coloring.apart ? multiples.titles((key) => coloring.label(key)) : null,
        Plot.tip(
          ids,
          Plot.pointer({
            ...place,
            ...facets,
            maxRadius: 16,
            title: (id: number) =>
              `${coloring.describe(id)}\n${names[x]} ${figure(sample.features[x][id])}\n${names[y]} ${figure(sample.features[y][id])}`,
            ...tipStyle,
          }),
        ),
      ],
    });
  };

  return {
    id: `plane-${index}`,
    title: () => `${names[x]} and ${names[y]}`,
    description: `A plane of two features: the ${rowWord(report)} as points, coloured by group, class or cluster, and contours of density.`,
    caption: () => {
      const lost = sample.names.filter((_, id) => !drawable(x, id) || !drawable(y, id)).length;
      const without = `${counted(lost, `${rowName(report)} lacks`, `${rowWord(report)} lack`)} a feature or cannot be shown on a logarithmic axis.`;
      return `Each point is a ${rowName(report)}: ${names[y]} against ${names[x]}. ${drawnOf(report)}${lost ? ` Of them, ${without}` : ""}`;
    },
    legend: () => coloring.legend(),
    sharedLegend: true,
    controls: (redraw) => [
      select("x", names, x, (f) => {
        x = f;
        redraw();
      }),
      select("y", names, y, (f) => {
        y = f;
        redraw();
      }),
    ],
    zoom: "xy",
    draw,
  };
}
