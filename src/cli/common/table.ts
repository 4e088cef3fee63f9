import { stripVTControlCharacters } from 'node:util';

/** The alignment of a column. */
export type Align = 'left' | 'right';

const widthOf = (text: string): number => Array.from(stripVTControlCharacters(text)).length;

/** Formats rows below a header, with two spaces between columns. Color codes do not count toward the widths. */
export function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignment: readonly Align[],
): string {
  const widths = head.map((name, i) => Math.max(widthOf(name), ...rows.map((row) => widthOf(row[i] ?? ''))));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, i) => {
        const cell = cells[i] ?? '';
        const room = ' '.repeat(width - widthOf(cell));
        return alignment[i] === 'right' ? room + cell : cell + room;
      })
      .join('  ')
      .trimEnd();
  return [head, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n');
}
