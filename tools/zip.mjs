// A zip of a few files, the same bytes for the same files: fixed dates, sorted names, modes as on Unix.
import { crc32, deflateRawSync } from "node:zlib";

const DATE = (1 << 5) | 1; // 1980-01-01, where the format's time begins
const UTF8 = 0x0800;
const UNIX = 3 << 8;

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {Uint8Array} content
 * @property {number} mode as of chmod
 */

/**
 * Numbers of two bytes (positive) or four (given as [n]), in the order of the format.
 * @param {readonly (number | readonly [number])[]} fields
 */
function bytes(fields) {
  const parts = fields.map((field) => {
    const part = Buffer.alloc(typeof field === "number" ? 2 : 4);
    if (typeof field === "number") part.writeUInt16LE(field);
    else part.writeUInt32LE(field[0]);
    return part;
  });
  return Buffer.concat(parts);
}

/** @param {readonly Entry[]} entries */
export function zip(entries) {
  /** @type {Buffer[]} */
  const local = [];
  /** @type {Buffer[]} */
  const central = [];
  let offset = 0;
  for (const { name, content, mode } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const title = Buffer.from(name);
    const packed = deflateRawSync(content, { level: 9 });
    /** Version needed, flags, deflate, time, date, checksum, sizes, length of the name. @type {(number | readonly [number])[]} */
    const shared = [20, UTF8, 8, 0, DATE, [crc32(content)], [packed.length], [content.length], title.length];
    const head = Buffer.concat([bytes([[0x04034b50], ...shared, 0]), title]);
    const outside = /** @type {const} */ ([((0o100000 | mode) << 16) >>> 0]);
    central.push(bytes([[0x02014b50], UNIX | 20, ...shared, 0, 0, 0, 0, outside, [offset]]), title);
    local.push(head, packed);
    offset += head.length + packed.length;
  }
  const index = Buffer.concat(central);
  const end = bytes([[0x06054b50], 0, 0, entries.length, entries.length, [index.length], [offset], 0]);
  return Buffer.concat([...local, index, end]);
}
