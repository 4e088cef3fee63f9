import { ValueError } from '../../core/errors.ts';
import { ZIP_FREE_BYTES, ZIP_MAX_BYTES, ZIP_MAX_EXPANSION } from '../../core/limits.ts';
import { inflateExactly } from '../deflate/inflate.ts';
import { crc32 } from '../checksums/crc32.ts';
import { type Member, readDirectory } from './directory.ts';

/**
 * Reads the members of a zip file by name. Uncompressed members, which Keras writes, are views of `bytes`.
 * Folders are skipped.
 *
 * @throws ValueError if the file is damaged or inconsistent, a name is duplicate or escapes the folder, or a member is
 * encrypted or expands beyond the limits.
 */
export function readZip(bytes: Uint8Array, who: string): Map<string, Uint8Array> {
  const members = readDirectory(bytes, who);
  checkExpansion(members, who);
  const found = new Map<string, Uint8Array>();
  for (const member of members) {
    if (member.name.endsWith('/')) continue;
    const stored = bytes.subarray(member.start, member.start + member.stored);
    const content = member.isDeflated ? inflateExactly(stored, member.size) : stored;
    if (content === undefined || crc32(content) !== member.checksum) {
      throw new ValueError(
        `[${who}] the members of a zip file must be whole. Received: ${member.name}, which is damaged. Download or save it again.`,
      );
    }
    found.set(member.name, content);
  }
  return found;
}

/** Checks each member and their total before anything is allocated, so many small members cannot evade the limit. */
function checkExpansion(members: readonly Member[], who: string): void {
  let declared = 0;
  let stored = 0;
  for (const member of members) {
    if (!member.isDeflated) continue;
    declared += member.size;
    stored += member.stored;
    const isBomb = (size: number, from: number): boolean =>
      size > ZIP_FREE_BYTES && (size > ZIP_MAX_EXPANSION * from || size > ZIP_MAX_BYTES);
    if (isBomb(member.size, member.stored) || isBomb(declared, stored)) {
      throw new ValueError(
        `[${who}] compressed members must expand to at most ${ZIP_MAX_EXPANSION} times their stored size. Received: ${declared} bytes from ${stored} up to ${member.name}. Only trust files whose origin you know.`,
      );
    }
  }
}
