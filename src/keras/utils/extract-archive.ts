import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { ZIP_FREE_BYTES, ZIP_MAX_BYTES, ZIP_MAX_EXPANSION } from '../../core/limits.ts';
import { concatenate } from '../../formats/files/streams.ts';
import { files } from '#files';

/** The kinds of archives. Those of tar may be compressed by gzip. */
export type ArchiveFormat = 'tar' | 'zip';

/** The first bytes of files in compressions that `tar` supports, but not the web's `DecompressionStream`. */
const UNSUPPORTED: Readonly<Record<string, readonly number[]>> = {
  bzip2: [0x42, 0x5a, 0x68],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
};

/**
 * Writes the files of an archive into a folder. All of them are read before the first is written.
 *
 * @throws ValueError if the bytes are no archive of the formats, it is damaged, or a name leads out of the folder;
 * NotImplementedError if it is compressed in another way, or has links.
 */
export async function extractArchive(
  who: string,
  bytes: Uint8Array,
  folder: string,
  formats: readonly ArchiveFormat[],
): Promise<void> {
  const members = await membersOf(who, bytes, formats);
  const folders = new Set<string>(['']);
  for (const name of members.keys()) folders.add(name.slice(0, Math.max(0, name.lastIndexOf('/'))));
  for (const name of folders) await files.makeFolder(who, name === '' ? folder : `${folder}/${name}`);
  for (const [name, content] of members) await files.writeFileAtomic(who, `${folder}/${name}`, content);
}

async function membersOf(
  who: string,
  bytes: Uint8Array,
  formats: readonly ArchiveFormat[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (formats.includes('zip') && startsWith(bytes, [0x50, 0x4b])) {
    const { readZip } = await import('../../formats/zip/read.ts');
    return readZip(bytes, who);
  }
  if (formats.includes('tar')) {
    const compression = Object.keys(UNSUPPORTED).find((name) => startsWith(bytes, UNSUPPORTED[name] ?? []));
    if (compression !== undefined) {
      throw new NotImplementedError(
        `[${who}] archives must be zip files, or tar files that are plain or compressed by gzip. Received: one compressed by ${compression}. Compress it again by gzip.`,
      );
    }
    const plain = startsWith(bytes, [0x1f, 0x8b]) ? await gunzip(who, bytes) : bytes;
    if (isTar(plain)) return readTar(who, plain);
  }
  throw new ValueError(
    `[${who}] the file must be an archive of the formats ${formats.join(', ') || 'none'}. Received: ${bytes.length} bytes of another format. Omit extract to use the file itself.`,
  );
}

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** Whether the first block is a header of tar, whose checksum is the sum of its bytes with its own as spaces. */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < 512) return false;
  const header = bytes.subarray(0, 512);
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  return parseInt(new TextDecoder().decode(header.subarray(148, 156)), 8) === sum;
}

async function readTar(who: string, bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const { unpackTar } = await import('modern-tar');
  let entries: Awaited<ReturnType<typeof unpackTar>>;
  try {
    entries = await unpackTar(bytes, { strict: true });
  } catch (cause) {
    throw new ValueError(`[${who}] a tar file must be whole. Received: a damaged one. Download it again.`, { cause });
  }
  const found = new Map<string, Uint8Array>();
  for (const { header, data } of entries) {
    const name = header.name.replace(/^(\.\/)+/, '');
    checkName(who, name);
    if (header.type === 'file') found.set(name, data ?? new Uint8Array());
    else if (header.type !== 'directory') {
      throw new NotImplementedError(
        `[${who}] an archive must consist of files and folders. Received: ${show(name)}, of the type ${header.type}.`,
      );
    }
  }
  return found;
}

/** Checks that a name stays inside the folder, on any system. */
function checkName(who: string, name: string): void {
  if (!/[\\\0]|^[a-z]:|^\//i.test(name) && !name.split('/').includes('..')) return;
  throw new ValueError(`[${who}] the names in an archive must stay inside its folder. Received: ${show(name)}.`);
}

/** Decompresses a file of gzip, up to the limit for zip files. */
async function gunzip(who: string, bytes: Uint8Array): Promise<Uint8Array> {
  const limit = Math.min(ZIP_MAX_BYTES, Math.max(ZIP_FREE_BYTES, ZIP_MAX_EXPANSION * bytes.length));
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      length += next.value.length;
      if (length > limit) break;
    }
  } catch (cause) {
    throw new ValueError(`[${who}] a gzip file must be whole. Received: a damaged one. Download it again.`, { cause });
  }
  if (length <= limit) return concatenate(pieces, length);
  await reader.cancel();
  throw new ValueError(
    `[${who}] a compressed archive must expand to at most ${ZIP_MAX_EXPANSION} times its size. Received: ${bytes.length} bytes that expand to more. Only trust files whose origin you know.`,
  );
}
