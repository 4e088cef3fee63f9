import { ValueError } from '../../core/errors.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { piecesOfStream } from '../../formats/files/streams.ts';
import { files } from '#files';

/** A file of CSV: its path or URL, the file of a browser, or its bytes. */
export type CsvSource = FilePath | Blob | Uint8Array | ArrayBuffer;

/** The rows of a file as lists of cells, read piece by piece. Empty lines are omitted. @throws ValueError if quotes do not match. */
export async function* readRows(
  who: string,
  source: CsvSource,
  delimiter: string,
): AsyncGenerator<readonly string[], void, undefined> {
  // Loaded on demand, since few programs read CSV.
  const { default: papa } = await import('papaparse');
  const decoder = new TextDecoder();
  let rest = '';
  const parse = (isLast: boolean): readonly (readonly string[])[] => {
    // The second half of a line's end may be in the next piece.
    if (!isLast && rest.endsWith('\r')) return [];
    rest = rest.replaceAll(/\r\n?/g, '\n');
    // The last row may go on in the next piece, and is kept for it.
    const parser = new papa.Parser({ delimiter });
    const { data, errors, meta } = parser.parse(rest, 0, !isLast) as ParseResult;
    const broken = isLast ? errors.find(({ type }) => type === 'Quotes') : undefined;
    if (broken !== undefined) throw new ValueError(`[${who}] quotes must be closed. Received: ${broken.message}.`);
    rest = rest.slice(meta.cursor);
    return data.filter((row) => row.length > 1 || row[0] !== '');
  };
  for await (const piece of piecesOf(who, source)) {
    rest += decoder.decode(piece, { stream: true });
    yield* parse(false);
  }
  rest += decoder.decode();
  if (rest !== '') yield* parse(true);
}

interface ParseResult {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly type: string; readonly message: string }[];
  readonly meta: { readonly cursor: number };
}

async function* piecesOf(who: string, source: CsvSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) yield source;
  else if (source instanceof ArrayBuffer) yield new Uint8Array(source);
  else if (source instanceof Blob) yield* piecesOfStream(source.stream());
  else yield* files.readPieces(who, source);
}
