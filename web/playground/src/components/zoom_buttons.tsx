interface Props {
  zoom: (factor: number) => void;
  selection: () => void;
  whole: () => void;
}

export function ZoomButtons(props: Props) {
  return (
    <div class="zoom-buttons" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => props.zoom(2)}>
        +
      </button>
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out (−)"
        onClick={() => props.zoom(0.5)}
      >
        −
      </button>
      <button
        type="button"
        aria-label="Zoom to the selection"
        title="Zoom to the selection"
        onClick={props.selection}
      >
        ⊡
      </button>
      <button type="button" aria-label="Show all" title="Show all (0)" onClick={props.whole}>
        ⟲
      </button>
    </div>
  );
}
