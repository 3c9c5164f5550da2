// Selects the sources in a list of names or positions that is pasted, or dropped as a file.
import { useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import { listExpression, readList } from "../state/name_list.js";
import { select } from "../state/shape.js";

const mostBytes = 1_000_000;

export function ListField() {
  const [text, setText] = useState("");
  const [radius, setRadius] = useState(2);
  const [fault, setFault] = useState<string | null>(null);
  const listed = readList(text);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > mostBytes)
      return setFault(`${file.name} has ${count(file.size)} bytes; a list may have at most ${count(mostBytes)}.`);
    setText(await file.text());
    setFault(null);
  };
  const apply = (): void => {
    const expression = listExpression(listed, radius);
    if (expression) select(expression);
    else setFault("The list is empty: one name or position to a line.");
  };
  return (
    <details class="list-field">
      <summary>List of names or positions</summary>
      <textarea
        rows={4}
        spellcheck={false}
        aria-label="Names or positions, one to a line"
        placeholder={"One to a line, or drop a file here\n10.684 41.269\n00 42 44.3 +41 16 09"}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setFault(null);
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void take(event.dataTransfer?.files[0]);
        }}
      />
      <label>
        Within{" "}
        <input
          type="number"
          min={0.1}
          max={3600}
          step="any"
          value={radius}
          onChange={(event) => {
            const value = event.currentTarget.valueAsNumber;
            if (value > 0) setRadius(value);
          }}
        />{" "}
        arcsec of positions
      </label>
      <p class="hint" role="status">
        {count(listed.names.length)} names, {count(listed.positions.length)} positions
      </p>
      {fault && <small role="alert">{fault}</small>}
      <button type="button" class="button" onClick={apply}>
        Select them
      </button>
    </details>
  );
}
