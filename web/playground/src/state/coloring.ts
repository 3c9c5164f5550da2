// The colours of the points: by the values of a text column, or by a number on a scale.
import { interpolateViridis } from "d3-scale-chromatic";
import { useMemo } from "preact/hooks";
import type { Shape } from "../../../common/shapes.js";
import * as api from "../api.js";
import { noLook, otherLook, type Look } from "../../../common/palette.js";
import { lookOf, valuesOf } from "../components/facet.js";
import type { Colors } from "../points/raster.js";
import { columnOf, numericColumns, useCatalog } from "./catalog.js";
import { rgb } from "./colors.js";
import { useLoad } from "./load.js";
import { subsetCodes, subsets } from "./subsets.js";
import { isDark, onPaper } from "./theme.js";
import { query } from "./url.js";

export interface Scale {
  column: api.Column;
  low: number;
  high: number;
  isLog: boolean;
  /** The colour at a fraction of the scale, 0…1. */
  color(part: number): string;
}

export interface Coloring {
  name: string;
  codes: Uint8Array; // by source
  colors: Colors;
  scale: Scale | null; // of a number
  paper(): Colors; // for a figure, see onPaper
}

const shades = 250; // of a scale; the next one means missing
const unitRoles = ["probability", "probability of", "probability of group", "p_known"]; // 0 to 1

/** Colours by named subsets: the first that holds a source. */
export const bySubset = "subsets";
/** Of what is in no subset: paler, so that a subset of a few sources stands out. */
export const inNone: Look = { ...noLook, color: "var(--in-none)" };

export const coloredBy = (): string => query.value.get("colour") || "group";

export function colorOptions(catalog: api.Catalog) {
  const columns = numericColumns(catalog);
  const usual = ["probability", "tail_probability"].filter((name) =>
    columns.some((column) => column.name === name),
  );
  const titles: Record<string, string> = { tail_probability: "anomaly (tail probability)" };
  return [
    ...(subsets.value.length || coloredBy() === bySubset ? [{ value: bySubset, text: bySubset }] : []),
    ...["group", "class", ...usual].map((name) => ({ value: name, text: titles[name] ?? name })),
    ...columns
      .filter(({ name }) => !usual.includes(name))
      .map(({ name }) => ({ value: name, text: name, group: "Columns" })),
    ...["hard_class", "standing", "agreement"]
      .filter((name) => columnOf(catalog, name))
      .map((name) => ({ value: name, text: name, group: "Columns" })),
  ];
}

/** Colours that stand out from the background, light or dark; those of high values contrast
 *  most. */
function scaleColor(part: number): string {
  return interpolateViridis(isDark() ? 0.2 + 0.8 * part : 0.88 * (1 - part));
}

/** The range of most values, so that a few outliers do not use up the colours. */
function usual(values: Float32Array, isLog: boolean): [number, number] {
  const step = Math.max(1, Math.floor(values.length / 50000));
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += step)
    if (Number.isFinite(values[i]) && (!isLog || values[i] > 0)) sample.push(values[i]);
  sample.sort((a, b) => a - b);
  const at = (part: number): number => sample[Math.round(part * (sample.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.99)];
  return high > low ? [low, high] : [low, low + 1];
}

interface Coded {
  codes: Uint8Array;
  range: [number, number, boolean] | null;
  values: string[] | null;
}

async function load(catalog: api.Catalog, name: string): Promise<Coded> {
  if (name === bySubset)
    return {
      codes: await subsetCodes(catalog.sources),
      range: null,
      values: subsets.value.map((subset) => subset.name),
    };
  const column = columnOf(catalog, name);
  if (!column) throw new api.ApiError(`There is no column ${name}`, 404, "colour");
  if (column.type === "text") {
    const values = valuesOf(catalog, name, []);
    const places = (column.values ?? []).map((value) => values.indexOf(value));
    const codes = await api.codes(name);
    const missing = values.length;
    return {
      codes: Uint8Array.from(codes, (code) => Math.min(places[code] ?? missing, shades)),
      range: null,
      values,
    };
  }
  const values = await api.numbers(name);
  const isLog = name === "tail_probability" || name === "detections";
  const isPart = unitRoles.includes(column.role);
  const [low, high] = isPart ? [0, 1] : usual(values, isLog);
  const of = isLog ? Math.log : (x: number) => x;
  const [from, factor] = [of(low), (shades - 1) / (of(high) - of(low))];
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; ++i) {
    const at = (of(values[i]) - from) * factor;
    codes[i] = Number.isNaN(at) ? shades : Math.max(0, Math.min(shades - 1, at));
  }
  return { codes, range: [low, high, isLog], values: null };
}

function colorsOf(catalog: api.Catalog, name: string, coded: Coded): Colors {
  const palette = new Float32Array(3 * 256);
  const shapes = new Array<Shape>(256).fill("circle");
  const set = (shade: number, color: string) => palette.set(rgb(color), 3 * shade);
  const none = name === bySubset ? inNone.color : noLook.color;
  for (let shade = 0; shade < 256; ++shade) set(shade, none);
  coded.values?.forEach((value, i) => {
    if (i >= shades) return;
    const { color, shape } =
      name === bySubset
        ? otherLook(subsets.value[i]?.hue ?? i)
        : (lookOf(catalog, name, value) ?? otherLook(i));
    set(i, color);
    shapes[i] = shape;
  });
  if (coded.range) for (let i = 0; i < shades; ++i) set(i, scaleColor(i / (shades - 1)));
  return { palette, shapes, faint: rgb("var(--none)") };
}

export function useColoring() {
  const catalog = useCatalog();
  const name = coloredBy();
  const loaded = useLoad(async () => ({ name, coded: await load(catalog, name) }), [name, name === bySubset && subsets.value]);
  const dark = isDark();
  const coloring = useMemo<Coloring | null>(() => {
    if (!loaded.value) return null;
    const { name, coded } = loaded.value;
    const column = columnOf(catalog, name) as api.Column;
    const [low, high, isLog] = coded.range ?? [0, 1, false];
    return {
      name,
      codes: coded.codes,
      colors: colorsOf(catalog, name, coded),
      paper: () => onPaper(() => colorsOf(catalog, name, coded)),
      scale: coded.range && { column, low, high, isLog, color: scaleColor },
    };
  }, [loaded.value, dark]);
  return { coloring, error: loaded.error };
}
