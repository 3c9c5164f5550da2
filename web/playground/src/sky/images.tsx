// Images of the same part of the sky beside the map. They are a page of their own in a frame
// (web/images), which is sent the view and the sources in it. Which survey is shown, and whether
// the footprint of the catalog is, stands in the address.
import { useEffect, useRef } from "preact/hooks";
import { count, counted } from "../../../common/numbers.js";
import type { Frame } from "../api.js";
import type { PointPlot } from "../points/plot.js";
import { faint } from "../points/shades.js";
import { toPlane, type View } from "../points/view.js";
import { addressAt } from "../state/base.js";
import { useView } from "../state/view_parameters.js";
import { fromFrame } from "./frames.js";
import { unmollweide } from "./mollweide.js";
import { middleOf, widthOf } from "./sky_view.js";

const mostSources = 2000;

type Marked = [number, number, string]; // RA, Dec, colour

const hex = (value: number): string => Math.round(value).toString(16).padStart(2, "0");

/** The selected sources in view with their colours; null if there are too many. */
function sourcesIn(plot: PointPlot, frame: Frame): Marked[] | null {
  const { points, shades, colors } = plot;
  if (!points || !shades || !colors) return [];
  const view = plot.current();
  const size = plot.extent();
  const corners = [
    [0, 0],
    [size.width, 0],
    [0, size.height],
    [size.width, size.height],
  ].map(([left, top]) => toPlane(view, size, left, top));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const runs = points.runs(x0, y0, x1, y1);
  const result: Marked[] = [];
  for (let r = 0; r < runs.length; r += 2)
    for (let i = runs[r]; i < runs[r + 1]; ++i) {
      const [x, y, shade] = [points.xs[i], points.ys[i], shades.of[i]];
      if (shade >= faint || x < x0 || x > x1 || y < y0 || y > y1) continue;
      const place = unmollweide(x, y);
      if (!place) continue;
      if (result.length === mostSources) return null;
      const [ra, dec] = fromFrame(frame, ...place);
      const color = colors.palette.subarray(3 * shade, 3 * shade + 3);
      result.push([ra, dec, `#${[...color].map(hex).join("")}`]);
    }
  return result;
}

interface Props {
  frame: Frame;
  plot: PointPlot;
  view: View; // of the map
  changed: unknown[]; // other values that the sources depend on
  goTo: (ra: number, dec: number, width: number) => void;
}

export function Images({ frame, plot, view, changed, goTo }: Props) {
  const parameters = useView();
  const place = useRef<HTMLDivElement>(null);
  const node = useRef<HTMLIFrameElement | null>(null);
  const put = useRef(() => {});
  const ready = useRef(false);
  const told = useRef(""); // the view last sent to the images

  /** The width of the frame relative to that of the map. */
  const scaled = (): number =>
    node.current ? node.current.clientWidth / Math.max(1, plot.extent().width) : 1;
  const say = (message: object): void =>
    node.current?.contentWindow?.postMessage(message, location.origin);
  const here = (): { ra: number; dec: number; width: number } | null => {
    const middle = middleOf(frame, plot.current());
    if (!middle) return null;
    return {
      ra: middle[0],
      dec: middle[1],
      width: widthOf(plot.current(), plot.extent()) * scaled(),
    };
  };
  const keyOf = (ra: number, dec: number, width: number): string =>
    [ra / width, dec / width].map((value) => value.toFixed(2)).join() + width.toPrecision(3);

  const tellView = (): void => {
    const at = here();
    if (!at || keyOf(at.ra, at.dec, at.width) === told.current) return;
    told.current = keyOf(at.ra, at.dec, at.width);
    say({ type: "view", ...at });
  };
  const tellSources = (): void => {
    const sources = sourcesIn(plot, frame);
    const note = sources
      ? `${counted(sources.length, "source")} here`
      : `More than ${count(mostSources)} sources here: zoom in to see them`;
    say({ type: "sources", sources: sources ?? [], note });
  };

  useEffect(() => {
    const hear = (event: MessageEvent): void => {
      if (event.origin !== location.origin || event.source !== node.current?.contentWindow) return;
      const { type, ra, dec, width, survey, footprint } = event.data ?? {};
      if (type === "ready") {
        ready.current = true;
        told.current = "";
        tellView();
        tellSources();
      } else if (type === "view" && [ra, dec, width].every(Number.isFinite)) {
        told.current = keyOf(ra, dec, width);
        goTo(ra, dec, width / scaled());
      } else if (type === "settings") {
        const own = typeof survey === "string" ? survey : null;
        parameters.change({ survey: own, footprint: footprint === true ? "on" : null });
      }
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, [frame, plot, goTo]);

  useEffect(() => {
    if (!ready.current) return;
    tellView();
    const timer = setTimeout(tellSources, 120);
    return () => clearTimeout(timer);
  }, [view, frame, ...changed]);

  const survey = parameters.get("survey");
  const footprint = parameters.get("footprint") === "on";
  useEffect(() => {
    say({ type: "settings", survey, footprint });
  }, [survey, footprint]);

  useEffect(() => {
    if (!place.current) return;
    const at = here();
    const start = new URLSearchParams();
    if (at) {
      start.set("ra", at.ra.toFixed(6));
      start.set("dec", at.dec.toFixed(6));
      start.set("fov", `${Math.min(180, at.width)}`);
    }
    if (survey) start.set("survey", survey);
    if (footprint) start.set("footprint", "on");
    const frame = openFrame(place.current, addressAt(`/images?${start}`));
    node.current = frame.node;
    put.current = frame.put;
    return () => {
      node.current = null;
      put.current = () => {};
      frame.close();
    };
  }, []);

  useEffect(() => put.current()); // views may have changed their order

  return (
    <div class="images">
      <p>
        Images come from the CDS in Strasbourg and other archives. Your browser requests them
        directly, so their servers see your IP address and the part of the sky that you look at.
      </p>
      <div class="place" ref={place} />
    </div>
  );
}

/** A frame laid over `place`, but not part of it: Chromium crashes if a frame that runs Aladin Lite
 *  is removed from a page, so the frame must be emptied first. */
function openFrame(place: HTMLElement, address: string) {
  const node = document.createElement("iframe");
  node.className = "images-frame";
  node.title = "Images of the sky (Aladin Lite)";
  node.src = address;
  const put = (): void => {
    const { left, top, width, height } = place.getBoundingClientRect();
    Object.assign(node.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  };
  put();
  const observer = new ResizeObserver(put);
  observer.observe(place);
  window.addEventListener("resize", put);
  // Several views scroll within the page.
  const anywhere = { capture: true, passive: true };
  document.addEventListener("scroll", put, anywhere);
  document.body.append(node);
  return {
    node,
    put,
    close(): void {
      observer.disconnect();
      window.removeEventListener("resize", put);
      document.removeEventListener("scroll", put, anywhere);
      node.hidden = true;
      node.addEventListener("load", () => setTimeout(() => node.remove(), 1000));
      node.src = "about:blank";
    },
  };
}
