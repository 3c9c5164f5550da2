export function ZoomButtons(props: { zoom: (factor: number) => void; whole: () => void }) {
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
      <button type="button" aria-label="Show all" title="Show all (0)" onClick={props.whole}>
        ⟲
      </button>
    </div>
  );
}
