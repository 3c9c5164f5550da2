// Everything that the catalog has about one source.
import * as api from "../api.js";
import { ErrorBox, Link, Loading } from "../components/basics.js";
import { ClassName } from "../components/class_name.js";
import { colorOf, Swatch } from "../components/facet.js";
import { count, figure } from "../../../common/numbers.js";
import { groupColumn, useCatalog } from "../state/catalog.js";
import { useLoad } from "../state/load.js";
import { addressOf, sourceAddress } from "../state/url.js";
import { Anomaly } from "../source/anomaly.js";
import { ClassSet } from "../source/class_set.js";
import { Detections } from "../source/detections.js";
import { WhyThisClass } from "../source/explanation.js";
import { FeatureFigures } from "../source/feature_figures.js";
import { Probabilities } from "../source/probabilities.js";
import "../style/source.css";

function Position({ position }: { position: NonNullable<api.Source["position"]> }) {
  const center = `${position.ra},${position.dec}`;
  return (
    <dl class="position">
      <dt>ICRS</dt>
      <dd>{position.sexagesimal}</dd>
      <dt>Degrees</dt>
      <dd>
        {position.ra.toFixed(6)} {position.dec.toFixed(6)}
      </dd>
      <dt>Galactic</dt>
      <dd>
        {position.l.toFixed(5)} {position.b.toFixed(5)}
      </dd>
      <dt>Sky</dt>
      <dd>
        <Link href={addressOf("/", { center, view: null })}>show it on the map</Link>
      </dd>
    </dl>
  );
}

function Group({ name, values }: { name: string; values: api.Source["values"] }) {
  const catalog = useCatalog();
  const probability = values[groupColumn(catalog, name)?.name ?? ""];
  return (
    <span class="verdict-group">
      group <Swatch color={colorOf(catalog, "group", name) ?? "var(--none)"} /> {name}
      {typeof probability === "number" && ` ${figure(probability)}`}
    </span>
  );
}

function Verdict({ values }: { values: api.Source["values"] }) {
  const { classes } = useCatalog();
  const { standing, group, probability, votes, detections, agreement, hard_class, label } = values;
  if (standing === "learned")
    return <p>Its counterpart has the label {label}; it is in the training set.</p>;
  if (standing === "other label")
    return <p>Its counterpart has the label {label}, which is not one of the classes.</p>;
  if (standing === "without class")
    return <p>No class: too few sources of known class are like it.</p>;
  return (
    <p>
      Soft vote: probability {figure(probability as number)} from {count(votes as number)} of{" "}
      {count(detections as number)} {detections === 1 ? "detection" : "detections"}. Hard vote:{" "}
      {agreement === "ambiguous" ? <strong>{hard_class}, so it is ambiguous.</strong> : "the same."}
      {classes.find(({ name }) => name === values.class)?.group !== group &&
        ` The most probable group, ${group}, does not contain this class.`}
      {label !== null && <> Its counterpart has the label {label}.</>}
    </p>
  );
}

function Neighbours({ neighbours }: { neighbours: api.Source["neighbours"] }) {
  if (neighbours.length === 0) return <p>No other source within 6 arcminutes.</p>;
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Class</th>
          <th scope="col" class="number">
            arcsec
          </th>
        </tr>
      </thead>
      <tbody>
        {neighbours.map((one) => (
          <tr key={one.name}>
            <td>
              <Link href={sourceAddress(one.name)}>{one.name}</Link>
            </td>
            <td>
              <ClassName name={one.class} />
            </td>
            <td class="number">{one.separation_arcsec.toFixed(1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function SourcePage({ name }: { name: string }) {
  const { value, error } = useLoad((signal) => api.source({ name }, signal), [name]);
  if (error)
    return (
      <div class="text-page">
        <h1>{name}</h1>
        <ErrorBox error={error} />
        <p>
          <Link href={addressOf("/table")}>Go to the table</Link>
        </p>
      </div>
    );
  if (!value) return <Loading what="the source" />;
  return (
    <article class="source-page" key={value.id}>
      <header>
        <h1>{value.name}</h1>
        <p class="verdict-class">
          <ClassName name={value.values.class as string | null} />
          {typeof value.values.group === "string" && (
            <Group name={value.values.group} values={value.values} />
          )}
          <span class="badge">{value.values.standing}</span>
        </p>
        <Verdict values={value.values} />
      </header>
      <div class="column">
        <section class="section">
          <h2>Position</h2>
          {value.position ? (
            <Position position={value.position} />
          ) : (
            <p>The catalog has no position for it.</p>
          )}
          {value.links.length > 0 && (
            <p class="links">
              {value.links.map((link) => (
                <a key={link.title} href={link.url} target="_blank" rel="noopener noreferrer">
                  {link.title}
                </a>
              ))}
            </p>
          )}
        </section>
        <section class="section">
          <h2>How unusual it is</h2>
          <Anomaly values={value.values} />
        </section>
        <section class="section">
          <h2>Neighbours</h2>
          <Neighbours neighbours={value.neighbours} />
        </section>
      </div>
      <div class="column">
        <section class="section">
          <h2>Classes</h2>
          <ClassSet values={value.values} />
          <Probabilities source={value} />
        </section>
      </div>
      <WhyThisClass source={value} />
      <section class="section wide">
        <h2>Features</h2>
        <FeatureFigures source={value} />
      </section>
      <section class="section wide">
        <h2>Detections</h2>
        <Detections detections={value.detections} />
      </section>
    </article>
  );
}
