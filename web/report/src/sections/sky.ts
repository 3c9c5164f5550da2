// The sky in Galactic coordinates: Mollweide's equal-area map, longitude increasing to the left.
import * as Plot from "@observablehq/plot";
import { geoMollweide } from "d3-geo-projection";
import { dots, drawing, fontSize, Multiples, tipStyle } from "../chart.js";
import { Coloring, drawnOf } from "../coloring.js";
import { rowName, rowWord, whyLacking, type Report } from "../data.js";
import type { Drawing, Panel } from "../zoom.js";
import type { View } from "../view.js";
import { figure } from "../../../common/numbers.js";
import { SectionBuilder, type Section } from "./section.js";

const aspect = 2; // of the whole map

/** The projection that fills a frame with the visible part of the map. */
function projection(view: View) {
  return ({ width, height }: { width: number; height: number }) => {
    const zoom = 1 / (view.x1 - view.x0);
    const middle = { x: (view.x0 + view.x1) / 2 - 0.5, y: (view.y0 + view.y1) / 2 - 0.5 };
    // Mollweide's map of a unit sphere is 4 √2 wide in d3's units.
    const fit = Math.min(width / aspect, height) * (aspect / (4 * Math.SQRT2)) * 0.995;
    return geoMollweide()
      .reflectX(true)
      .precision(0.3)
      .scale(fit * zoom)
      .translate([width / 2 - middle.x * width * zoom, height / 2 + middle.y * height * zoom]);
  };
}

/** A longitude in the range 0…360. */
function longitudeText(l: number): string {
  return `${figure((((Math.round(l * 1e6) / 1e6) % 360) + 360) % 360, 8)}°`;
}

/** Lines of longitude and latitude, spaced to suit the view, and the positions of their labels. */
function graticule(view: View) {
  const parts = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
  const step = parts.find((degrees) => degrees <= 75 * (view.x1 - view.x0)) ?? 0.01;
  const middle = projection(view)({ width: aspect, height: 1 }).invert?.([aspect / 2, 0.5]) ?? [
    0, 0,
  ];
  const zoomless = step === 30;
  const center = zoomless ? [0, 0] : middle.map((degrees) => Math.round(degrees / step) * step);
  const around = (from: number, limit: number): number[] => {
    const result = [];
    for (let i = -7; i <= 7; ++i)
      if (Math.abs(from + i * step) <= limit) result.push(from + i * step);
    return result;
  };
  const longitudes = around(center[0], 180).filter((l) => l > -180);
  const latitudes = around(center[1], 89.99);
  const run = (from: number, to: number, of: (t: number) => [number, number]): [number, number][] =>
    Array.from({ length: 121 }, (_, i) => of(from + ((to - from) * i) / 120));
  const [b0, b1] = zoomless
    ? [-90, 90]
    : [Math.max(-90, center[1] - 8 * step), Math.min(90, center[1] + 8 * step)];
  const [l0, l1] = zoomless
    ? [-179.999, 179.999]
    : [Math.max(-179.999, center[0] - 8 * step), Math.min(179.999, center[0] + 8 * step)];
  const lines = [
    ...longitudes.filter((l) => l < 180).map((l) => run(b0, b1, (b) => [l, b])),
    ...latitudes.map((b) => run(l0, l1, (l) => [l, b])),
  ];
  return {
    lines: { type: "MultiLineString", coordinates: lines },
    longitudes: longitudes.filter((l) => Math.abs(l) < 170 || !zoomless),
    latitudes: latitudes.filter((b) => b !== 0 || !zoomless),
    center,
    zoomless,
  };
}

/** Null if the recipe of a run has no positions. */
export function skySection(report: Report): Section | null {
  const builder = new SectionBuilder("sky", "On the sky");
  const { sample, recipe } = report;
  const why = whyLacking(report, "sky");
  if (why) return builder.text(`There is no map. ${why}`).done();
  if (!recipe.has_positions) return null;
  if (!sample.l.length)
    return builder.text("The run's tables have no positions, so there is no map.").done();
  const coloring = new Coloring(report);
  const located = (id: number): boolean => sample.l[id] !== null;
  const longitude = (id: number): number =>
    (sample.l[id] as number) > 180 ? (sample.l[id] as number) - 360 : (sample.l[id] as number);

  const draw = (width: number, view: View): Drawing => {
    const legend = coloring.legend();
    const keys = coloring.apart ? legend.shown().map((entry) => entry.key) : [0];
    const multiples = new Multiples(keys, width, width > 1500 ? 480 : 330);
    const gap = 28;
    const panelWidth = (width - (multiples.columns - 1) * 16) / multiples.columns;
    const panelHeight = panelWidth / aspect;
    const top = coloring.apart ? gap : 4;
    const height = multiples.rows * panelHeight + (multiples.rows - 1) * gap + top + 4;
    const ids = coloring.ids().filter(located);
    const facets = coloring.apart
      ? {
          fx: (id: number) => multiples.x(coloring.key(id)),
          fy: (id: number) => multiples.y(coloring.key(id)),
        }
      : {};
    const cleanText = {
      stroke: "var(--paper)",
      strokeWidth: 3,
      strokeOpacity: 0.75,
      fill: "var(--muted)",
    } as const;
    const small = panelWidth < 420;
    const { lines, longitudes, latitudes, center, zoomless } = graticule(view);
    const few = (degrees: number[]): number[] =>
      small && zoomless ? degrees.filter((d) => [-90, 0, 90].includes(d)) : degrees;
    const plotted = drawing(
      {
        width,
        height,
        margin: 0,
        marginTop: top,
        marginBottom: 4,
        projection: projection(view) as unknown as Plot.ProjectionOptions,
        ...(coloring.apart
          ? {
              fx: {
                axis: null,
                paddingInner: multiples.columns > 1 ? 16 / (panelWidth + 16) : 0,
                paddingOuter: 0,
              },
              fy: {
                axis: null,
                paddingInner: multiples.rows > 1 ? gap / (panelHeight + gap) : 0,
                paddingOuter: 0,
              },
            }
          : {}),
        marks: [
          Plot.sphere({ fill: "var(--sky)", stroke: "none" }),
          Plot.geo([lines] as unknown as Plot.Data, {
            stroke: "var(--graticule)",
            strokeWidth: 0.8,
          }),
          dots(ids, {
            x: longitude,
            y: (id) => sample.b[id],
            look: (id) => coloring.look(id),
            r: small ? 1.2 : Math.min(2.4, 1 + width / 1000),
            fillOpacity: 0.75,
            ...facets,
          }),
          Plot.sphere({ stroke: "var(--muted)", strokeWidth: 1 }),
          Plot.text(few(longitudes), {
            x: (l: number) => l,
            y: center[1],
            dy: 9,
            text: longitudeText,
            fontSize: small ? 10 : 11,
            ...cleanText,
          }),
          Plot.text(few(latitudes), {
            x: center[0],
            y: (b: number) => b,
            dy: -7,
            text: (b: number) => `${b > 0 ? "+" : ""}${figure(b, 8)}°`,
            fontSize: 11,
            ...cleanText,
          }),
          coloring.apart ? multiples.titles((key) => coloring.label(key)) : null,
          Plot.tip(
            ids,
            Plot.pointer({
              x: longitude,
              y: (id: number) => sample.b[id],
              ...facets,
              maxRadius: 16,
              title: (id: number) =>
                `${coloring.describe(id)}\nl ${figure(sample.l[id], 6)}°, b ${figure(sample.b[id], 5)}°`,
              ...tipStyle,
              fontSize,
            }),
          ),
        ],
      },
      panels(multiples, panelWidth, panelHeight, top, gap),
    );
    return plotted;
  };

  return builder
    .grid("one", {
      id: "sky-map",
      title: report.rows_are_sources
        ? "Sources in Galactic coordinates"
        : "Detections in Galactic coordinates",
      description:
        `An all-sky map in Mollweide's projection: the Galactic centre in the middle, longitude increasing to the left, north up. The ${rowWord(report)} are points, coloured by group, class or cluster.`,
      caption: () =>
        `Each point is a ${rowName(report)} at its Galactic longitude and latitude, in degrees, on Mollweide's equal-area projection; the Galactic centre is in the middle, longitude increases to the left. ${drawnOf(report)}`,
      legend: () => coloring.legend(),
      controls: (redraw) => coloring.controls(redraw),
      zoom: "xy",
      draw,
    })
    .done();
}

function panels(
  multiples: Multiples,
  width: number,
  height: number,
  top: number,
  gap: number,
): Panel[] {
  const result: Panel[] = [];
  for (let row = 0; row < multiples.rows; ++row)
    for (let column = 0; column < multiples.columns; ++column)
      result.push({ left: column * (width + 16), top: top + row * (height + gap), width, height });
  return result;
}
