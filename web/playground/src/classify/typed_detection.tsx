// A form for one detection, which is sent as a table of one row.
import { useState } from "preact/hooks";
import type { Model } from "../api.js";
import { figure } from "../../../common/numbers.js";
import type { Given } from "./given.js";

/** A quoted cell of CSV. */
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

export function TypedDetection(props: { model: Model; onGiven: (given: Given) => void }) {
  const { model, onGiven } = props;
  const [values, setValues] = useState<Record<string, string>>({});
  const typed = model.features.filter(({ name }) => (values[name] ?? "").trim() !== "");
  const submit = (): void => {
    const names = typed.map(({ name }) => quoted(name)).join(",");
    const cells = typed.map(({ name }) => quoted(values[name].trim())).join(",");
    const bytes = new Blob([`${names}\n${cells}\n`]);
    onGiven({ name: "one detection", file: "one detection.csv", bytes });
  };
  const fill = (): void =>
    setValues(Object.fromEntries(model.features.map(({ name, example }) => [name, `${Number(example.toPrecision(4))}`])));
  return (
    <form
      class="typed"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {model.features.map((feature) => (
        <label key={feature.name} title={feature.description}>
          <span>
            {feature.name}
            {feature.unit && <span class="unit"> {feature.unit}</span>}
          </span>
          <input
            type="number"
            step="any"
            placeholder={figure(feature.example, 4)}
            value={values[feature.name] ?? ""}
            onInput={(event) =>
              setValues({ ...values, [feature.name]: event.currentTarget.value })
            }
          />
        </label>
      ))}
      <p class="buttons">
        <button type="submit" class="button main" disabled={typed.length === 0}>
          Classify
        </button>
        <button type="button" class="button" onClick={fill}>
          Fill in typical values
        </button>
      </p>
      <p class="hint">
        Empty fields are missing values; the grey numbers are the medians of the training set.
      </p>
    </form>
  );
}
