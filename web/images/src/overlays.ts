// What is drawn over the images: the sources of the catalog, its footprint, and a table of the
// reader's.
import A, { type Aladin, type Catalog, type Moc } from "aladin-lite";

export type Marked = [number, number, string]; // RA, Dec, colour
/** The answer of /api/positions. */
export interface Positions {
  rows: [string | null, number, number][];
  has_more: boolean;
  without_position: number;
}

const tableColor = "#ffd84d";
const mostNames = 300; // that are written beside their positions

export const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** A path of this server. */
export const here = (path: string): string => new URL(path, document.baseURI).href;

export class Overlays {
  private readonly sources = new Map<string, Catalog>(); // by colour
  private table: Catalog | null = null;
  private footprint: Moc | null = null;

  constructor(private readonly aladin: Aladin) {}

  /** Shows the sources, in one catalog per colour. */
  showSources(sources: Marked[]): void {
    const byColor = new Map<string, unknown[]>([...this.sources.keys()].map((color) => [color, []]));
    for (const [ra, dec, color] of sources) {
      if (!isNumber(ra) || !isNumber(dec) || !/^#[0-9a-f]{6}$/.test(color)) continue;
      const list = byColor.get(color) ?? [];
      list.push(A.source(ra, dec));
      byColor.set(color, list);
    }
    for (const [color, list] of byColor) {
      let catalog = this.sources.get(color);
      if (!catalog) {
        catalog = A.catalog({ name: color, color, sourceSize: 12, shape: "circle" });
        this.sources.set(color, catalog);
        this.aladin.addCatalog(catalog);
      }
      catalog.removeAll();
      if (list.length) catalog.addSources(list);
    }
  }

  /** Shows positions instead of those shown before; null removes them. */
  showTable(positions: Positions | null): void {
    this.table?.removeAll();
    if (!positions?.rows.length) return;
    // Names appear or not as a catalog is made, so each table has its own.
    if (this.table) this.aladin.removeOverlay(this.table);
    this.table = A.catalog({
      name: "table",
      color: tableColor,
      sourceSize: 16,
      shape: "square",
      displayLabel: positions.rows.length <= mostNames && positions.rows.some(([name]) => name),
      labelColumn: "name",
      labelColor: tableColor,
      labelFont: "13px sans-serif",
    });
    this.aladin.addCatalog(this.table);
    this.table.addSources(positions.rows.map(([name, ra, dec]) => A.source(ra, dec, { name: name ?? "" })));
    const [ra, dec] = this.aladin.getRaDec();
    const near = Math.max(...this.aladin.getFov()) / 2;
    if (!positions.rows.some(([, r, d]) => separation(ra, dec, r, d) < near))
      this.aladin.gotoRaDec(positions.rows[0][1], positions.rows[0][2]);
  }

  /** Shows or hides the footprint, a MOC as JSON. */
  showFootprint(moc: Record<string, number[]>, on: boolean): void {
    if (!this.footprint && on) {
      this.footprint = A.MOCFromJSON(moc, { color: "#ffffff", lineWidth: 2, perimeter: true });
      this.aladin.addMOC(this.footprint);
    } else if (on) this.footprint?.show();
    else this.footprint?.hide();
  }
}

/** The angle between two positions in degrees. */
function separation(ra: number, dec: number, otherRa: number, otherDec: number): number {
  const [a, b, c] = [dec, otherDec, otherRa - ra].map((degrees) => (degrees * Math.PI) / 180);
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(c);
  return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
}

/** The footprint of the catalog; null if the server has none. */
export async function footprintOfCatalog(): Promise<Record<string, number[]> | null> {
  try {
    const response = await fetch(here("api/moc"));
    return response.ok ? ((await response.json()) as Record<string, number[]>) : null;
  } catch {
    return null;
  }
}

/** The positions in a file, which the server reads. The message of an error is for the reader. */
export async function positionsIn(file: File): Promise<Positions> {
  const query = new URLSearchParams({ file: file.name });
  const response = await fetch(here(`api/positions?${query}`), { method: "POST", body: file });
  if (response.ok) return (await response.json()) as Positions;
  const text = await response.text();
  let error: Record<string, string> = { message: `${file.name}: ${text.slice(0, 200)}` };
  try {
    error = (JSON.parse(text) as { error: Record<string, string> }).error;
  } catch {
    // Not every answer is JSON.
  }
  throw new Error(
    [error.where, error.message].filter(Boolean).join(": ") +
      (error.expected ? `; expected ${error.expected}` : "") +
      (error.found ? `; found ${error.found}` : ""),
  );
}
