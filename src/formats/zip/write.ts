import { ValueError } from '../../core/errors.ts';
import { crc32 } from '../checksums/crc32.ts';
import { checkName } from './names.ts';

/** Options of {@link writeZip}. */
export interface ZipOptions {
  /** The date of all members, in UTC, to two seconds. @default 1980-01-01, so that equal members produce equal bytes */
  readonly date?: Date;
  /** The function named in errors. @default 'writeZip' */
  readonly who?: string;
}

const encoder = new TextEncoder();

/** Maximum file size without the zip64 extension, in bytes. */
const LARGEST = 0xffffffff;

/**
 * Writes a zip file, its members uncompressed and in the order given, as Keras does.
 *
 * @throws ValueError if a name is duplicate or escapes the folder, or the file exceeds 4 GiB or 65535 members.
 */
export function writeZip(entries: Iterable<[string, Uint8Array]>, options: ZipOptions = {}): Uint8Array {
  const { date = new Date(0), who = 'writeZip' } = options;
  const { time, day } = dosDate(who, date);
  const names = new Set<string>();
  const members = [...entries].map(([name, bytes]) => {
    checkName(name, who);
    if (names.has(name)) throw new ValueError(`[${who}] names in a zip file must be unique. Received: ${name} twice.`);
    names.add(name);
    return { name: encoder.encode(name), bytes };
  });
  let length = 22;
  for (const { name, bytes } of members) length += 30 + 46 + 2 * name.length + bytes.length;
  const longest = members.reduce((most, { name }) => Math.max(most, name.length), 0);
  if (length > LARGEST || members.length > 65535 || longest > 65535) {
    throw new ValueError(
      `[${who}] a zip file must have less than 4 GiB and at most 65535 members. Received: ${length} bytes and ${members.length} members.`,
    );
  }
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  /** Writes the fields that both headers of a member share, from the version on. */
  const common = (at: number, name: Uint8Array, bytes: Uint8Array, sum: number): void => {
    view.setUint16(at, 20, true);
    // Bit 11 marks a UTF-8 name; ASCII names do not need it.
    view.setUint16(at + 2, name.some((byte) => byte > 127) ? 0x800 : 0, true);
    view.setUint16(at + 6, time, true);
    view.setUint16(at + 8, day, true);
    view.setUint32(at + 10, sum, true);
    view.setUint32(at + 14, bytes.length, true);
    view.setUint32(at + 18, bytes.length, true);
    view.setUint16(at + 22, name.length, true);
  };
  let at = 0;
  const placed = members.map(({ name, bytes }) => {
    const start = at;
    const sum = crc32(bytes);
    view.setUint32(at, 0x04034b50, true);
    common(at + 4, name, bytes, sum);
    file.set(name, at + 30);
    file.set(bytes, at + 30 + name.length);
    at += 30 + name.length + bytes.length;
    return { name, bytes, sum, start };
  });
  const directory = at;
  for (const { name, bytes, sum, start } of placed) {
    view.setUint32(at, 0x02014b50, true);
    // As Python writes it: made by version 2.0 on Unix, a regular file with mode 0600.
    view.setUint16(at + 4, 0x0314, true);
    common(at + 6, name, bytes, sum);
    view.setUint32(at + 38, 0o600 * 65536, true);
    view.setUint32(at + 42, start, true);
    file.set(name, at + 46);
    at += 46 + name.length;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, members.length, true);
  view.setUint16(at + 10, members.length, true);
  view.setUint32(at + 12, at - directory, true);
  view.setUint32(at + 16, directory, true);
  return file;
}

/** Encodes a date and time as MS-DOS does: years since 1980, and seconds divided by two. */
function dosDate(who: string, date: Date): { time: number; day: number } {
  if (Number.isNaN(date.getTime())) throw new ValueError(`[${who}] date must be a date. Received: an invalid one.`);
  const earliest = Date.UTC(1980, 0, 1);
  const latest = Date.UTC(2107, 11, 31, 23, 59, 58);
  const near = new Date(Math.min(Math.max(date.getTime(), earliest), latest));
  return {
    time: (near.getUTCHours() << 11) | (near.getUTCMinutes() << 5) | (near.getUTCSeconds() >> 1),
    day: ((near.getUTCFullYear() - 1980) << 9) | ((near.getUTCMonth() + 1) << 5) | near.getUTCDate(),
  };
}
