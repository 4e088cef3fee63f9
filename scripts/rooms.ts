/**
 * npm run rooms: writes the table of rooms in CONTRIBUTING.md from .dependency-cruiser.rooms.cjs, between the markers.
 *
 * npm run rooms -- --check: fails if the table differs. A test checks it too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const BEGIN = '<!-- rooms -->';
const END = '<!-- /rooms -->';

const root = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Room → the rooms that it may import. */
type Rooms = Readonly<Record<string, readonly string[]>>;

const wingOf = (room: string): string => room.split('/')[0] ?? room;
const nameOf = (room: string): string => room.split('/')[1] ?? room;
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** The imports of a room, grouped by wing: `core`; compiler: `graph`, `passes`. */
function importsOf(allowed: readonly string[], order: readonly string[]): string {
  if (allowed.length === 0) return 'nothing';
  const imports = allowed.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  const wings = [...new Set(imports.map(wingOf))];
  const parts = wings.map((wing) => {
    const names = [...new Set(imports.filter((room) => wingOf(room) === wing).map(nameOf))];
    return names.length === 1 && names[0] === wing ? code(names) : `${wing}: ${code(names)}`;
  });
  return parts.join('; ');
}

/** The table in Markdown; rooms of a wing with the same imports share a line. */
function tableOf(rooms: Rooms): string {
  const lines = new Map<string, string[]>();
  for (const [room, imports] of Object.entries(rooms)) {
    const key = `${wingOf(room)} | ${importsOf(imports, Object.keys(rooms))}`;
    lines.set(key, [...(lines.get(key) ?? []), nameOf(room)]);
  }
  const rows = [...lines].map(([key, names]) => {
    const [wing, imports] = key.split(' | ');
    return `| ${wing} | ${code(names)} | ${imports} |`;
  });
  return ['| wing | room | may import |', '| --- | --- | --- |', ...rows].join('\n');
}

/** CONTRIBUTING.md as it is, and as it is with the table of the present configuration. */
export async function contributing(): Promise<{ readonly present: string; readonly expected: string }> {
  const path = root('CONTRIBUTING.md');
  const present = readFileSync(path, 'utf8');
  const rooms = createRequire(import.meta.url)('../.dependency-cruiser.rooms.cjs') as Rooms;
  const [before = '', rest] = present.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`CONTRIBUTING.md lacks the markers ${BEGIN} and ${END}.`);
  const text = `${before}${BEGIN}\n\n${tableOf(rooms)}\n\n${END}${after}`;
  return { present, expected: await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { present, expected } = await contributing();
  if (!process.argv.includes('--check')) {
    writeFileSync(root('CONTRIBUTING.md'), expected);
  } else if (present !== expected) {
    console.error(
      'The table of rooms in CONTRIBUTING.md differs from .dependency-cruiser.rooms.cjs: run npm run rooms.',
    );
    process.exitCode = 1;
  }
}
