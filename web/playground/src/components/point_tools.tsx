// The controls shared by the sky and the planes of properties: colour, lasso, what is drawn.
import { useCatalog } from "../state/catalog.js";
import { colorOptions, coloredBy } from "../state/coloring.js";
import { change, query } from "../state/url.js";
import { Select, Toggle } from "./basics.js";

/** Whether only selected sources are drawn. */
export const drawsAlone = (): boolean => query.value.get("only") === "selected";

export function PointTools(props: { selects: boolean; setSelects: (on: boolean) => void }) {
  return (
    <>
      <Select
        label="Colour"
        options={colorOptions(useCatalog())}
        value={coloredBy()}
        onChange={(colour) => change({ colour: colour === "group" ? null : colour })}
      />
      <Toggle label="Select" on={props.selects} onChange={props.setSelects} />
      <Toggle
        label="Only selected"
        on={drawsAlone()}
        onChange={(on) => change({ only: on ? "selected" : null })}
      />
    </>
  );
}
