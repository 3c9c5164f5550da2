// The sky: all sources on a Mollweide map.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { Choice, ErrorBox, Loading, Select, Toggle } from "../components/basics.js";
import { FilterPanel, selectedNumber } from "../components/filter_panel.js";
import { Legend } from "../components/legend.js";
import { PointStage } from "../components/point_stage.js";
import { drawsAlone, PointTools } from "../components/point_tools.js";
import { ZoomButtons } from "../components/zoom_buttons.js";
import { lassoText } from "../points/lasso.js";
import type { PointPlot } from "../points/plot.js";
import { toPlane, type Point, type Size, type View } from "../points/view.js";
import { drawGround, drawLabels, graticule, type Graticule, type Ink } from "../sky/graticule.js";
import { drawFields, drawLasso, drawMarker, fields, skyLasso } from "../sky/overlay.js";
import {
  limited,
  middleOf,
  positionOf,
  viewAt,
  viewText,
  wholeSky,
  widthOf,
} from "../sky/sky_view.js";
import { Images } from "../sky/images.js";
import { Readout } from "../sky/readout.js";
import { useCatalog } from "../state/catalog.js";
import { useColoring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { filter, only } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { selected } from "../state/selection.js";
import { isDark } from "../state/theme.js";
import { arrivals, change, query } from "../state/url.js";

const frames: [api.Frame, string][] = [
  ["galactic", "Galactic"],
  ["equatorial", "Equatorial"],
];
const noSize: Size = { width: 1, height: 1 };
const searchedWidth = 0.5; // degrees, around a position from the search

function inkOf(): Ink {
  return {
    line: cssColor("var(--graticule)"),
    label: cssColor("var(--muted)"),
    name: cssColor("var(--ink)"),
    ground: cssColor("var(--sky)"),
    limb: cssColor("var(--muted)"),
    sky: cssColor("var(--sky)"),
  };
}

export function SkyPage() {
  const catalog = useCatalog();
  const frame: api.Frame = query.value.get("frame") === "equatorial" ? "equatorial" : "galactic";
  const map = useLoad(async () => ({ frame, xy: await api.map(frame) }), [frame]);
  const { coloring, error: colorError } = useColoring();
  const [selects, setSelects] = useState(false);
  const named = query.value.get("fields") !== "off";
  const alone = drawsAlone();
  const images = catalog.aladin && query.value.get("images") === "on";
  const center = query.value.get("center");
  const plot = useRef<PointPlot | null>(null);
  const [pointer, setPointer] = useState<Point | null>(null);
  const [seen, setSeen] = useState<{ view: View; size: Size } | null>(null);

  /** Centres the map on a position. */
  const goTo = useCallback(
    (ra: number, dec: number, width: number, atOnce = false) => {
      const to = plot.current;
      if (!to) return;
      const target = viewAt(frame, ra, dec, width, to.extent());
      if (atOnce) to.show(target);
      else to.flyTo(target);
    },
    [frame],
  );
  const goToNow = useCallback(
    (ra: number, dec: number, width: number) => goTo(ra, dec, width, true),
    [goTo],
  );
  // Shows the view in the address once the canvas has a size, and whenever the reader arrives at
  // the address. When the frame changes, the centre stays.
  const shown = useRef<{ frame: api.Frame; arrival: number } | null>(null);
  const follow = (size: Size): void => {
    const [to, before, arrival] = [plot.current, shown.current, arrivals.value];
    if (!to || !size.width || (before?.frame === frame && before.arrival === arrival)) return;
    shown.current = { frame, arrival };
    const isTurned = before?.arrival === arrival;
    const text = isTurned ? viewText(before.frame, to.current(), size) : query.value.get("view");
    const view = positionOf(text);
    const searched = positionOf(center);
    if (view) goToNow(view[0], view[1], view[2] ?? searchedWidth);
    else if (searched && !isTurned) goTo(searched[0], searched[1], searchedWidth, !before);
    else to.show(null);
  };
  useEffect(() => {
    if (plot.current) follow(plot.current.extent());
  }, [frame, arrivals.value]);

  const lasso = only("sky");
  const dark = isDark();
  const layers = useMemo(() => {
    const ink = inkOf();
    const accent = cssColor("var(--accent)");
    const around = lasso ? skyLasso(lasso, frame) : [];
    const searched = positionOf(center);
    let lines: Graticule = { lines: [], labels: [], isWhole: true };
    return {
      below(context: CanvasRenderingContext2D, view: View, size: Size) {
        lines = graticule(view, size);
        drawGround(context, view, size, lines, ink);
      },
      above(context: CanvasRenderingContext2D, view: View, size: Size) {
        const taken = named ? drawFields(context, frame, view, size, ink) : [];
        drawLabels(context, view, size, lines, ink, taken);
        drawLasso(context, around, view, size, accent);
        if (searched) drawMarker(context, frame, searched, view, size, accent);
      },
    };
  }, [dark, frame, named, lasso, center]);

  const number = selectedNumber(catalog.sources);
  const middle = seen && middleOf(frame, seen.view);
  const description =
    `Mollweide map in ${frame} coordinates with ${count(catalog.sources)} sources, ` +
    `${number === null ? "…" : count(number)} of them selected.` +
    (middle && seen
      ? ` Centre: right ascension ${middle[0].toFixed(3)}, declination ${middle[1].toFixed(3)} degrees; ${widthOf(seen.view, seen.size).toPrecision(3)} degrees wide.`
      : "") +
    " Arrow keys pan, plus and minus zoom, 0 shows all, Enter opens the source nearest to the centre." +
    " The table lists the same sources.";

  return (
    <div class="work">
      <FilterPanel />
      <div class={images ? "with-images" : "alone"}>
        <section class="stage" aria-label="Map of the sky">
          <h1 class="hidden">Sky</h1>
          <PointStage
            xy={map.value?.frame === frame ? map.value.xy : null}
            coloring={coloring}
            start={null}
            selects={selects}
            alone={alone}
            label="Map of the sky"
            description={description}
            onPlot={(made) => (plot.current = made)}
            onPointer={setPointer}
            whole={wholeSky}
            limit={limited}
            resized={(view) => view}
            onView={(_, size) => {
              follow(size);
              const view = plot.current?.current();
              if (shown.current === null || !view) return;
              setSeen({ view, size });
              change({ view: viewText(frame, view, size) }, "on the way");
            }}
            onMove={() => {}}
            onLasso={(vertices) => {
              const { sx, sy } = plot.current?.current() ?? wholeSky(seen?.size ?? noSize);
              const corners = lassoText(vertices, sx, sy);
              if (corners) filter({ sky: `${frame},${corners}` });
            }}
            below={layers.below}
            above={layers.above}
          />
          <div class="tools">
            <Choice
              label="Coordinates"
              quiet
              options={frames}
              value={frame}
              onChange={(value) => change({ frame: value === "galactic" ? null : value })}
            />
            <PointTools selects={selects} setSelects={setSelects} />
            <Toggle
              label="Fields"
              on={named}
              onChange={(on) => change({ fields: on ? null : "off" })}
            />
            {catalog.aladin && (
              <Toggle
                label="Images"
                on={images}
                onChange={(on) => change({ images: on ? "on" : null })}
              />
            )}
            <Select
              label="Go to"
              options={[
                { value: "", text: "a field …" },
                ...fields.map(({ name }) => ({ value: name, text: name })),
              ]}
              value=""
              onChange={(name) => {
                const field = fields.find((one) => one.name === name);
                if (field) goTo(field.ra, field.dec, field.width * 1.6);
              }}
            />
          </div>
          <ZoomButtons
            zoom={(factor) => plot.current?.zoomMiddle(factor)}
            whole={() => plot.current?.show(null)}
          />
          {coloring && <Legend coloring={coloring} />}
          {seen && (
            <Readout
              frame={frame}
              place={
                pointer && plot.current
                  ? toPlane(plot.current.current(), seen.size, ...pointer)
                  : null
              }
              view={seen.view}
              size={seen.size}
            />
          )}
          {map.loading && <Loading what="positions" />}
          {(map.error ?? colorError) !== null && <ErrorBox error={map.error ?? colorError} />}
        </section>
        {images && seen && plot.current && (
          <Images
            frame={frame}
            plot={plot.current}
            view={seen.view}
            changed={[selected.value, coloring, map.value]}
            goTo={goToNow}
          />
        )}
      </div>
    </div>
  );
}
