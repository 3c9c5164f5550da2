// A canvas of points with a tooltip and a card, for the sky and for planes of properties.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { PointPlot, type Answers, type Layers } from "../points/plot.js";
import { PointSet } from "../points/point_set.js";
import { shadesOf } from "../points/shades.js";
import type { Point, View } from "../points/view.js";
import type { Coloring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { selected } from "../state/selection.js";
import { isDark } from "../state/theme.js";
import { SourceCard, Tooltip } from "./source_peek.js";

interface Props extends Layers, Omit<Answers, "onHover" | "onPick"> {
  xy: Float32Array | null;
  coloring: Coloring | null;
  start: View | null;
  selects: boolean;
  alone: boolean; // draw only selected sources
  label: string;
  description: string;
  onPlot: (plot: PointPlot | null) => void;
  onPointer?: (at: Point | null) => void;
}

export function PointStage(props: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<PointPlot | null>(null);
  const [hover, setHover] = useState<{ id: number; at: Point } | null>(null);
  const [card, setCard] = useState<number | null>(null);
  const cardPlace = useRef<number | null>(null);

  useEffect(() => {
    if (!canvas.current) return;
    const made = new PointPlot(
      canvas.current,
      {
        below: (...all) => latest.current.below(...all),
        above(context, view, size) {
          latest.current.above(context, view, size);
          if (cardPlace.current !== null) ring(context, made, cardPlace.current);
        },
      },
      {
        whole: (size) => latest.current.whole(size),
        limit: (view, size) => latest.current.limit(view, size),
        resized: (...all) => latest.current.resized(...all),
        onView: (view, size) => latest.current.onView(view, size),
        onMove: (view, size) => latest.current.onMove(view, size),
        onLasso: (vertices) => latest.current.onLasso(vertices),
        onHover(id, at) {
          if (canvas.current) canvas.current.style.cursor = id === null ? "" : "pointer";
          setHover(id === null || !at ? null : { id: id + 1, at });
          latest.current.onPointer?.(at);
        },
        onPick(id) {
          setHover(null);
          setCard(id === null ? null : id + 1);
        },
      },
      props.start,
    );
    plot.current = made;
    props.onPlot(made);
    return () => {
      props.onPlot(null);
      made.close();
    };
  }, []);

  const points = useMemo(() => props.xy && new PointSet(props.xy), [props.xy]);
  const bits = selected.value?.bits;
  const codes = props.coloring?.codes;
  const shades = useMemo(
    () => points && codes && bits !== undefined && shadesOf(points, codes, bits, props.alone),
    [points, codes, bits, props.alone],
  );
  const dark = isDark();
  useEffect(() => {
    const to = plot.current;
    if (!to) return;
    to.points = points;
    to.shades = shades || null;
    to.colors = props.coloring?.colors ?? null;
    to.selects = props.selects;
    to.accent = cssColor("var(--accent)");
    cardPlace.current = card === null || !points ? null : points.ids.indexOf(card - 1);
    to.changed();
  }, [points, shades, props.coloring, props.selects, dark, card, props.below, props.above]);

  useEffect(() => {
    if (card === null) return;
    const close = (event: KeyboardEvent) => event.key === "Escape" && setCard(null);
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, [card]);

  return (
    <>
      <canvas
        ref={canvas}
        class={`points${props.selects ? " selects" : ""}`}
        tabIndex={0}
        role="application"
        aria-roledescription="map"
        aria-label={props.label}
        aria-description={props.description}
      />
      {hover && plot.current && (
        <Tooltip id={hover.id} at={hover.at} size={plot.current.extent()} />
      )}
      {card !== null && <SourceCard id={card} onClose={() => setCard(null)} />}
    </>
  );
}

/** Draws a ring around the source whose card is open. */
function ring(context: CanvasRenderingContext2D, plot: PointPlot, place: number): void {
  if (!plot.points || place < 0) return;
  context.beginPath();
  context.arc(...plot.onScreen(plot.points.xs[place], plot.points.ys[place]), 9, 0, 2 * Math.PI);
  context.strokeStyle = cssColor("var(--ink)");
  context.lineWidth = 1.5;
  context.stroke();
}
