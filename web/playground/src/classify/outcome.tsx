// The result of a classification: counts, rows, a link to the planes, and the table as a file.
import { useState } from "preact/hooks";
import * as api from "../api.js";
import { ErrorBox, Link } from "../components/basics.js";
import { CellText, isNumeric } from "../components/cell.js";
import { ClassBar } from "../components/class_bar.js";
import { ClassName } from "../components/class_name.js";
import { count, figure, percent } from "../../../common/numbers.js";
import type { Given } from "./given.js";
import { classColumn, type Brought } from "../state/brought.js";
import { addressOf } from "../state/url.js";

const formats = [
  ["votable", "VOTable", "vot"],
  ["fits", "FITS", "fits"],
  ["csv", "CSV", "csv"],
] as const;

function Downloads({ given, model }: { given: Given; model: string }) {
  const [error, setError] = useState<unknown>(null);
  const save = async (format: string, ending: string): Promise<void> => {
    try {
      const url = URL.createObjectURL(await api.classifyFile(model, given.bytes, format));
      const link = document.createElement("a");
      link.href = url;
      link.download = `${given.name.replace(/\.(gz|[a-z]+)$/i, "")}_classes.${ending}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      setError(null);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      <p class="buttons">
        Download all rows:
        {formats.map(([format, title, ending]) => (
          <button key={format} type="button" class="button" onClick={() => save(format, ending)}>
            {title}
          </button>
        ))}
      </p>
      {error !== null && <ErrorBox error={error} />}
    </>
  );
}

function Bars({ values, total }: { values: [string, number | null][]; total: number }) {
  const unknown = values.some(([, value]) => value !== null) ? "not learned" : "–";
  return (
    <table class="probabilities">
      <tbody>
        {values.map(([name, value]) => (
          <tr key={name}>
            <ClassBar name={name} part={(value ?? 0) / (total || 1)} />
            <td class="number">
              {value === null ? unknown : total === 1 ? figure(value) : count(value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const mostShown = 100;

/** `model` is the model that was used. */
export function Outcome({ brought, model }: { brought: Brought; model: api.Model }) {
  const { result, given } = brought;
  const single = result.read === 1 && result.rows.length === 1;
  const at = (name: string): number => result.columns.indexOf(name);
  const probabilities: [string, number | null][] = model.classes.map((name) => {
    const probability = result.rows[0]?.[at(name)];
    return [name, typeof probability === "number" ? probability : null];
  });
  const columns = result.columns
    .map((name, place) => ({
      place,
      column: {
        name,
        role: name === classColumn ? "class" : name === "ra" || name === "dec" ? name : "",
        type: typeof (result.rows.find((row) => row[place] !== null)?.[place] ?? "") === "number"
          ? ("number" as const)
          : ("text" as const),
      },
    }))
    .filter(({ place }) => result.rows.some((row) => row[place] !== null));
  return (
    <>
      <h2>
        {single ? (
          <ClassName name={result.rows[0][at(classColumn)] as string | null} />
        ) : (
          `${count(result.classified)} of ${count(result.read)} detections classified`
        )}
      </h2>
      <p class="hint">
        {given.name} classified with {model.title.toLowerCase()}.
        {result.read === 0 && " The table has no rows."}
        {result.with_missing > 0 && ` ${count(result.with_missing)} have missing values.`}
        {result.without_features > 0 &&
          ` ${count(result.without_features)} have none of the features, and therefore no class.`}
        {result.without_class > 0 &&
          ` ${count(result.without_class)} have no class: too few sources of known class are like them.`}
      </p>
      {result.absent.length > 0 && (
        <p class="note">
          {count(result.absent.length)} of {count(model.features.length)} features are not in the
          table ({result.absent.join(", ")}): the probabilities are computed without them.
        </p>
      )}
      {result.notes.map((note) => (
        <p class="note" key={note}>
          {note}.
        </p>
      ))}
      <Bars
        values={single ? probabilities : result.counts.map((one) => [one.value ?? "", one.count])}
        total={single ? 1 : Math.max(...result.counts.map((one) => one.count))}
      />
      <p>
        <Link href={addressOf("/properties")}>
          See {single ? "it" : "them"} among the catalog's sources
        </Link>{" "}
        on a plane of two features.
      </p>
      <Downloads given={given} model={model.id} />
      {!single && (
        <>
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Classified detections">
            <table class="data">
              <thead>
                <tr>
                  {columns.map(({ column }) => (
                    <th key={column.name} scope="col" class={isNumeric(column) ? "number" : ""}>
                      <span>{column.name}</span>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {result.rows.slice(0, mostShown).map((row, r) => (
                  <tr key={r}>
                    {columns.map(({ column, place }) => (
                      <td key={column.name} class={isNumeric(column) ? "number" : ""}>
                        <CellText value={row[place]} column={column} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {result.read > mostShown && (
            <p class="hint">
              The first {count(Math.min(mostShown, result.rows.length))} rows (
              {percent(Math.min(mostShown, result.rows.length), result.read)}); the downloads have all
              rows.
            </p>
          )}
        </>
      )}
    </>
  );
}
