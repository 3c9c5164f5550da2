// The run that made the catalog: the rows that it read, what became of them, its notes.
import { Fragment } from "preact";
import type { Run, RowCount } from "../api.js";
import { count } from "../../../common/numbers.js";
import "../style/about.css";

function Counts({ rows }: { rows: RowCount[] }) {
  return (
    <dl class="about-run">
      {rows.map(({ what, count: number }) => (
        <Fragment key={what}>
          <dt>{count(number)}</dt>
          <dd>{what}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

export function AboutRun({ run }: { run: Run }) {
  const { version, inputs, read, kept, losses, of_kept, notes } = run;
  return (
    <>
      <h2>The run</h2>
      {version && (
        <p>
          Made by uhuru {version}
          {inputs.length > 0 && ` from ${inputs.join(" and ")}`}.
          {read !== null && kept !== null && ` It read ${count(read)} rows and kept ${count(kept)}.`}
        </p>
      )}
      {losses.length > 0 && (
        <>
          <h3>Rows that were dropped</h3>
          <Counts rows={losses} />
        </>
      )}
      {of_kept.length > 0 && (
        <>
          <h3>Of the rows that were kept</h3>
          <Counts rows={of_kept} />
        </>
      )}
      <h3>Notes</h3>
      {notes.length === 0 ? (
        <p>The run had nothing to note.</p>
      ) : (
        <ul class="about-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}
