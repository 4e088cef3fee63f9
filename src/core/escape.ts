/**
 * Strings from outside, such as the names in a file, in output. A control character in them could clear a terminal, set its
 * title or forge a line, and cannot be part of XML; a directional one could reorder a line.
 */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/gu;

/** Replaces control characters except for line feeds and tabs by their code: `\u001b`. For text of several lines. */
export function escapeControls(text: string): string {
  return text.replaceAll(CONTROLS, (character) =>
    character === '\n' || character === '\t' ? character : codeOf(character),
  );
}

/** Replaces all control characters by their code, and line feeds and tabs by `\n` and `\t`: a name, or a line of output. */
export function escapeLine(text: string): string {
  return text.replaceAll(CONTROLS, (character) =>
    character === '\n' ? '\\n' : character === '\t' ? '\\t' : codeOf(character),
  );
}

/** A copy of a document, whose strings are names or lines of output, with all of them escaped. */
export function escapeDocument<T>(document: T): T {
  if (typeof document === 'string') return escapeLine(document) as T;
  if (Array.isArray(document)) return document.map(escapeDocument) as T;
  if (typeof document !== 'object' || document === null || ArrayBuffer.isView(document)) return document;
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, escapeDocument<unknown>(value)])) as T;
}

/** A string in the text or in a quoted attribute of HTML and XML. */
export function escapeMarkup(text: string): string {
  return escapeControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

const codeOf = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
