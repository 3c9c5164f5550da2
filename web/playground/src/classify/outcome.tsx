// The result of a classification, by detection and by source: counts, rows, links to the sky and the
// planes, and the table as a file.
import { useState } from "preact/hooks";
import * as api from "../api.js";
import { Choice, ErrorBox, Link } from "../components/basics.js";
import { ClassBar } from "../components/class_bar.js";
import { ClassName } from "../components/class_name.js";
import { count, counted, figure } from "../../../common/numbers.js";
import type { Given } from "./given.js";
import { broughtPositions, classColumn, type Brought } from "../state/brought.js";
import { useCatalog } from "../state/catalog.js";
import { addressOf } from "../state/url.js";
import { ClassifiedRows } from "./classified_rows.js";
import { PositionsSubset } from "./positions_subset.js";

const formats = [
  ["votable", "VOTable", "vot"],
  ["fits", "FITS", "fits"],
  ["csv", "CSV", "csv"],
] as const;

const levels: [api.Level, string][] = [
  ["detections", "Per detection"],
  ["sources", "Per source"],
];

function Downloads(props: { given: Given; model: string; level: api.Level }) {
  const { given, model, level } = props;
  const [error, setError] = useState<unknown>(null);
  const save = async (format: string, ending: string): Promise<void> => {
    try {
      const url = URL.createObjectURL(await api.classifyFile(model, given, format, level));
      const link = document.createElement("a");
      link.href = url;
      const what = level === "sources" ? "sources" : "classes";
      link.download = `${given.name.replace(/\.(gz|[a-z]+)$/i, "")}_${what}.${ending}`;
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
        Download all {level === "sources" ? "sources" : "rows"}:
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

/** `model` is the model that was used. */
export function Outcome({ brought, model }: { brought: Brought; model: api.Model }) {
  const catalog = useCatalog();
  const [chosen, setLevel] = useState<api.Level>("detections");
  const { result, given } = brought;
  const single = result.read === 1 && result.rows.length === 1;
  const level = single || !result.sources ? "detections" : chosen;
  const part =
    level === "sources" && result.sources
      ? result.sources
      : { ...result, total: result.read, classified: result.classified };
  const at = (name: string): number => result.columns.indexOf(name);
  const probabilities: [string, number | null][] = model.classes.map((name) => {
    const probability = result.rows[0]?.[at(name)];
    return [name, typeof probability === "number" ? probability : null];
  });
  const which = level === "sources" ? ["detection ", "detections "] : ["", ""];
  const having = (number: number): string => counted(number, `${which[0]}has`, `${which[1]}have`);
  const hasPlaces =
    catalog.has_positions &&
    (broughtPositions(brought) ?? []).some(([ra, dec]) => Number.isFinite(ra + dec));
  return (
    <>
      <h2>
        {single ? (
          <ClassName name={result.rows[0][at(classColumn)] as string | null} />
        ) : (
          `${count(part.classified)} of ${counted(part.total, level.slice(0, -1))} classified`
        )}
      </h2>
      <p class="hint">
        {given.name} classified with {model.title[0].toLowerCase() + model.title.slice(1)}.
        {result.read === 0 && " The table has no rows."}
        {result.with_missing > 0 && ` ${having(result.with_missing)} missing values.`}
        {result.without_features > 0 &&
          ` ${having(result.without_features)} none of the features, and therefore no class.`}
        {result.without_class > 0 &&
          ` ${having(result.without_class)} no class: too few sources of known class are like ${result.without_class === 1 ? "it" : "them"}.`}
      </p>
      {result.absent.length > 0 && (
        <p class="note">
          {count(result.absent.length)} of {counted(model.features.length, "feature")}{" "}
          {result.absent.length === 1 ? "is" : "are"} not in the table ({result.absent.join(", ")}): the
          probabilities are computed without {result.absent.length === 1 ? "it" : "them"}.
        </p>
      )}
      {result.notes.map((note) => (
        <p class="note" key={note}>
          {note}.
        </p>
      ))}
      {result.sources && !single && (
        <Choice label="Classes" quiet options={levels} value={level} onChange={setLevel} />
      )}
      <Bars
        values={single ? probabilities : part.counts.map((one) => [one.value ?? "", one.count])}
        total={single ? 1 : Math.max(...part.counts.map((one) => one.count))}
      />
      <p>
        <Link href={addressOf("/properties")}>
          See {single ? "it" : "them"} among the catalog's sources
        </Link>{" "}
        on a plane of two features
        {hasPlaces && (
          <>
            {" "}
            or <Link href={addressOf("/")}>on the sky</Link>
          </>
        )}
        .
      </p>
      <PositionsSubset brought={brought} />
      <Downloads given={given} model={model.id} level={level} />
      {!single && (
        <ClassifiedRows
          label={`Classified ${level}`}
          columns={part.columns}
          rows={part.rows}
          total={part.total}
          classColumns={level === "sources" ? ["class", "hard_class"] : [classColumn]}
          identity={result.identity}
        />
      )}
    </>
  );
}
