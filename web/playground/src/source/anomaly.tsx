// How unusual a source is.
import type { Cell, Source } from "../api.js";
import { count, figure, percent } from "../../../common/numbers.js";
import { rough } from "./reason_texts.js";

const number = (value: Cell): number | null => (typeof value === "number" ? value : null);

export function Anomaly({ values }: { values: Source["values"] }) {
  const tail = number(values.tail_probability ?? null);
  const percentile = number(values.density_percentile ?? null);
  const density = number(values.log_density ?? null);
  const known = number(values.p_known ?? null);
  const votes = number(values.votes ?? null) ?? 1;
  if (tail === null && density === null && known === null) return <p>The catalog does not tell.</p>;
  return (
    <>
      {tail !== null && (
        <p>
          Of sources with as many detections drawn from the model, {sharePhrase(tail)} have a
          detection farther out.{" "}
          {tail < 0.001 ? (
            <strong>That is very unusual.</strong>
          ) : tail < 0.01 ? (
            <strong>That is unusual.</strong>
          ) : null}
        </p>
      )}
      {known !== null && (
        <p>
          p = {figure(known)} of belonging to any learned class.{" "}
          {known < 0.05 && <strong>It may be something else.</strong>}
        </p>
      )}
      {known !== null && (
        <p class="hint">
          {percent(known, 1)} of the detections of the learned classes fit no better
          {votes > 1 && `, on average over its ${count(votes)} detections`}.
        </p>
      )}
      <dl>
        <dt>Tail probability</dt>
        <dd>{figure(tail)}</dd>
        <dt>Percentile of the density</dt>
        <dd>{figure(percentile)}</dd>
        <dt>Logarithm of the density</dt>
        <dd>{figure(density)}</dd>
      </dl>
    </>
  );
}

function sharePhrase(tail: number): string {
  if (tail >= 0.1) return `${Math.round(100 * tail)} %`;
  if (tail > 0) return `1 in ${rough(1 / tail)}`;
  return "none";
}
