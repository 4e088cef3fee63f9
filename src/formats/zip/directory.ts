import { ValueError } from '../../core/errors.ts';
import { checkName } from './names.ts';

/** A member of a zip file, as described by the central directory. */
export interface Member {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly checksum: number;
  /** The compressed size, in bytes. */
  readonly stored: number;
  /** The uncompressed size, in bytes. */
  readonly size: number;
  /** The offset of its bytes. */
  readonly start: number;
}

const MOST_MEMBERS = 100_000;
/** Marks a number that needs 64 bits and is stored in the zip64 extension. */
const IN_EXTENSION = 0xffffffff;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface Directory {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

/** The sizes in a member's header, zip64 extension included. */
interface Sizes {
  stored: number;
  size: number;
  offset: number;
}

/** Reads the central directory, and checks that it agrees with the local headers and that no members overlap. */
export function readDirectory(bytes: Uint8Array, who: string): Member[] {
  return new DirectoryReader(bytes, who).members();
}

class DirectoryReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #who: string;

  constructor(bytes: Uint8Array, who: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#who = who;
  }

  members(): Member[] {
    const directory = this.#findDirectory();
    const members: Member[] = [];
    const names = new Set<string>();
    const taken: { readonly start: number; readonly end: number }[] = [];
    const end = directory.start + directory.length;
    let at = directory.start;
    for (let i = 0; i < directory.count; i++) {
      if (at + 46 > end || this.#uint32(at) !== 0x02014b50) throw this.#damaged(`no entry ${i} in the directory`);
      const next = at + 46 + this.#uint16(at + 28) + this.#uint16(at + 30) + this.#uint16(at + 32);
      if (next > end) throw this.#damaged(`entry ${i} beyond the directory's end`);
      const { member, header } = this.#readMember(at, directory.start);
      if (names.has(member.name)) throw this.#damaged(`two members named ${member.name}`);
      names.add(member.name);
      members.push(member);
      taken.push({ start: header, end: member.start + member.stored });
      at = next;
    }
    if (at !== end) throw this.#damaged('a directory longer than its entries');
    taken.sort((a, b) => a.start - b.start);
    for (const [i, { start }] of taken.entries()) {
      if (i > 0 && start < (taken[i - 1]?.end ?? 0)) throw this.#damaged('members that overlap');
    }
    return members;
  }

  /** Finds the end record, searching backward from the end of the file; only a comment may follow the record. */
  #findDirectory(): Directory {
    const bytes = this.#bytes;
    const first = Math.max(0, bytes.length - 22 - 65535);
    for (let at = bytes.length - 22; at >= first; at--) {
      if (this.#uint32(at) !== 0x06054b50 || at + 22 + this.#uint16(at + 20) !== bytes.length) continue;
      const count = this.#uint16(at + 10);
      const length = this.#uint32(at + 12);
      const start = this.#uint32(at + 16);
      const isExtended = at >= 20 && this.#uint32(at - 20) === 0x07064b50;
      if (isExtended && (count === 0xffff || length === IN_EXTENSION || start === IN_EXTENSION)) {
        return this.#extendedDirectory(at - 20);
      }
      if (this.#uint16(at + 4) !== 0 || this.#uint16(at + 6) !== 0 || this.#uint16(at + 8) !== count) {
        throw this.#damaged('parts on other disks');
      }
      return this.#checkDirectory({ start, length, count }, at);
    }
    throw new ValueError(
      `[${this.#who}] the file must be a zip file. Received: ${bytes.length} bytes without a zip file's end.`,
    );
  }

  #extendedDirectory(locator: number): Directory {
    const at = this.#uint64(locator + 8);
    if (!(at + 56 <= locator) || this.#uint32(at) !== 0x06064b50) throw this.#damaged('no extended end');
    if (this.#uint32(at + 16) !== 0 || this.#uint32(at + 20) !== 0) throw this.#damaged('parts on other disks');
    return this.#checkDirectory(
      { count: this.#uint64(at + 32), length: this.#uint64(at + 40), start: this.#uint64(at + 48) },
      at,
    );
  }

  #checkDirectory(directory: Directory, end: number): Directory {
    const { start, length, count } = directory;
    if (start + length !== end || count > MOST_MEMBERS || count * 46 > length) {
      throw this.#damaged(`a directory of ${count} members and ${length} bytes at ${start}`);
    }
    return directory;
  }

  #readMember(at: number, limit: number): { member: Member; header: number } {
    const flags = this.#uint16(at + 8);
    const method = this.#uint16(at + 10);
    const checksum = this.#uint32(at + 16);
    const nameLength = this.#uint16(at + 28);
    const name = this.#decode(at + 46, nameLength);
    checkName(name, this.#who);
    const { stored, size, offset } = this.#sizes(at + 20, at + 46 + nameLength, this.#uint16(at + 30), at + 42);
    if ((flags & 0x2041) !== 0) throw this.#damaged(`${name}, which is encrypted`);
    if (method !== 0 && method !== 8) throw this.#damaged(`${name}, compressed by the unknown method ${method}`);
    if (method === 0 && stored !== size) throw this.#damaged(`${name}, ${stored} bytes that should be ${size}`);
    if (name.endsWith('/') && size > 0) throw this.#damaged(`the folder ${name} with ${size} bytes`);
    const start = this.#checkLocal(at, { stored, size, offset }, limit, name);
    return { member: { name, isDeflated: method === 8, checksum, stored, size, start }, header: offset };
  }

  /** Checks that a member's local header matches the directory, and returns the offset of the member's bytes. */
  #checkLocal(entry: number, sizes: Sizes, limit: number, name: string): number {
    const at = sizes.offset;
    if (!(at + 30 <= limit) || this.#uint32(at) !== 0x04034b50) throw this.#damaged(`no header of ${name}`);
    const nameLength = this.#uint16(at + 26);
    const extraLength = this.#uint16(at + 28);
    const start = at + 30 + nameLength + extraLength;
    if (!(start + sizes.stored <= limit)) throw this.#damaged(`${name}, which extends beyond its space`);
    const flags = this.#uint16(at + 6);
    let agrees = this.#decode(at + 30, nameLength) === name;
    agrees &&= flags === this.#uint16(entry + 8) && this.#uint16(at + 8) === this.#uint16(entry + 10);
    // With bit 3 set the sizes follow the data, and the header may omit them.
    if ((flags & 8) === 0) {
      const local = this.#sizes(at + 18, at + 30 + nameLength, extraLength);
      agrees &&= local.stored === sizes.stored && local.size === sizes.size;
      agrees &&= this.#uint32(at + 14) === this.#uint32(entry + 16);
    }
    if (!agrees) throw this.#damaged(`${name}, whose two headers disagree`);
    return start;
  }

  /** Reads the sizes, those that need 64 bits from extension 1, which contains only these, in this order. */
  #sizes(at: number, extra: number, extraLength: number, offsetAt?: number): Sizes {
    const sizes = {
      stored: this.#uint32(at),
      size: this.#uint32(at + 4),
      offset: offsetAt === undefined ? 0 : this.#uint32(offsetAt),
    };
    const end = extra + extraLength;
    for (let field = extra; field + 4 <= end;) {
      const next = field + 4 + this.#uint16(field + 2);
      if (next > end) throw this.#damaged('an extension beyond its field');
      if (this.#uint16(field) === 1) {
        let value = field + 4;
        for (const key of ['size', 'stored', 'offset'] as const) {
          if (sizes[key] !== IN_EXTENSION) continue;
          if (value + 8 > next) throw this.#damaged('an extension without its sizes');
          sizes[key] = this.#uint64(value);
          value += 8;
        }
        return sizes;
      }
      field = next;
    }
    return sizes;
  }

  #decode(at: number, length: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw this.#damaged('a name that is not UTF-8');
    }
  }

  #uint16(at: number): number {
    return this.#check(at, 2).getUint16(at, true);
  }

  #uint32(at: number): number {
    return this.#check(at, 4).getUint32(at, true);
  }

  #uint64(at: number): number {
    const value = this.#check(at, 8).getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#damaged('a size above 2^53');
    return Number(value);
  }

  #check(at: number, length: number): DataView {
    if (!(at >= 0 && at + length <= this.#bytes.length)) throw this.#damaged('a truncated file');
    return this.#view;
  }

  #damaged(problem: string): ValueError {
    return new ValueError(
      `[${this.#who}] the zip file must be whole, plain and consistent. Received: ${problem}. Download or save it again.`,
    );
  }
}
