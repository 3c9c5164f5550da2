// Several views side by side, linked by the selection and the marked source.
import { useEffect } from "preact/hooks";
import { Select } from "../components/basics.js";
import { FilterPanel } from "../components/filter_panel.js";
import { Fold } from "../components/fold.js";
import { Legend } from "../components/legend.js";
import { PointTools } from "../components/point_tools.js";
import { useCatalog } from "../state/catalog.js";
import { useColoring } from "../state/coloring.js";
import { parametersOf, SourceViewContext, ViewProvider } from "../state/view_parameters.js";
import { useSize } from "../state/size.js";
import { query } from "../state/url.js";
import {
  add,
  begin,
  canAdd,
  close,
  kinds,
  moveUp,
  placedViews,
  sharesOf,
  shift,
  titles,
  type Kind,
  type Placed,
} from "../views/layout.js";
import { HistogramView } from "../views/histogram.js";
import { PlaneView } from "../views/plane.js";
import { SkyView } from "../views/sky.js";
import { SourceView } from "../views/source.js";
import { TableView } from "../views/table.js";
import "../style/views.css";

const least = { width: 450, height: 330 }; // pixels of a view

function content(kind: Kind) {
  if (kind === "sky") return <SkyView />;
  if (kind === "plane") return <PlaneView />;
  if (kind === "histogram") return <HistogramView />;
  return kind === "table" ? <TableView /> : <SourceView />;
}

interface EdgeProps {
  name: "widths" | "heights";
  shares: number[];
  at: number; // after this column or row
  pixels: number; // of all
}

/** The edge between two columns or rows, which can be dragged, and moved by the arrow keys. */
function Edge({ name, shares, at, pixels }: EdgeProps) {
  const isColumn = name === "widths";
  const sum = shares.reduce((total, share) => total + share, 0);
  const before = shares.slice(0, at + 1).reduce((total, share) => total + share, 0) / sum;
  const keys = isColumn ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  return (
    <div
      class={`edge ${name}`}
      role="separator"
      tabIndex={0}
      aria-orientation={isColumn ? "vertical" : "horizontal"}
      aria-label={isColumn ? "Width of the views" : "Height of the views"}
      aria-valuenow={Math.round(100 * before)}
      style={{ [isColumn ? "left" : "top"]: `${100 * before}%` }}
      onKeyDown={(event) => {
        const step = keys.indexOf(event.key);
        if (step < 0) return;
        event.preventDefault();
        shift(name, shares, at, step ? 0.03 : -0.03);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const node = event.currentTarget;
        node.setPointerCapture(event.pointerId);
        const start = isColumn ? event.clientX : event.clientY;
        node.onpointermove = (to) =>
          shift(name, shares, at, ((isColumn ? to.clientX : to.clientY) - start) / pixels);
        node.onpointerup = node.onpointercancel = () => (node.onpointermove = null);
      }}
    />
  );
}

function Pane({ view, views, span }: { view: Placed; views: Placed[]; span: number }) {
  const title = titles[view.kind];
  const alike = views.filter(({ kind }) => kind === view.kind);
  const name = alike.length > 1 ? `${title} ${alike.indexOf(view) + 1}` : title;
  return (
    <section
      class={`pane pane-${view.kind}`}
      aria-label={name}
      style={{ gridColumn: `span ${span}` }}
    >
      <header>
        <h2>{name}</h2>
        {view !== views[0] && (
          <button
            type="button"
            aria-label={`Move ${name} forward`}
            title="Move forward"
            onClick={() => moveUp(views, view.id)}
          >
            ⇤
          </button>
        )}
        <button
          type="button"
          aria-label={`Close ${name}`}
          title="Close"
          onClick={() => close(views, view.id)}
        >
          ×
        </button>
      </header>
      <div class="pane-body">
        <ViewProvider value={parametersOf(view.id)}>{content(view.kind)}</ViewProvider>
      </div>
    </section>
  );
}

export function ViewsPage() {
  const { has_positions: hasPositions } = useCatalog();
  const { coloring } = useColoring();
  const { node, size } = useSize();
  query.value; // the layout is in the address
  const placed = placedViews();
  useEffect(() => {
    if (!placed) begin(hasPositions ? ["sky", "plane", "table", "source"] : ["plane", "plane", "table", "source"]);
  }, [placed === null]);
  const views = (placed ?? []).filter(({ kind }) => hasPositions || kind !== "sky");
  const columns = Math.max(1, Math.min(views.length, 4, Math.floor(size.width / least.width)));
  const rows = Math.max(1, Math.ceil(views.length / columns));
  const height = Math.max(size.height, rows * least.height);
  const [widths, heights] = [sharesOf("widths", columns), sharesOf("heights", rows)];
  const part = (shares: number[]): string => shares.map((share) => `minmax(0, ${share}fr)`).join(" ");
  return (
    <div class="work">
      <FilterPanel />
      <div class="views">
        <h1 class="hidden">Views</h1>
        <div class="views-tools">
          {canAdd(views) && (
            <Select
              label="Add"
              options={[
                { value: "", text: "a view …" },
                ...kinds
                  .filter((kind) => hasPositions || kind !== "sky")
                  .map((kind) => ({ value: kind, text: titles[kind] })),
              ]}
              value=""
              onChange={(kind) => kind && add(views, kind as Kind)}
            />
          )}
          <Fold label="Tools and legend" class="views-fold">
            <div class="tools">
              <PointTools />
              {coloring && <Legend coloring={coloring} />}
            </div>
          </Fold>
        </div>
        <div class="views-room" ref={node}>
          {placed?.length === 0 && <p class="empty">No view is open. Add one above.</p>}
          <div
            class="views-grid"
            style={{
              height: `${height}px`,
              gridTemplateColumns: part(widths),
              gridTemplateRows: part(heights),
            }}
          >
            <SourceViewContext.Provider value={views.some(({ kind }) => kind === "source")}>
              {size.width > 0 && views.map((view, i) => (
                <Pane
                  key={view.id}
                  view={view}
                  views={views}
                  span={i + 1 < views.length ? 1 : rows * columns - i}
                />
              ))}
            </SourceViewContext.Provider>
            {widths.slice(1).map((_, at) => (
              <Edge key={`w${at}`} name="widths" shares={widths} at={at} pixels={size.width} />
            ))}
            {heights.slice(1).map((_, at) => (
              <Edge key={`h${at}`} name="heights" shares={heights} at={at} pixels={height} />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
