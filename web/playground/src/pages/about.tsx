// Describes the catalog and how other programs can access it.
import { addressAt, publicAddress } from "../state/base.js";
import { useCatalog } from "../state/catalog.js";
import { count } from "../../../common/numbers.js";

export function AboutPage() {
  const catalog = useCatalog();
  return (
    <article class="text-page">
      <h1>About this catalog</h1>
      <p>
        {count(catalog.sources)} X-ray sources with {count(catalog.detections)} detections, classified
        from their X-ray properties alone, with recipe {catalog.recipe}, method {catalog.method} and
        uhuru {catalog.version}.
        {catalog.simulated && (
          <strong> They are simulated: drawn from a model, not observed.</strong>
        )}
      </p>
      <h2>Access from other programs</h2>
      <dl class="addresses">
        <dt>TOPCAT, Aladin, pyvo: cone search</dt>
        <dd>
          <code>{publicAddress("/scs?")}</code>
        </dd>
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
        <dt>Virtual Observatory</dt>
        <dd>
          <a href={addressAt("/capabilities")}>capabilities</a> <a href={addressAt("/availability")}>availability</a>
        </dd>
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
