// The controls shared by the sky and the planes of properties: colour, what dragging does, what is
// drawn.
import { useCatalog } from "../state/catalog.js";
import { colorOptions, coloredBy } from "../state/coloring.js";
import { mode, tool, type Mode, type Tool } from "../state/tool.js";
import { change, query } from "../state/url.js";
import { Select, Toggle } from "./basics.js";

/** Whether only selected sources are drawn. */
export const drawsAlone = (): boolean => query.value.get("only") === "selected";

const tools: { value: Tool; text: string }[] = [
  { value: "move", text: "moves" },
  { value: "lasso", text: "selects by lasso" },
  { value: "box", text: "selects by box" },
  { value: "circle", text: "selects by circle" },
];
export const modes: { value: Mode; text: string }[] = [
  { value: "new", text: "new selection" },
  { value: "add", text: "add to it" },
  { value: "subtract", text: "subtract from it" },
  { value: "intersect", text: "intersect with it" },
];

export function PointTools() {
  return (
    <>
      <Select
        label="Colour"
        options={colorOptions(useCatalog())}
        value={coloredBy()}
        onChange={(colour) => change({ colour: colour === "group" ? null : colour })}
      />
      <Select
        label="Drag"
        options={tools}
        value={tool.value}
        onChange={(value) => (tool.value = value as Tool)}
      />
      {tool.value !== "move" && (
        <Select
          label="as"
          options={modes}
          value={mode.value}
          onChange={(value) => (mode.value = value as Mode)}
        />
      )}
      <Toggle
        label="Only selected"
        on={drawsAlone()}
        onChange={(on) => change({ only: on ? "selected" : null })}
      />
    </>
  );
}
