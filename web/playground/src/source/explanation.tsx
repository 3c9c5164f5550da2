// Why a source has its class: what its features say for a class and against it.
import { useState } from "preact/hooks";
import type * as api from "../api.js";
import { ErrorBox, Loading, Select } from "../components/basics.js";
import { percentOf } from "../components/class_bar.js";
import { figure } from "../../../common/numbers.js";
import { columnOf, useCatalog } from "../state/catalog.js";
import type { Loaded } from "../state/load.js";
import { valueText, type FeatureValue } from "./feature_values.js";

interface Row {
  name: string;
  logOdds: number | null;
  title?: string;
  value?: string; // of the feature
}

/** Two decimals, without the sign of a value that rounds to zero. */
const decimals = (x: number): string =>
  (Math.round(100 * x) / 100 || 0).toFixed(2).replace("-", "−");

function BarRow({ row, most, total }: { row: Row; most: number; total?: boolean }) {
  const x = row.logOdds ?? 0;
  const from = x < 0 ? "right" : "left";
  return (
    <tr class={total ? "total" : undefined}>
      <th scope="row" title={row.title}>
        {row.name}
      </th>
      <td class="bars" aria-hidden="true">
        <span class="track odds">
          <span
            class={x < 0 ? "bar against" : "bar for"}
            style={{ [from]: "50%", width: percentOf(Math.abs(x) / most / 2) }}
          />
        </span>
      </td>
      <td class="number">{row.logOdds === null ? "–" : decimals(row.logOdds)}</td>
      <td class="value">{row.value}</td>
    </tr>
  );
}

function Bars(props: {
  explanation: api.Explanation;
  name: string;
  values: Map<string, FeatureValue>;
}) {
  const { explanation, name, values } = props;
  const catalog = useCatalog();
  const c = explanation.classes.indexOf(name);
  const features: Row[] = explanation.features
    .map((one) => ({
      name: one.name,
      logOdds: one.log_odds[c],
      title: columnOf(catalog, one.name)?.description,
      value: valueText(values.get(one.name), columnOf(catalog, one.name)?.unit),
    }))
    .sort((a, b) => Math.abs(b.logOdds ?? 0) - Math.abs(a.logOdds ?? 0));
  const total: Row = { name: "total", logOdds: explanation.total[c] };
  const parts: Row[] = [
    { name: "prior", logOdds: explanation.prior[c], title: "Before any feature is known" },
    ...features,
    { name: "together", logOdds: explanation.together[c], title: "What features say only together" },
  ];
  const most = Math.max(...[...parts, total].map((row) => Math.abs(row.logOdds ?? 0))) || 1;
  return (
    <table class="probabilities odds" aria-label={`What speaks for ${name}`}>
      <thead>
        <tr>
          <th scope="col">Evidence</th>
          <th class="bars" aria-hidden="true">
            <span class="sides">
              <span>against</span>
              <span>for</span>
            </span>
          </th>
          <th scope="col" class="number">
            log odds
          </th>
          <th scope="col" class="value">
            value
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map((row, i) => (
          <BarRow key={i} row={row} most={most} />
        ))}
        <BarRow row={total} most={most} total />
      </tbody>
    </table>
  );
}

/** Says so if the catalog has another probability than the total means. */
function Difference({ total, probability }: { total: number | null; probability: api.Cell }) {
  if (total === null || typeof probability !== "number") return null;
  const meant = 1 / (1 + Math.exp(-total));
  if (Math.abs(meant - probability) < 0.005) return null;
  return (
    <p>
      This total means a probability of {figure(meant)}; the catalog has {figure(probability)}, since
      explanations take measurement errors into account only where the catalog has them.
    </p>
  );
}

interface ExplainedProps {
  source: api.Source;
  explanation: Loaded<api.Explanation>;
  values: Map<string, FeatureValue>;
}

function Explained({ source, explanation, values }: ExplainedProps) {
  const { classes } = useCatalog();
  const [name, choose] = useState(`${source.values.class}`);
  const { value, error } = explanation;
  if (error) return <ErrorBox error={error} />;
  if (!value) return <Loading what="the explanation" />;
  const isLearned = (one: string): boolean => value.prior[value.classes.indexOf(one)] !== null;
  return (
    <div class="explained">
      <div>
        <Select
          label="Class"
          options={classes
            .filter((one) => isLearned(one.name))
            .map((one) => ({ value: one.name, text: one.name, group: one.group }))}
          value={name}
          onChange={choose}
        />
        <p>
          Natural logarithms of the odds of {name} against all other classes: 0 is even odds, 2.30 is
          ten to one. Bars to the right speak for {name}, bars to the left against it.
        </p>
        <Difference
          total={value.total[value.classes.indexOf(name)]}
          probability={source.values[name] ?? null}
        />
        <p class="hint">
          A feature's bar is how much lower the total would be without that feature
          {value.detections > 1 && ` in all ${value.detections} detections`}. Features overlap, so
          their bars only add up to the total with “together”, what they say only together. “prior”:
          before any feature is known. Values: of the first classified detection.
        </p>
      </div>
      <Bars explanation={value} name={name} values={values} />
    </div>
  );
}

/** Whether the source was classified, and the server has explanations. */
export const isExplained = (catalog: api.Catalog, source: api.Source): boolean =>
  catalog.explains && source.values.probability !== null;

/** Nothing if it is not explained. */
export function WhyThisClass(props: ExplainedProps) {
  if (!isExplained(useCatalog(), props.source)) return null;
  return (
    <section class="section wide">
      <h2>Why this class</h2>
      <Explained {...props} />
    </section>
  );
}
