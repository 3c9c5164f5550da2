// What the probabilities mean, and how good they are according to a validation of the run.
import type { Run, Score, Scores } from "../api.js";
import { ranking } from "../components/caveat.js";
import { count, figure } from "../../../common/numbers.js";
import "../style/table.css";
import "../style/about.css";

const columns: [keyof Scores, string][] = [
  ["accuracy", "Accuracy"],
  ["balanced_accuracy", "Balanced accuracy"],
  ["macro_f1", "Macro F1"],
  ["log_loss", "Log loss"],
  ["calibration_error", "Calibration error"],
];

function Meaning({ method }: { method: string }) {
  if (method !== "bayes" && method !== ranking)
    return <p>They are those of the table from which the catalog was made.</p>;
  return method === "bayes" ? (
    <p>
      The probabilities are calibrated on sources that were left out of learning: of the sources that
      are said to be of a class with probability 0.3, three in ten should be, if sources are drawn as
      the run's prior says. Detections of a source are combined as evidence that is not independent.
    </p>
  ) : (
    <p>
      The probabilities compare distances to the classes within a cluster, p ∝ exp(−d²), without priors
      and without the spread of a class. They rank the classes well, but they are strongly
      overconfident: use them as rankings, not as frequencies. For the latter, classify with method
      bayes.
    </p>
  );
}

function Value({ score }: { score: Score | null }) {
  if (!score) return <td class="number">–</td>;
  const { value, low, high } = score;
  return (
    <td class="number">
      {figure(value)}{" "}
      {low !== null && high !== null && (
        <span class="interval">
          ({figure(low)} to {figure(high)})
        </span>
      )}
    </td>
  );
}

function Validation({ found, run }: { found: NonNullable<Run["validation"]>; run: Run }) {
  const shown = columns.filter(([key]) => found.scores.some((one) => one[key] !== null));
  const hasIntervals = found.scores.some(({ accuracy }) => accuracy?.low != null);
  const isOther = found.method !== run.method || found.recipe !== run.recipe;
  return (
    <>
      <p>
        By cross-validation
        {found.split.folds && ` with ${found.split.folds} folds`}
        {found.split.by && `, split by ${found.split.by}`}
        {found.sources !== null &&
          `, on ${count(found.detections ?? 0)} detections of ${count(found.sources)} sources of known class`}
        {found.scores_count && `; scores count ${found.scores_count}`}.
        {hasIntervals && " In brackets: 95 % intervals by bootstrap over sources."}
        {isOther && (
          <strong>
            {" "}
            It validates recipe {found.recipe}, method {found.method}, which is not that of this
            catalog.
          </strong>
        )}
      </p>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Scores">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">
                <span>Of</span>
              </th>
              {shown.map(([key, title]) => (
                <th key={key} scope="col" class="number">
                  <span>{title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.scores.map((one) => (
              <tr key={`${one.level} ${one.of}`}>
                <th scope="row">
                  {one.level}, {one.of}
                </th>
                {shown.map(([key]) => (
                  <Value key={key} score={one[key] as Score | null} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.notes.length > 0 && (
        <ul class="about-notes">
          {found.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

export function AboutQuality({ method, run }: { method: string; run: Run }) {
  return (
    <>
      <h2>What the probabilities mean</h2>
      <Meaning method={method} />
      <h3>How good they are</h3>
      {run.validation ? (
        <Validation found={run.validation} run={run} />
      ) : run.validation_problem ? (
        <p>The validation in the folder of the run cannot be shown: {run.validation_problem}.</p>
      ) : (
        <p>
          The run has not been validated. <code>uhuru validate --out</code> with the folder of the run
          does that, and this page then shows its scores.
        </p>
      )}
    </>
  );
}
