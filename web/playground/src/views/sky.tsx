// A view of the sky: all sources on a Mollweide map.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { Choice, ErrorBox, Loading, Select, Toggle } from "../components/basics.js";
import { BroughtButton, useBroughtLook } from "../components/brought_look.js";
import { selectedNumber } from "../components/filter_panel.js";
import { FigureMenu, pointFigure } from "../components/figure_menu.js";
import { Fold } from "../components/fold.js";
import { Legend } from "../components/legend.js";
import { keysHint, PointStage } from "../components/point_stage.js";
import { drawsAlone, PointTools } from "../components/point_tools.js";
import { ZoomButtons } from "../components/zoom_buttons.js";
import { captionOf } from "../figure/caption.js";
import { paperWidth } from "../figure/figure.js";
import type { Layers, PointPlot } from "../points/plot.js";
import { toPlane, type Point, type Size, type View } from "../points/view.js";
import { drawErrorCircles, fewInView } from "../plane/error_bars.js";
import { useErrorRadii } from "../sky/error_radii.js";
import { broughtOnSky } from "../sky/brought_layer.js";
import { drawGround, drawLabels, graticule, isWhole, type Graticule, type Ink } from "../sky/graticule.js";
import { overlayStrips } from "../sky/overlays.js";
import { drawFields, drawLasso, drawMarker } from "../sky/overlay.js";
import {
  limited,
  middleOf,
  positionOf,
  viewAt,
  viewText,
  wholeSky,
  widthOf,
} from "../sky/sky_view.js";
import { halfHeight } from "../sky/mollweide.js";
import { Images } from "../sky/images.js";
import { Readout } from "../sky/readout.js";
import { brought } from "../state/brought.js";
import { useCatalog } from "../state/catalog.js";
import { coloredBy, useColoring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { regionsOnSky, select, skyCircle, skyPolygon, written } from "../state/shape.js";
import { useLoad } from "../state/load.js";
import { selected } from "../state/selection.js";
import { isDark } from "../state/theme.js";
import { arrivals, query } from "../state/url.js";
import { useView } from "../state/view_parameters.js";

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

export function SkyView() {
  const catalog = useCatalog();
  const own = useView();
  const { fields } = catalog.mission;
  const frame: api.Frame = own.get("frame") === "equatorial" ? "equatorial" : "galactic";
  const map = useLoad(async () => ({ frame, xy: await api.map(frame) }), [frame]);
  const { coloring, error: colorError } = useColoring();
  const named = own.get("fields") !== "off";
  const alone = drawsAlone();
  const images = catalog.aladin && own.get("images") === "on";
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
    const text = isTurned ? viewText(before.frame, to.current(), size) : own.get("view");
    const view = positionOf(text);
    const searched = positionOf(center);
    if (view) goToNow(view[0], view[1], view[2] ?? searchedWidth);
    else if (searched && !isTurned) goTo(searched[0], searched[1], searchedWidth, !before);
    else to.show(null);
  };
  useEffect(() => {
    if (plot.current) follow(plot.current.extent());
  }, [frame, arrivals.value]);

  const where = written();
  const dark = isDark();
  const broughtLook = useBroughtLook();
  const theirs = useMemo(
    () => brought.value && broughtOnSky(brought.value, frame, broughtLook),
    [dark, frame, brought.value, coloring?.name],
  );
  const radii = useErrorRadii();
  const makeLayers = (): Layers => {
    const ink = inkOf();
    const accent = cssColor("var(--accent)");
    const around = regionsOnSky(where, frame);
    const searched = positionOf(center);
    let lines: Graticule = { lines: [], labels: [], isWhole: true };
    return {
      below(context, view, size) {
        lines = graticule(view, size);
        drawGround(context, view, size, lines, ink);
      },
      above(context, view, size) {
        const taken = context instanceof CanvasRenderingContext2D ? overlayStrips(context.canvas) : [];
        if (named) taken.push(...drawFields(context, fields, frame, view, size, ink, taken));
        drawLabels(context, view, size, lines, ink, taken);
        drawLasso(context, around, view, size, accent);
        const to = plot.current;
        const places = radii && to?.points && to.shades && fewInView(to.points, to.shades, view, size);
        if (places && to.points)
          drawErrorCircles(context, to.points, places, radii, view, size, ink.name);
        theirs?.draw(context, view, size);
        if (searched) drawMarker(context, frame, searched, view, size, accent);
      },
    };
  };
  const layers = useMemo(makeLayers, [dark, frame, named, where, center, theirs, radii]);

  const number = selectedNumber(catalog.sources);
  const middle = seen && middleOf(frame, seen.view);
  const description =
    `Mollweide map in ${frame} coordinates with ${count(catalog.sources)} sources, ` +
    `${number === null ? "…" : count(number)} of them selected.` +
    (middle && seen
      ? ` Centre: right ascension ${middle[0].toFixed(3)}, declination ${middle[1].toFixed(3)} degrees; ${widthOf(seen.view, seen.size).toPrecision(3)} degrees wide.`
      : "") +
    ` ${keysHint} The table lists the same sources.`;

  return (
    <div class={images ? "with-images" : "alone"}>
      <section class="stage" aria-label={own.id ? undefined : "Map of the sky"}>
        {!own.id && <h1 class="hidden">Sky</h1>}
        <PointStage
          xy={map.value?.frame === frame ? map.value.xy : null}
          coloring={coloring}
          start={null}
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
            own.change({ view: viewText(frame, view, size) }, "on the way");
          }}
          onMove={() => {}}
          onMark={(outline, circle) => {
            const { sx, sy } = plot.current?.current() ?? wholeSky(seen?.size ?? noSize);
            const shape = circle ? skyCircle(frame, circle) : skyPolygon(frame, outline, sx, sy);
            if (shape) select(shape);
          }}
          below={layers.below}
          above={layers.above}
        />
        <Fold label="Tools" class="tools-fold">
          <div class="tools">
            <Choice
              label="Coordinates"
              quiet
              options={frames}
              value={frame}
              onChange={(value) => own.change({ frame: value === "galactic" ? null : value })}
            />
            {!own.id && <PointTools />}
            {fields.length > 0 && (
              <Toggle
                label="Fields"
                on={named}
                onChange={(on) => own.change({ fields: on ? null : "off" })}
              />
            )}
            {catalog.aladin && (
              <Toggle
                label="Images"
                on={images}
                onChange={(on) => own.change({ images: on ? "on" : null })}
              />
            )}
            <FigureMenu
              name="sky"
              columns={[]}
              svg={() => {
                const to = plot.current;
                if (!to) throw new Error("There is nothing to draw yet");
                const { width, height } = to.extent();
                const ratio = paperWidth / width;
                const now = to.current();
                const view = { ...now, sx: now.sx * ratio, sy: now.sy * ratio };
                // Around a map that is seen as a whole there is room only for its controls.
                const all = isWhole(now, to.extent()) ? 2 * halfHeight * view.sy + 24 : Infinity;
                return pointFigure(catalog, coloring, {
                  size: { width: paperWidth, height: Math.min(all, height * ratio) },
                  view,
                  layers: makeLayers(),
                  points: to.points,
                  shades: to.shades,
                  axes: null,
                  margins: null,
                  caption: captionOf(
                    catalog,
                    `Map of the sky (Mollweide, ${frame === "galactic" ? "Galactic" : "equatorial"} coordinates)`,
                    coloredBy(),
                  ),
                });
              }}
            />
            {theirs && <BroughtButton shown={theirs.count} />}
            {fields.length > 0 && (
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
            )}
          </div>
        </Fold>
        <ZoomButtons
          zoom={(factor) => plot.current?.zoomMiddle(factor)}
          selection={() => plot.current?.showSelected()}
          whole={() => plot.current?.show(null)}
        />
        {coloring && !own.id && (
          <Fold label="Legend" class="legend-fold">
            <Legend coloring={coloring} />
          </Fold>
        )}
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
  );
}
