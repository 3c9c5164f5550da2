// Plots two columns against each other, linked with the sky by the filters.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { Choice, ErrorBox, Loading, Select } from "../components/basics.js";
import { FilterPanel, selectedNumber } from "../components/filter_panel.js";
import { Legend } from "../components/legend.js";
import { PointStage } from "../components/point_stage.js";
import { drawsAlone, PointTools } from "../components/point_tools.js";
import { ZoomButtons } from "../components/zoom_buttons.js";
import { useClassColor } from "../components/class_name.js";
import { broughtLayer } from "../plane/brought_layer.js";
import { brought } from "../state/brought.js";
import { gridLines, XAxis, YAxis } from "../plane/axes.js";
import { Margin, marginsOf, type Margins } from "../plane/margins.js";
import {
  boxFrom,
  boxOf,
  boxText,
  limitedTo,
  mayBeLog,
  placesOf,
  seenOf,
  viewOf,
  type Box,
} from "../plane/plane_view.js";
import { lassoText, verticesOf } from "../points/lasso.js";
import type { PointPlot } from "../points/plot.js";
import { toScreen, type Size, type View } from "../points/view.js";
import { numericColumns, useCatalog } from "../state/catalog.js";
import { useColoring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { filter, only } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { selected } from "../state/selection.js";
import { isDark } from "../state/theme.js";
import { arrivals, change, query } from "../state/url.js";
import { drawLasso } from "../sky/overlay.js";

const unitBox: Box = { x0: 0, x1: 1, y0: 0, y1: 1 };
const marginBins = 72;
const scales: ["linear" | "log", string][] = [
  ["linear", "linear"],
  ["log", "log"],
];

/** The columns of the axes, and whether they are logarithmic, from the address. */
function useAxes() {
  const catalog = useCatalog();
  const numeric = numericColumns(catalog);
  const axis = (name: "x" | "y", other: number) => {
    const asked = query.value.get(name);
    const column = numeric.find((one) => one.name === asked) ?? numeric[other] ?? numeric[0];
    const isLog = query.value.get(`${name}scale`) === "log" && mayBeLog(column);
    return { column, isLog };
  };
  return { x: axis("x", 0), y: axis("y", 1) };
}

const titleOf = ({ name, unit }: api.Column): string => (unit ? `${name} (${unit})` : name);

function AxisControls({
  name,
  column,
  isLog,
}: {
  name: "x" | "y";
  column: api.Column;
  isLog: boolean;
}) {
  const catalog = useCatalog();
  const headings: Record<string, string> = {
    feature: "Features",
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
        onChange={(value) => change({ [name]: value, [`${name}scale`]: null, pview: null })}
      />
      {mayBeLog(column) && (
        <Choice
          label={`Scale of ${name}`}
          quiet
          options={scales}
          value={isLog ? "log" : "linear"}
          onChange={(value) =>
            change({ [`${name}scale`]: value === "log" ? "log" : null, pview: null })
          }
        />
      )}
    </div>
  );
}

export function PropertiesPage() {
  const catalog = useCatalog();
  const { x, y } = useAxes();
  const key = [x.column.name, y.column.name, x.isLog, y.isLog].join("\n");
  const values = useLoad(async () => {
    const [xs, ys] = await Promise.all([api.numbers(x.column.name), api.numbers(y.column.name)]);
    const xy = placesOf(xs, ys, x.isLog, y.isLog);
    return { key, xy, box: boxOf(xy) };
  }, [key]);
  const plane = values.value?.key === key ? values.value : null;
  const box = plane?.box ?? unitBox;
  const { coloring, error: colorError } = useColoring();
  const [selects, setSelects] = useState(false);
  const alone = drawsAlone();
  const plot = useRef<PointPlot | null>(null);
  const [seen, setSeen] = useState<{ view: View; size: Size } | null>(null);
  const [margins, setMargins] = useState<Margins | null>(null);

  useEffect(() => {
    if (!plane || !plot.current) return;
    const asked = boxFrom(query.value.get("pview"));
    plot.current.show(asked && viewOf(asked, plot.current.extent()));
  }, [plane, arrivals.value]);

  const countMargins = (): void => {
    const to = plot.current;
    if (!to?.points || !to.shades || to.shades.of.length !== to.points.size) return;
    setMargins(marginsOf(to.points, to.shades.of, to.current(), to.extent(), marginBins));
  };
  useEffect(() => {
    const timer = setTimeout(countMargins, 60);
    return () => clearTimeout(timer);
  }, [plane, coloring, selected.value, alone]);

  const lasso = only("plane");
  const isOwn =
    only("plane.x") === x.column.name &&
    only("plane.y") === y.column.name &&
    (only("plane.xscale") === "log") === x.isLog &&
    (only("plane.yscale") === "log") === y.isLog;
  const dark = isDark();
  const classColor = useClassColor();
  const layers = useMemo(() => {
    const [ground, line, accent] = ["--sky", "--graticule", "--accent"].map((name) =>
      cssColor(`var(${name})`),
    );
    const own = brought.value && broughtLayer(brought.value, x, y, classColor);
    const corners = lasso && isOwn ? verticesOf(lasso.split(",").map(Number)) : [];
    const around = corners.length > 2 ? [[...corners, corners[0]]] : [];
    return {
      below(context: CanvasRenderingContext2D, view: View, size: Size) {
        context.fillStyle = ground;
        context.fillRect(0, 0, size.width, size.height);
        const { x0, x1, y0, y1 } = seenOf(view, size);
        context.beginPath();
        for (const at of gridLines(x0, x1, x.isLog, size.width, 80)) {
          const left = Math.round(toScreen(view, size, at, 0)[0]) + 0.5;
          context.moveTo(left, 0);
          context.lineTo(left, size.height);
        }
        for (const at of gridLines(y0, y1, y.isLog, size.height, 50)) {
          const top = Math.round(toScreen(view, size, 0, at)[1]) + 0.5;
          context.moveTo(0, top);
          context.lineTo(size.width, top);
        }
        context.strokeStyle = line;
        context.lineWidth = 1;
        context.stroke();
      },
      above(context: CanvasRenderingContext2D, view: View, size: Size) {
        drawLasso(context, around, view, size, accent);
        own?.draw(context, view, size);
      },
      own,
    };
  }, [dark, key, lasso, isOwn, brought.value]);

  const part = seen ? seenOf(seen.view, seen.size) : box;
  // The selected sources with a missing value, or with a value that is not positive on a
  // logarithmic axis.
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
    <div class="work">
      <FilterPanel />
      <section class="plane" aria-label="Properties">
        <h1 class="hidden">Properties</h1>
        <div class="tools">
          <AxisControls name="x" {...x} />
          <AxisControls name="y" {...y} />
          <PointTools selects={selects} setSelects={setSelects} />
          {layers.own && (
            <button type="button" class="button" onClick={() => (brought.value = null)}>
              {count(layers.own.count)} of your detections ×
            </button>
          )}
          {coloring && <Legend coloring={coloring} />}
          {placeless > 0 && (
            <span class="hint">{count(placeless)} cannot be shown on these axes</span>
          )}
        </div>
        {margins && coloring && (
          <>
            <Margin counts={margins.x} bins={margins.bins} colors={coloring.colors} along="x" />
            <Margin counts={margins.y} bins={margins.bins} colors={coloring.colors} along="y" />
          </>
        )}
        <YAxis
          low={part.y0}
          high={part.y1}
          isLog={y.isLog}
          length={seen?.size.height ?? 0}
          name={titleOf(y.column)}
        />
        <div class="stage">
          <PointStage
            xy={plane?.xy ?? null}
            coloring={coloring}
            start={null}
            selects={selects}
            alone={alone}
            label={`${y.column.name} against ${x.column.name}`}
            description={
              `${number === null ? "…" : count(number)} of ${count(catalog.sources)} sources selected. ` +
              `${x.column.name}: ${x.column.description}. ${y.column.name}: ${y.column.description}. ` +
              "Arrow keys pan, plus and minus zoom, 0 shows all, Enter opens the source nearest to the centre."
            }
            onPlot={(made) => (plot.current = made)}
            whole={(size) => viewOf(box, size)}
            limit={(view, size) => limitedTo(box, view, size)}
            resized={(view, before, size) => viewOf(seenOf(view, before), size)}
            onView={(view, size) => {
              setSeen({ view, size });
              if (!plane || !size.width) return;
              countMargins();
              change({ pview: boxText(view, size, box) }, "on the way");
            }}
            onMove={(view, size) => setSeen({ view, size })}
            onLasso={(vertices) => {
              const { sx, sy } = plot.current?.current() ?? { sx: 1, sy: 1 };
              const plane = lassoText(vertices, sx, sy);
              if (!plane) return;
              filter({
                plane,
                "plane.x": x.column.name,
                "plane.y": y.column.name,
                "plane.xscale": x.isLog ? "log" : "linear",
                "plane.yscale": y.isLog ? "log" : "linear",
              });
            }}
            below={layers.below}
            above={layers.above}
          />
          <ZoomButtons
            zoom={(factor) => plot.current?.zoomMiddle(factor)}
            whole={() => plot.current?.show(null)}
          />
          {values.loading && <Loading what="values" />}
          {(values.error ?? colorError) !== null && <ErrorBox error={values.error ?? colorError} />}
        </div>
        <XAxis
          low={part.x0}
          high={part.x1}
          isLog={x.isLog}
          length={seen?.size.width ?? 0}
          name={titleOf(x.column)}
        />
      </section>
    </div>
  );
}
