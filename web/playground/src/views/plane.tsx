// A view of a plane: two columns against each other.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { Choice, ErrorBox, Loading, Select, Toggle } from "../components/basics.js";
import { selectedNumber } from "../components/filter_panel.js";
import { FigureMenu, pointFigure } from "../components/figure_menu.js";
import { Fold } from "../components/fold.js";
import { ColorBar, Legend } from "../components/legend.js";
import { keysHint, PointStage } from "../components/point_stage.js";
import { drawsAlone, PointTools } from "../components/point_tools.js";
import { ZoomButtons } from "../components/zoom_buttons.js";
import { BroughtButton, useBroughtLook } from "../components/brought_look.js";
import { broughtLayer } from "../plane/brought_layer.js";
import { captionOf } from "../figure/caption.js";
import { paperWidth } from "../figure/figure.js";
import { brought } from "../state/brought.js";
import { gridLines, XAxis, YAxis } from "../plane/axes.js";
import { drawErrorBars, fewInView, type AxisLimits } from "../plane/error_bars.js";
import { densityColor, drawHexbins, hexbinsOf } from "../plane/hexbin.js";
import { Margin, marginsOf, type Margins } from "../plane/margins.js";
import {
  boxFrom,
  boxOf,
  boxText,
  limitedTo,
  placesOf,
  seenOf,
  viewOf,
  type Box,
} from "../plane/plane_view.js";
import { mayBeAsinh, mayBeLog, placer, type Axis, type ScaleName } from "../plane/scale.js";
import type { Layers, PointPlot } from "../points/plot.js";
import { toScreen, type Size, type View } from "../points/view.js";
import { numericColumns, titleOf, useCatalog } from "../state/catalog.js";
import { coloredBy, useColoring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { useLoad } from "../state/load.js";
import { selected } from "../state/selection.js";
import { isDark } from "../state/theme.js";
import { planePolygon, regionsOnPlane, select, written } from "../state/shape.js";
import { arrivals } from "../state/url.js";
import { useView } from "../state/view_parameters.js";
import { drawLasso } from "../sky/overlay.js";

const unitBox: Box = { x0: 0, x1: 1, y0: 0, y1: 1 };
const marginBins = 72;

/** The axes in the address. */
function useAxes(): { x: Axis; y: Axis } {
  const numeric = numericColumns(useCatalog());
  const own = useView();
  const axis = (name: "x" | "y", other: number): Axis => {
    const asked = own.get(name);
    const column = numeric.find((one) => one.name === asked) ?? numeric[other] ?? numeric[0];
    const scale = own.get(`${name}scale`) as ScaleName;
    const may = { linear: true, log: mayBeLog(column), asinh: mayBeAsinh(column) };
    return { column, scale: may[scale] ? scale : "linear" };
  };
  return { x: axis("x", 0), y: axis("y", 1) };
}

function AxisControls({ name, axis: { column, scale } }: { name: "x" | "y"; axis: Axis }) {
  const catalog = useCatalog();
  const own = useView();
  const scales: [ScaleName, string][] = [["linear", "linear"]];
  if (mayBeLog(column)) scales.push(["log", "log"]);
  if (mayBeAsinh(column)) scales.push(["asinh", "asinh"]);
  const setScale = (value: string): void =>
    own.change({ [`${name}scale`]: value === "linear" ? null : value, pview: null });
  const headings: Record<string, string> = {
    feature: "Features",
    carried: "From the input",
    "probability of": "Probabilities",
    "probability of group": "Probabilities of groups",
  };
  return (
    <div class="axis-controls" title={column.description}>
      <Select
        label={name}
        options={numericColumns(catalog).map((one) => ({
          value: one.name,
          text: titleOf(one),
          group: headings[one.role] ?? "Others",
        }))}
        value={column.name}
        onChange={(value) => own.change({ [name]: value, [`${name}scale`]: null, pview: null })}
      />
      {scales.length > 1 &&
        // Beside other views there is less room.
        (own.id ? (
          <Select
            label=""
            name={`Scale of ${name}`}
            options={scales.map(([value, text]) => ({ value, text }))}
            value={scale}
            onChange={setScale}
          />
        ) : (
          <Choice
            label={`Scale of ${name}`}
            quiet
            options={scales}
            value={scale}
            onChange={setScale}
          />
        ))}
    </div>
  );
}

/** The limits of both axes, if they are wanted and known. */
function useErrors(x: Axis, y: Axis, wanted: boolean): { x: AxisLimits; y: AxisLimits } | null {
  const key = [x.column.name, y.column.name, x.scale, y.scale].join("\n");
  const { value } = useLoad(
    wanted
      ? async () => {
          const limits = async (axis: Axis): Promise<AxisLimits> =>
            axis.column.errors?.length
              ? { values: await api.limits(axis.column.name), place: placer(axis) }
              : null;
          const [ofX, ofY] = await Promise.all([limits(x), limits(y)]);
          return { key, limits: { x: ofX, y: ofY } };
        }
      : null,
    [wanted, key],
  );
  return useMemo(() => (wanted && value?.key === key ? value.limits : null), [wanted, value, key]);
}

export function PlaneView() {
  const own = useView();
  if (numericColumns(useCatalog()).length) return <Plane />;
  return (
    <section>
      {!own.id && <h1 class="hidden">Properties</h1>}
      <p class="empty">The catalog has no numbers to plot.</p>
    </section>
  );
}

function Plane() {
  const catalog = useCatalog();
  const own = useView();
  const { x, y } = useAxes();
  const key = [x.column.name, y.column.name, x.scale, y.scale].join("\n");
  const values = useLoad(async () => {
    const [xs, ys] = await Promise.all([api.numbers(x.column.name), api.numbers(y.column.name)]);
    const xy = placesOf(xs, ys, x, y);
    return { key, xy, box: boxOf(xy) };
  }, [key]);
  const plane = values.value?.key === key ? values.value : null;
  const box = plane?.box ?? unitBox;
  const { coloring, error: colorError } = useColoring();
  const alone = drawsAlone();
  const plot = useRef<PointPlot | null>(null);
  const [seen, setSeen] = useState<{ view: View; size: Size } | null>(null);
  const [margins, setMargins] = useState<Margins | null>(null);

  // Shows the view in the address once its values are there, and whenever the reader arrives at the
  // address. The canvas may come to rest before this effect runs, and must not write its view then.
  const shown = useRef<{ plane: typeof plane; arrival: number } | null>(null);
  const follow = (): void => {
    const [to, before, arrival] = [plot.current, shown.current, arrivals.value];
    if (!plane || !to || (before?.plane === plane && before.arrival === arrival)) return;
    shown.current = { plane, arrival };
    const asked = boxFrom(own.get("pview"));
    to.show(asked && viewOf(asked, to.extent()));
  };
  useEffect(follow, [plane, arrivals.value]);

  const countMargins = (): void => {
    const to = plot.current;
    if (!to?.points || !to.shades || to.shades.of.length !== to.points.size) return;
    setMargins(marginsOf(to.points, to.shades.of, to.current(), to.extent(), marginBins));
  };
  useEffect(() => {
    const timer = setTimeout(countMargins, 60);
    return () => clearTimeout(timer);
  }, [plane, coloring, selected.value, alone]);

  const where = written();
  const dark = isDark();
  const broughtLook = useBroughtLook();
  const theirs = useMemo(
    () => brought.value && broughtLayer(brought.value, x, y, broughtLook),
    [dark, key, brought.value, coloring?.name],
  );
  const dense = own.get("density") === "on";
  const hasErrors = [x, y].some(({ column }) => column.errors?.length);
  const errors = useErrors(x, y, hasErrors && own.get("errors") === "on");
  const [tooMany, setTooMany] = useState(false);
  const [most, setMost] = useState(1); // sources in a hexagon on the screen
  const makeLayers = (): Layers => {
    const [ground, line, accent, ink] = ["--sky", "--graticule", "--accent", "--ink"].map((name) =>
      cssColor(`var(${name})`),
    );
    const around = regionsOnPlane(where, x, y);
    return {
      below(context, view, size) {
        context.fillStyle = ground;
        context.fillRect(0, 0, size.width, size.height);
        const { x0, x1, y0, y1 } = seenOf(view, size);
        context.beginPath();
        for (const at of gridLines(x, x0, x1, size.width, 80)) {
          const left = Math.round(toScreen(view, size, at, 0)[0]) + 0.5;
          context.moveTo(left, 0);
          context.lineTo(left, size.height);
        }
        for (const at of gridLines(y, y0, y1, size.height, 50)) {
          const top = Math.round(toScreen(view, size, 0, at)[1]) + 0.5;
          context.moveTo(0, top);
          context.lineTo(size.width, top);
        }
        context.strokeStyle = line;
        context.lineWidth = 1;
        context.stroke();
        const to = plot.current;
        if (!dense || !to?.points || !to.shades) return;
        const stride = to.points.size > 200_000 && to.isHurried() ? 5 : 1;
        const bins = hexbinsOf(to.points, to.shades, view, size, stride);
        if (stride === 1 && context instanceof CanvasRenderingContext2D) setMost(bins.most);
        drawHexbins(context, bins, view, size, isDark());
      },
      above(context, view, size) {
        const to = plot.current;
        if (errors && to?.points && to.shades) {
          const places = fewInView(to.points, to.shades, view, size);
          setTooMany(places === null);
          if (places) drawErrorBars(context, to.points, places, errors, view, size, ink);
        }
        drawLasso(context, around, view, size, accent);
        theirs?.draw(context, view, size);
      },
    };
  };
  const layers = useMemo(makeLayers, [dark, key, where, theirs, dense, errors]);

  const part = seen ? seenOf(seen.view, seen.size) : box;
  // The selected sources with a missing value, or with a value that has no place on its axis.
  const placeless = useMemo(() => {
    const bits = selected.value?.bits;
    let missing = 0;
    if (plane && bits !== undefined)
      for (let i = 0; 2 * i < plane.xy.length; ++i)
        if (!bits || (bits[i >> 3] >> (i & 7)) & 1)
          missing += Number(!Number.isFinite(plane.xy[2 * i] + plane.xy[2 * i + 1]));
    return missing;
  }, [plane, selected.value]);
  const number = selectedNumber(catalog.sources);
  return (
    <section class="plane" aria-label={own.id ? undefined : "Properties"}>
      {!own.id && <h1 class="hidden">Properties</h1>}
      <Fold label="Tools and legend" class="tools-fold">
        <div class="tools">
          <AxisControls name="x" axis={x} />
          <AxisControls name="y" axis={y} />
          {!own.id && <PointTools />}
          <Toggle
            label="Density"
            on={dense}
            onChange={(on) => own.change({ density: on ? "on" : null })}
          />
          {hasErrors && (
            <Toggle
              label="Errors"
              on={own.get("errors") === "on"}
              onChange={(on) => own.change({ errors: on ? "on" : null })}
            />
          )}
          {errors && tooMany && <span class="hint">Zoom in to see errors</span>}
          <FigureMenu
            name={`${x.column.name}_${y.column.name}`.replace(/\W+/g, "_")}
            columns={[x.column.name, y.column.name]}
            svg={() => {
              const to = plot.current;
              if (!to) throw new Error("There is nothing to draw yet");
              const { width, height } = to.extent();
              const size = { width: paperWidth, height: (paperWidth * height) / width };
              const shown = seenOf(to.current(), to.extent());
              const view = viewOf(shown, size);
              // Hexagons are larger or smaller parts of the plane than on the screen.
              const onPaper =
                dense && to.points && to.shades
                  ? hexbinsOf(to.points, to.shades, view, size).most
                  : 1;
              return pointFigure(catalog, coloring, {
                size,
                view,
                layers: makeLayers(),
                points: to.points,
                shades: to.shades,
                axes: {
                  x,
                  y,
                  titles: [titleOf(x.column), titleOf(y.column)],
                  low: [shown.x0, shown.y0],
                  high: [shown.x1, shown.y1],
                },
                margins,
                drawsPoints: !dense,
                scale: dense
                  ? {
                      title: "Selected sources in a hexagon",
                      ends: [1, Math.round(Math.sqrt(onPaper)), onPaper].map(count),
                      colors: Array.from({ length: 48 }, (_, i) =>
                        densityColor(onPaper ** (i / 47), onPaper, false),
                      ),
                    }
                  : undefined,
                caption: captionOf(catalog, `${y.column.name} against ${x.column.name}`, coloredBy()),
              });
            }}
          />
          {theirs && <BroughtButton shown={theirs.count} />}
          {dense && (
            <ColorBar
              title="Selected sources in a hexagon"
              values={[1, Math.round(Math.sqrt(most)), most]}
              color={(part) => densityColor(most ** part, most, dark)}
            />
          )}
          {coloring && !own.id && !dense && <Legend coloring={coloring} />}
          {placeless > 0 && (
            <span class="hint">{count(placeless)} cannot be shown on these axes</span>
          )}
        </div>
      </Fold>
      {margins && coloring && (
        <>
          <Margin counts={margins.x} bins={margins.bins} colors={coloring.colors} along="x" />
          <Margin counts={margins.y} bins={margins.bins} colors={coloring.colors} along="y" />
        </>
      )}
      <YAxis
        low={part.y0}
        high={part.y1}
        axis={y}
        length={seen?.size.height ?? 0}
        name={titleOf(y.column)}
      />
      <div class="stage">
        <PointStage
          xy={plane?.xy ?? null}
          coloring={coloring}
          start={null}
          alone={alone}
          label={`${y.column.name} against ${x.column.name}`}
          description={
            `${number === null ? "…" : count(number)} of ${count(catalog.sources)} sources selected. ` +
            `${x.column.name}: ${x.column.description}. ${y.column.name}: ${y.column.description}. ` +
            keysHint
          }
          onPlot={(made) => (plot.current = made)}
          whole={(size) => viewOf(box, size)}
          limit={(view, size) => limitedTo(box, view, size)}
          resized={(view, before, size) => viewOf(seenOf(view, before), size)}
          drawsPoints={!dense}
          onView={(view, size) => {
            setSeen({ view, size });
            if (!plane || !size.width) return;
            follow();
            const now = plot.current?.current() ?? view;
            countMargins();
            own.change({ pview: boxText(now, size, box) }, "on the way");
          }}
          onMove={(view, size) => setSeen({ view, size })}
          onMark={(outline) => {
            const { sx, sy } = plot.current?.current() ?? { sx: 1, sy: 1 };
            const shape = planePolygon(x, y, outline, sx, sy);
            if (shape) select(shape);
          }}
          below={layers.below}
          above={layers.above}
        />
        <ZoomButtons
          zoom={(factor) => plot.current?.zoomMiddle(factor)}
          selection={() => plot.current?.showSelected()}
          whole={() => plot.current?.show(null)}
        />
        {values.loading && <Loading what="values" />}
        {(values.error ?? colorError) !== null && <ErrorBox error={values.error ?? colorError} />}
      </div>
      <XAxis
        low={part.x0}
        high={part.x1}
        axis={x}
        length={seen?.size.width ?? 0}
        name={titleOf(x.column)}
      />
    </section>
  );
}
