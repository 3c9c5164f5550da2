// A HiPS that does not exist: its answers, for pages without a network.
import { deflateSync } from "node:zlib";

/** A PNG of one colour. */
function png(width, height, [r, g, b]) {
  const row = Buffer.alloc(1 + 3 * width);
  for (let x = 0; x < width; ++x) row.set([r, g, b], 1 + 3 * x);
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  const crc = (bytes) => {
    let c = 0xffffffff;
    for (const byte of bytes) c = table[(c ^ byte) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(Array(height).fill(row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const tile = 64; // pixels

const properties = (address) => `creator_did = ivo://test/P/one
obs_title = One colour
hips_version = 1.4
hips_frame = equatorial
hips_order = 3
hips_order_min = 0
hips_tile_width = ${tile}
hips_tile_format = png
dataproduct_type = image
hips_service_url = ${address}
`;

/** Answers a request for a HiPS at `address` whose tiles have one colour; false if it is for
 *  something else. */
export async function answerAsHips(route, address, color) {
  const url = route.request().url();
  if (!url.startsWith(`${address}/`)) return false;
  const headers = { "access-control-allow-origin": "*" };
  if (url.startsWith(`${address}/properties`))
    await route.fulfill({ headers, contentType: "text/plain", body: properties(address) });
  else if (url.endsWith("/Norder3/Allsky.png"))
    await route.fulfill({ headers, contentType: "image/png", body: png(27 * tile, 29 * tile, color) });
  else if (/Npix\d+\.png$/.test(url))
    await route.fulfill({ headers, contentType: "image/png", body: png(tile, tile, color) });
  else await route.fulfill({ headers, status: 404, body: "" });
  return true;
}
