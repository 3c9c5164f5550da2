// Images of the sky by Aladin Lite, in a frame of the page that shows the sources. The two keep
// their views in step with messages of the same origin:
//   to here    {type: "view", ra, dec, width}   degrees
//              {type: "sources", sources: [[ra, dec, "#rrggbb"], …], note}
//              {type: "settings", survey, footprint}
//   from here  {type: "ready"}, {type: "view", ra, dec, width}, {type: "settings", …}
// Nothing is asked of other hosts before the survey has answered.
import { reopen, watch } from "./gate.js";
import A, { type Aladin } from "aladin-lite";
import { footprintOfCatalog, isNumber, Overlays, positionsIn, type Marked } from "./overlays.js";
import { firstSurvey, located, surveyOf, surveys, titleOf } from "./surveys.js";
import "./images.css";

const hand_ms = 1500; // a movement this soon after user input was caused by it

const asked = new URLSearchParams(location.search);
function numberOf(name: string, fallback: number): number {
  const text = asked.get(name);
  return text && Number.isFinite(Number(text)) ? Number(text) : fallback;
}
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

const say = (message: object): void => window.parent.postMessage(message, location.origin);
const note = element("note"); // of the sources
const tableNote = element("table-note");
const select = element<HTMLSelectElement>("survey");
const address = element<HTMLInputElement>("address");
const footprintBox = element<HTMLInputElement>("footprint");
const removal = element<HTMLButtonElement>("removal");

let survey = surveyOf(asked.get("survey")) ?? firstSurvey;
let sky: { aladin: Aladin; overlays: Overlays } | null = null;
let moc: Record<string, number[]> | null = null;
let touched = -Infinity;
const started = A.init.then(
  () => null,
  (error: unknown) => `Aladin Lite could not start: ${error}. It needs WebGL 2.`,
);

/** Says what is wrong, with a button to try again. */
function trouble(text: string | null): void {
  element("trouble").hidden = text === null;
  element("what").textContent = text && `${text}.`.replace(/\.\.$/, ".");
}

/** What is said of the reader's table. */
function remark(text: string, isBad = false): void {
  tableNote.textContent = text;
  tableNote.classList.toggle("bad", isBad);
}

function start(url: string): void {
  const aladin = A.aladin("#sky", {
    survey: url,
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
  sky = { aladin, overlays: new Overlays(aladin) };
  const tell = (): void => {
    if (performance.now() - touched > hand_ms) return;
    const [ra, dec] = aladin.getRaDec();
    say({ type: "view", ra, dec, width: aladin.getFov()[0] });
  };
  aladin.on("positionChanged", tell);
  aladin.on("zoomChanged", tell);
  showFootprint();
  say({ type: "ready" });
}

let attempt = 0;
/** Shows the survey, once it has answered. */
async function show(): Promise<void> {
  const mine = ++attempt;
  reopen();
  trouble(null);
  try {
    const url = await located(survey);
    const failure = await started;
    if (failure) throw new Error(failure);
    if (mine !== attempt) return;
    if (sky) sky.aladin.setImageSurvey(url);
    else start(url);
  } catch (error) {
    if (mine === attempt) trouble(error instanceof Error ? error.message : `${error}`);
  }
}

const answers = (): Promise<boolean> => located(survey).then(
  () => true,
  () => false,
);

/** Writes what was chosen into the address, for the next attempt, and tells the page around. */
function keep(): void {
  const url = new URL(location.href);
  url.searchParams.set("survey", survey);
  url.searchParams.set("footprint", footprintBox.checked ? "on" : "");
  history.replaceState(null, "", url);
  say({
    type: "settings",
    survey: survey === firstSurvey ? null : survey,
    footprint: footprintBox.checked,
  });
}

function selectShown(): void {
  if (![...select.options].some(({ value }) => value === survey))
    select.add(new Option(titleOf(survey), survey), select.options.length - 1);
  select.value = survey;
  element("own").hidden = true;
}

function choose(next: string, isOurs = true): void {
  if (next === survey) return selectShown();
  survey = next;
  selectShown();
  if (isOurs) keep();
  void show();
}

function showFootprint(): void {
  if (moc) sky?.overlays.showFootprint(moc, footprintBox.checked);
}

async function bring(file: File | null | undefined): Promise<void> {
  if (!file) return;
  remark(`Reading ${file.name} …`);
  try {
    const positions = await positionsIn(file);
    const { rows, has_more, without_position } = positions;
    touched = performance.now(); // the map follows where the table leads
    sky?.overlays.showTable(positions);
    removal.hidden = false;
    removal.textContent = `${file.name} ×`;
    removal.title = `Remove ${file.name}`;
    remark(
      `${has_more ? "The first " : ""}${rows.length} ${rows.length === 1 ? "position" : "positions"}` +
        (without_position ? `; ${without_position} rows have none` : ""),
    );
  } catch (error) {
    remark(error instanceof Error ? error.message : `${error}`, true);
  }
}

function prepareBar(): void {
  for (const [id, title] of surveys) select.add(new Option(title, id));
  select.add(new Option("another, by its address …", ""));
  selectShown();
  select.addEventListener("change", () => {
    if (select.value) return choose(select.value);
    element("own").hidden = false;
    address.focus();
  });
  element("bar").addEventListener("submit", (event) => {
    event.preventDefault();
    const own = surveyOf(address.value);
    address.setCustomValidity(own ? "" : "The address of a HiPS, https://…, or an id such as CDS/P/SDSS9/color");
    if (!address.reportValidity() || !own) return;
    select.focus();
    choose(own);
  });
  address.addEventListener("input", () => address.setCustomValidity(""));
  const file = element<HTMLInputElement>("table");
  file.addEventListener("change", () => {
    void bring(file.files?.[0]);
    file.value = ""; // so that the same file can be chosen again
  });
  removal.addEventListener("click", () => {
    sky?.overlays.showTable(null);
    removal.hidden = true;
    remark("");
    select.focus();
  });
  footprintBox.addEventListener("change", () => {
    showFootprint();
    keep();
  });
  element("again").addEventListener("click", () => {
    // Aladin Lite does not ask again for what it was refused, so it starts anew.
    if (sky) location.reload();
    else void show();
  });
}

function listen(): void {
  for (const event of ["pointerdown", "pointermove", "pointerup", "wheel", "keydown"])
    window.addEventListener(event, () => (touched = performance.now()), { capture: true });
  window.addEventListener("dragover", (event) => event.preventDefault());
  // Aladin Lite would take the file for an image, and send it to a server in Strasbourg.
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    void bring(event.dataTransfer?.files[0]);
  };
  window.addEventListener("drop", drop, { capture: true });
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== window.parent) return;
    const message = event.data as Record<string, unknown>;
    if (message?.type === "view") {
      const { ra, dec, width } = message;
      if (!isNumber(ra) || !isNumber(dec) || !isNumber(width)) return;
      touched = -Infinity;
      sky?.aladin.gotoRaDec(ra, dec);
      sky?.aladin.setFoV(Math.min(180, width));
    } else if (message?.type === "sources" && Array.isArray(message.sources)) {
      sky?.overlays.showSources(message.sources as Marked[]);
      note.textContent = typeof message.note === "string" ? message.note : "";
    } else if (message?.type === "settings") {
      choose(surveyOf(`${message.survey ?? ""}`) ?? firstSurvey, false);
      if (footprintBox.checked === (message.footprint === true)) return;
      footprintBox.checked = message.footprint === true;
      showFootprint();
    }
  });
}

prepareBar();
listen();
watch(answers, () => trouble("There are no images any more: the survey no longer answers"));
footprintBox.checked = asked.get("footprint") === "on";
void footprintOfCatalog().then((found) => {
  moc = found;
  element("footprint-label").hidden = !found;
  showFootprint();
});
void show();
