/** The layout of a table column. */
export interface Column {
  readonly header: string;
  readonly align: 'left' | 'right' | 'center';
  /** The desired number of characters, without padding. */
  readonly width: number;
}

/**
 * Draws a table that is `width` characters wide, with lines between all rows and a heavy line around the header, in the
 * style of the Python library `rich`, which draws Keras's summaries.
 */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const borders = columns.length + 1;
  const widths = fitWidths(
    columns.map((column) => column.width + 2),
    width - borders,
  );
  const rule = (left: string, line: string, cross: string, right: string): string =>
    left + widths.map((size) => line.repeat(size)).join(cross) + right;
  const lines = [
    rule('┏', '━', '┳', '┓'),
    ...drawRow(
      columns.map((column) => column.header),
      columns,
      widths,
      '┃',
    ),
    rule('┡', '━', '╇', '┩'),
  ];
  for (const [i, row] of rows.entries()) {
    if (i > 0) lines.push(rule('├', '─', '┼', '┤'));
    lines.push(...drawRow(row, columns, widths, '│'));
  }
  lines.push(rule('└', '─', '┴', '┘'));
  return lines;
}

/** Shrinks the columns by equal parts to fit, rounding halves to even. */
function fitWidths(wanted: readonly number[], available: number): number[] {
  let excess = wanted.reduce((sum, size) => sum + size, 0) - available;
  if (excess <= 0) return [...wanted];
  return wanted.map((size, i) => {
    const share = Math.min(size, roundToEven(excess / (wanted.length - i)));
    excess -= share;
    return size - share;
  });
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function drawRow(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  edge: string,
): string[] {
  const wrapped = cells.map((cell, i) => wrap(cell, Math.max(0, (widths[i] ?? 2) - 2)));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = columns.map((column, i) => {
      const text = wrapped[i]?.[line] ?? '';
      return ` ${align(text, Math.max(0, (widths[i] ?? 2) - 2), column.align)} `;
    });
    return edge + parts.join(edge) + edge;
  });
}

const lengthOf = (text: string): number => Array.from(text).length;

/** Wraps a string between words; a word that is too long has its own line, which is truncated later. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/\s*\S+\s*/g) ?? []) {
    if (line !== '' && lengthOf(word.trimEnd()) > width - lengthOf(line)) {
      lines.push(line);
      line = '';
    }
    line += word;
  }
  lines.push(line);
  return lines.map((entry) => entry.trimEnd());
}

function align(text: string, width: number, where: Column['align']): string {
  const letters = Array.from(text);
  const cut = letters.length <= width ? text : width === 0 ? '' : `${letters.slice(0, width - 1).join('')}…`;
  const room = width - lengthOf(cut);
  const before = where === 'left' ? 0 : where === 'right' ? room : Math.floor(room / 2);
  return ' '.repeat(before) + cut + ' '.repeat(room - before);
}
