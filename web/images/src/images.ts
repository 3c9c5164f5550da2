// Images of the sky by Aladin Lite, in a frame of the page that shows the sources. The two keep
// their views in step with messages of the same origin:
//   to here    {type: "view", ra, dec, width}   degrees
//              {type: "sources", sources: [[ra, dec, "#rrggbb"], …], note}
//   from here  {type: "ready"}, {type: "view", ra, dec, width}
import A, { type Aladin, type Catalog } from "aladin-lite";
import "./images.css";

const surveys: [string, string][] = [
  ["CDS/P/DSS2/color", "DSS2, optical"],
  ["CDS/P/2MASS/color", "2MASS, near infrared"],
  ["cxc.harvard.edu/P/cda/hips/allsky/rgb", "Chandra, X-rays"],
  ["erosita/dr1/rate/rgb", "eROSITA DR1, X-rays (western sky)"],
];
const hand_ms = 1500; // a movement this soon after user input was caused by it

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

function numberOf(name: string, fallback: number): number {
  const text = new URLSearchParams(location.search).get(name);
  return text && Number.isFinite(Number(text)) ? Number(text) : fallback;
}

const say = (message: object): void => window.parent.postMessage(message, location.origin);
const note = document.getElementById("note");

function start(): void {
  const aladin = A.aladin("#sky", {
    survey: surveys[0][0],
    target: `${numberOf("ra", 83.8221)} ${numberOf("dec", -5.3911)}`,
    fov: numberOf("fov", 1),
    cooFrame: "ICRSd",
    log: false, // send no usage statistics
    showReticle: false,
    showFrame: false,
    showCooLocation: false,
    showFov: false,
    showLayersControl: false,
    showFullscreenControl: false,
    showProjectionControl: false,
    showSimbadPointerControl: false,
    showGotoControl: false,
    showShareControl: false,
    showStatusBar: false,
    showContextMenu: false,
  });
  choose(aladin);
  const shown = new Map<string, Catalog>();
  let touched = -Infinity;
  for (const event of ["pointerdown", "pointermove", "pointerup", "wheel", "keydown"])
    window.addEventListener(event, () => (touched = performance.now()), { capture: true });

  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== window.parent) return;
    const message = event.data as Record<string, unknown>;
    if (message?.type === "view") {
      const { ra, dec, width } = message;
      if (!isNumber(ra) || !isNumber(dec) || !isNumber(width)) return;
      touched = -Infinity;
      aladin.gotoRaDec(ra, dec);
      aladin.setFoV(Math.min(180, width));
    } else if (message?.type === "sources" && Array.isArray(message.sources)) {
      show(aladin, shown, message.sources as [number, number, string][]);
      if (note) note.textContent = typeof message.note === "string" ? message.note : "";
    }
  });
  const tell = (): void => {
    if (performance.now() - touched > hand_ms) return;
    const [ra, dec] = aladin.getRaDec();
    say({ type: "view", ra, dec, width: aladin.getFov()[0] });
  };
  aladin.on("positionChanged", tell);
  aladin.on("zoomChanged", tell);
  say({ type: "ready" });
}

function choose(aladin: Aladin): void {
  const select = document.getElementById("survey") as HTMLSelectElement;
  for (const [id, title] of surveys) select.add(new Option(title, id));
  select.addEventListener("change", () => aladin.setImageSurvey(select.value));
}

/** Shows the sources, in one catalog per colour. */
function show(
  aladin: Aladin,
  shown: Map<string, Catalog>,
  sources: [number, number, string][],
): void {
  const byColor = new Map<string, unknown[]>([...shown.keys()].map((color) => [color, []]));
  for (const [ra, dec, color] of sources) {
    if (!isNumber(ra) || !isNumber(dec) || !/^#[0-9a-f]{6}$/.test(color)) continue;
    const list = byColor.get(color) ?? [];
    list.push(A.source(ra, dec));
    byColor.set(color, list);
  }
  for (const [color, list] of byColor) {
    let catalog = shown.get(color);
    if (!catalog) {
      catalog = A.catalog({ name: color, color, sourceSize: 12, shape: "circle" });
      shown.set(color, catalog);
      aladin.addCatalog(catalog);
    }
    catalog.removeAll();
    if (list.length) catalog.addSources(list);
  }
}

A.init.then(start, (error: unknown) => {
  if (note) note.textContent = `Aladin Lite could not start: ${error}. It needs WebGL 2.`;
});
