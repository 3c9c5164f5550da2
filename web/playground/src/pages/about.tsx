// Describes the catalog, the run that made it and how other programs can access it.
import * as api from "../api.js";
import { AboutQuality } from "../about/quality.js";
import { AboutRun } from "../about/run.js";
import { ErrorBox, Loading } from "../components/basics.js";
import { Caveat } from "../components/caveat.js";
import { addressAt, publicAddress } from "../state/base.js";
import { useCatalog } from "../state/catalog.js";
import { useLoad } from "../state/load.js";
import { methodCitation, type Citation } from "../../../common/citations.js";
import { counted } from "../../../common/numbers.js";

function Cited({ text, url }: Citation) {
  if (!url) return <>{text}</>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}

export function AboutPage() {
  const catalog = useCatalog();
  const { value: run, error } = useLoad((signal) => api.run(signal), []);
  return (
    <article class="text-page">
      <h1>About this catalog</h1>
      <p>
        {counted(catalog.sources, "X-ray source")}
        {catalog.detections !== null && ` with ${counted(catalog.detections, "detection")}`}
        {catalog.method ? (
          <>
            , classified with recipe {catalog.recipe}, method {catalog.method} and uhuru{" "}
            {catalog.version}.
          </>
        ) : (
          <>
            {" "}
            from tables that had their classes already
            {catalog.recipe && `, shown with recipe ${catalog.recipe}`}.
          </>
        )}
        {catalog.simulated && (
          <strong> They are simulated: drawn from a model, not observed.</strong>
        )}
      </p>
      <Caveat method={catalog.method} />
      {error ? (
        <ErrorBox error={error} />
      ) : run ? (
        <>
          <AboutQuality method={catalog.method} run={run} />
          <AboutRun run={run} />
        </>
      ) : (
        <Loading what="the run" />
      )}
      <h2>How to cite</h2>
      <dl>
        <dt>The method</dt>
        <dd>
          <Cited {...methodCitation} />
        </dd>
        {catalog.mission.citations.length > 0 && <dt>The data</dt>}
        {catalog.mission.citations.map((one) => (
          <dd key={one.text}>
            <Cited {...one} />
          </dd>
        ))}
        <dt>The program</dt>
        <dd>uhuru {catalog.version}</dd>
      </dl>
      <h2>Access from other programs</h2>
      <dl class="addresses">
        {catalog.has_positions && (
          <>
            <dt>TOPCAT, Aladin, pyvo: cone search</dt>
            <dd>
              <code>{publicAddress("/scs?")}</code>
            </dd>
          </>
        )}
        <dt>All sources</dt>
        <dd>
          <a href={addressAt("/catalog.vot")} download>
            VOTable
          </a>{" "}
          <a href={addressAt("/catalog.fits")} download>
            FITS
          </a>
        </dd>
        <dt>The API that these pages use</dt>
        <dd>
          <a href={addressAt("/api/openapi.json")}>{publicAddress("/api/openapi.json")}</a> (OpenAPI 3.1)
        </dd>
        {catalog.has_positions && (
          <>
            <dt>Footprint of the sources (MOC)</dt>
            <dd>
              <a href={addressAt("/api/moc")}>JSON</a>{" "}
              <a href={addressAt("/api/moc.fits")} download>
                FITS
              </a>
            </dd>
            <dt>Virtual Observatory</dt>
            <dd>
              <a href={addressAt("/capabilities")}>capabilities</a>{" "}
              <a href={addressAt("/availability")}>availability</a>
            </dd>
          </>
        )}
      </dl>
      <h2>Columns</h2>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Columns">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">
                <span>Name</span>
              </th>
              <th scope="col">
                <span>Unit</span>
              </th>
              <th scope="col">
                <span>Description</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {catalog.columns.map((column) => (
              <tr key={column.name}>
                <td>{column.name}</td>
                <td>{column.unit}</td>
                <td class="long">{column.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        <a href={addressAt("/assets/licences.txt")}>Licences of the libraries in these pages</a>
      </p>
    </article>
  );
}
