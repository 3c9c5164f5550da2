// A canvas of points with a tooltip and a card, for the sky and for planes of properties.
import { useSignalEffect } from "@preact/signals";
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { PointPlot, type Answers, type Layers } from "../points/plot.js";
import { PointSet } from "../points/point_set.js";
import { shadesOf } from "../points/shades.js";
import type { Point, View } from "../points/view.js";
import type { Coloring } from "../state/coloring.js";
import { cssColor } from "../state/colors.js";
import { hovered, opened } from "../state/marked.js";
import { selected } from "../state/selection.js";
import { isDark } from "../state/theme.js";
import { tool } from "../state/tool.js";
import { SourceViewContext } from "../state/view_parameters.js";
import { SourceCard, Tooltip } from "./source_peek.js";

interface Props extends Layers, Omit<Answers, "onHover" | "onPick"> {
  xy: Float32Array | null;
  coloring: Coloring | null;
  start: View | null;
  alone: boolean; // draw only selected sources
  drawsPoints?: boolean; // false: a layer shows their density
  label: string;
  description: string;
  onPlot: (plot: PointPlot | null) => void;
  onPointer?: (at: Point | null) => void;
}

export const keysHint =
  "Arrow keys pan, plus and minus zoom, 0 shows all, S selects what is in view, Enter opens the " +
  "source nearest to the centre.";

export function PointStage(props: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rings = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<PointPlot | null>(null);
  const [hover, setHover] = useState<{ id: number; at: Point } | null>(null);
  const [card, setCard] = useState<number | null>(null);
  const hasSourceView = useContext(SourceViewContext);

  /** Puts the rings around the marked sources, in whichever view they were marked. */
  const placeRings = (): void => {
    const { xy } = latest.current;
    const marked = [hovered.peek(), opened.peek()];
    marked.forEach((index, i) => {
      const node = rings.current?.children[i] as HTMLElement | undefined;
      if (!node) return;
      const [x, y] = xy && index !== null ? xy.subarray(2 * index, 2 * index + 2) : [];
      const at = Number.isFinite(x + y) && plot.current?.onScreen(x, y);
      node.hidden = !at;
      if (at) node.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
    });
  };
  useSignalEffect(() => {
    void [hovered.value, opened.value];
    placeRings();
  });

  useEffect(() => {
    if (!canvas.current) return;
    const made = new PointPlot(
      canvas.current,
      {
        below: (...all) => latest.current.below(...all),
        above: (...all) => latest.current.above(...all),
      },
      {
        whole: (size) => latest.current.whole(size),
        limit: (view, size) => latest.current.limit(view, size),
        resized: (...all) => latest.current.resized(...all),
        onView: (view, size) => latest.current.onView(view, size),
        onMove(view, size) {
          placeRings();
          latest.current.onMove(view, size);
        },
        onMark: (...all) => latest.current.onMark(...all),
        onHover(index, at) {
          if (canvas.current) canvas.current.style.cursor = index === null ? "" : "pointer";
          hovered.value = index;
          setHover(index === null || !at ? null : { id: index + 1, at });
          latest.current.onPointer?.(at);
        },
        onPick(index) {
          setHover(null);
          opened.value = index;
          setCard(index === null ? null : index + 1);
        },
      },
      props.start,
    );
    plot.current = made;
    props.onPlot(made);
    return () => {
      props.onPlot(null);
      made.close();
      hovered.value = null;
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
    to.tool = tool.value;
    to.drawsPoints = props.drawsPoints !== false;
    to.accent = cssColor("var(--accent)");
    to.changed();
  }, [points, shades, props.coloring, tool.value, dark, props.below, props.above]);

  const close = (): void => {
    setCard(null);
    opened.value = null;
  };
  useLayoutEffect(() => {
    if (card === null) return;
    const press = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [card]);

  return (
    <>
      <canvas
        ref={canvas}
        class={`points${tool.value === "move" ? "" : " selects"}`}
        tabIndex={0}
        role="application"
        aria-roledescription="map"
        aria-label={props.label}
        aria-description={props.description}
      />
      <div ref={rings} class="rings" aria-hidden="true">
        <i hidden />
        <i hidden />
      </div>
      {hover && plot.current && (
        <Tooltip id={hover.id} at={hover.at} size={plot.current.extent()} />
      )}
      {card !== null && !hasSourceView && <SourceCard id={card} onClose={close} />}
    </>
  );
}
