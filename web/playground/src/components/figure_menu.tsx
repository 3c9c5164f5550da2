// Saves what a view shows as a figure, and the data behind it.
import { useState } from "preact/hooks";
import { downloadAddress } from "../api.js";
import { figureSvg, type FigureSpec, type LegendEntry } from "../figure/figure.js";
import { figureBlob, type FigureFormat } from "../figure/save_figure.js";
import { noLook, otherLook } from "../../../common/palette.js";
import { figure } from "../../../common/numbers.js";
import { titleOf, useCatalog } from "../state/catalog.js";
import { bySubset, type Coloring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { filters } from "../state/filters.js";
import { saveBlob } from "../state/save_blob.js";
import { subsets } from "../state/subsets.js";
import { onPaper } from "../state/theme.js";
import type { Catalog } from "../api.js";
import { lookOf, valuesOf } from "./facet.js";
import { Menu } from "./menu.js";

const formats: [FigureFormat, string][] = [
  ["svg", "SVG"],
  ["png", "PNG"],
  ["pdf", "PDF"],
];

/** The entries of the legend, in the colours of paper. */
export function legendOf(catalog: Catalog, name: string): LegendEntry[] {
  if (name === bySubset)
    return [
      ...subsets.value.map(({ name, hue }) => ({ text: name, ...otherLook(hue) })),
      { text: "in none", ...noLook },
    ].map(({ text, color, shape }) => ({ text, color: cssColor(color), shape }));
  return valuesOf(catalog, name, []).map((value, i) => {
    const { color, shape } = lookOf(catalog, name, value) ?? (value ? otherLook(i) : noLook);
    return { text: value || `no ${name}`, color: cssColor(color), shape };
  });
}

/** What a view of points gives; without `scale`, the legend is that of the colours. */
export type PointFigure = Omit<FigureSpec, "legend" | "scale" | "colors"> &
  Partial<Pick<FigureSpec, "scale">>;

const shades = 48; // of a colour bar

/** The figure of a view of points. */
export function pointFigure(catalog: Catalog, coloring: Coloring | null, made: PointFigure): string {
  if (!coloring) throw new Error("There is nothing to draw yet");
  const { scale: of } = coloring;
  const middle = of && (of.isLog ? Math.sqrt(of.low * of.high) : (of.low + of.high) / 2);
  const ownScale = of && {
    title: titleOf(of.column),
    ends: [of.low, middle, of.high].map((value) => figure(value)),
    colors: Array.from({ length: shades }, (_, i) => of.color(i / (shades - 1))),
  };
  const scale = made.scale ?? ownScale;
  const legend = scale ? [] : legendOf(catalog, coloring.name);
  return figureSvg({ ...made, colors: coloring.paper(), legend, scale });
}

interface Props {
  name: string; // of the file, without an ending
  columns: string[]; // of the data
  svg: () => string; // drawn on paper
}

export function FigureMenu({ name, columns, svg }: Props) {
  const catalog = useCatalog();
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (format: FigureFormat): Promise<void> => {
    setFault(null);
    setBusy(true);
    try {
      saveBlob(await figureBlob(onPaper(svg), format), `${name}.${format}`);
    } catch (error) {
      setFault(error instanceof Error ? error.message : `${error}`);
    }
    setBusy(false);
  };
  const data = [...new Set(["name", "ra", "dec", ...columns, "class", "group", "probability"])];
  const known = data.filter((one) => catalog.columns.some((column) => column.name === one));
  return (
    <Menu label="Figure" class="figure-menu">
      <p class="row">
        {formats.map(([format, title]) => (
          // Not disabled: that would take the focus away, and Escape could not close the menu.
          <button
            key={format}
            type="button"
            class="button"
            aria-disabled={busy}
            onClick={() => busy || save(format)}
          >
            {title}
          </button>
        ))}
      </p>
      <p>
        <a href={downloadAddress(filters.value, { columns: known, format: "csv" })} download>
          Data as CSV
        </a>
      </p>
      <p class="hint">180 mm wide, with legend and caption.</p>
      {fault && <small role="alert">{fault}</small>}
    </Menu>
  );
}
