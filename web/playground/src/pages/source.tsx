// Everything that the catalog has about one source.
import * as api from "../api.js";
import { ErrorBox, Link, Loading } from "../components/basics.js";
import { Caveat } from "../components/caveat.js";
import { ClassName } from "../components/class_name.js";
import { lookOf } from "../components/facet.js";
import { Swatch } from "../components/swatch.js";
import { count, counted, figure } from "../../../common/numbers.js";
import { noLook } from "../../../common/palette.js";
import { groupColumn, useCatalog } from "../state/catalog.js";
import { useLoad } from "../state/load.js";
import { addressOf, sourceAddress } from "../state/url.js";
import { Anomaly } from "../source/anomaly.js";
import { Carried } from "../source/carried.js";
import { ClassSet } from "../source/class_set.js";
import { Detections } from "../source/detections.js";
import { isExplained, WhyThisClass } from "../source/explanation.js";
import { FeatureFigures } from "../source/feature_figures.js";
import { featureValues } from "../source/feature_values.js";
import { Probabilities } from "../source/probabilities.js";
import { Reasons } from "../source/reasons.js";
import { Steps } from "../source/steps.js";
import { TimeSeries } from "../source/time_series.js";
import { Unusual } from "../source/unusual.js";
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
      group <Swatch look={lookOf(catalog, "group", name) ?? noLook} /> {name}
      {typeof probability === "number" && ` ${figure(probability)}`}
    </span>
  );
}

function Verdict({ values }: { values: api.Source["values"] }) {
  const { classes, method } = useCatalog();
  const { standing, group, probability, votes, detections, agreement, hard_class, label } = values;
  if (standing === "learned")
    return <p>Its label is {label}; it is in the training set.</p>;
  if (standing === "other label")
    return <p>Its label, {label}, is not one of the classes.</p>;
  if (standing === "without class")
    return (
      <p>No class{method ? ": too few sources of known class are like it." : " in the table."}</p>
    );
  if (detections === null || probability === null || agreement === undefined)
    return <GivenClass values={values} />;
  return (
    <p>
      Soft vote: probability {figure(probability as number)} from {count(votes as number)} of{" "}
      {counted(detections as number, "detection")}. Hard vote:{" "}
      {agreement === "ambiguous" ? <strong>{hard_class}, so it is ambiguous.</strong> : "the same."}
      {classes.find(({ name }) => name === values.class)?.group !== group &&
        ` The most probable group, ${group}, does not contain this class.`}
      {typeof label === "string" && <> Its label is {label}.</>}
    </p>
  );
}

/** A class from a table that does not tell of votes, or not all of it. */
function GivenClass({ values }: { values: api.Source["values"] }) {
  const { probability, votes, agreement, hard_class, label } = values;
  const said = [
    typeof probability === "number"
      ? `Probability of the class: ${figure(probability)}.`
      : "The class has no probability.",
    typeof votes === "number" && `${count(votes)} ${votes === 1 ? "detection" : "detections"} voted.`,
    typeof agreement === "string" &&
      (agreement === "ambiguous"
        ? `The hard vote gives ${hard_class}, so it is ambiguous.`
        : "The hard vote is the same."),
    typeof label === "string" && `Its label is ${label}.`,
  ];
  return <p>{said.filter(Boolean).join(" ")}</p>;
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

function Links({ links }: { links: api.Source["links"] }) {
  return (
    <p class="links">
      {links.map((link) => (
        <a key={link.title} href={link.url} target="_blank" rel="noopener noreferrer">
          {link.title}
        </a>
      ))}
    </p>
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
  return <SourceArticle key={value.id} source={value} />;
}

function SourceArticle({ source: value }: { source: api.Source }) {
  const catalog = useCatalog();
  const { has_positions: hasPositions } = catalog;
  const explained = isExplained(catalog, value);
  const explanation = useLoad(
    explained ? (signal) => api.explanation(value.id, signal) : null,
    [value.id],
  );
  const { value: percentiles, error: noPercentiles } = useLoad(
    (signal) => api.percentiles(value.id, signal),
    [value.id],
  );
  const features = featureValues(value);
  return (
    <article class="source-page">
      <header>
        <Steps id={value.id} />
        <h1>{value.name}</h1>
        <p class="verdict-class">
          <ClassName name={value.values.class as string | null} />
          {typeof value.values.group === "string" && (
            <Group name={value.values.group} values={value.values} />
          )}
          <span class="badge">{value.values.standing}</span>
        </p>
        <Verdict values={value.values} />
        <Caveat method={value.values.probability === null ? "" : catalog.method} />
        <Reasons source={value} explanation={explanation.value} />
      </header>
      <div class="column">
        <section class="section">
          <h2>Classes</h2>
          <ClassSet values={value.values} />
          <Probabilities source={value} />
        </section>
        <section class="section">
          <h2>How unusual it is</h2>
          <Anomaly values={value.values} />
          <h3>Unusual values</h3>
          {noPercentiles ? (
            <ErrorBox error={noPercentiles} />
          ) : percentiles ? (
            <Unusual percentiles={percentiles} />
          ) : (
            <Loading what="percentiles" />
          )}
        </section>
      </div>
      <div class="column">
        {hasPositions && (
          <section class="section">
            <h2>Position</h2>
            {value.position ? (
              <Position position={value.position} />
            ) : (
              <p>The catalog has no position for it.</p>
            )}
          </section>
        )}
        {value.links.length > 0 && (
          <section class="section">
            <h2>Elsewhere</h2>
            <Links links={value.links} />
          </section>
        )}
        <Carried values={value.values} />
        {hasPositions && (
          <section class="section">
            <h2>Neighbours</h2>
            <Neighbours neighbours={value.neighbours} />
          </section>
        )}
      </div>
      <WhyThisClass source={value} explanation={explanation} values={features} />
      <section class="section wide">
        <h2>Features</h2>
        <FeatureFigures source={value} values={features} percentiles={percentiles} />
      </section>
      <TimeSeries source={value} />
      <section class="section wide">
        <h2>Detections</h2>
        {value.detections.rows.length > 0 ? (
          <Detections detections={value.detections} />
        ) : (
          <p>The catalog was made from a table of sources: their detections are not in it.</p>
        )}
      </section>
    </article>
  );
}
