import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import { agrees, plain, withChecks } from '../../support/doc-examples.ts';

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

const png = await evenkeel.utils.saveImg(null, [[[9, 99, 200]]], { scale: false, fileFormat: 'png' });

/** The files that the page reads. */
const files: Readonly<Record<string, string | Uint8Array>> = {
  'shapes/disk/1.png': png,
  'shapes/disk/2.png': png,
  'shapes/square/1.png': png,
  'reviews/bad/1.txt': 'bad',
  'reviews/bad/2.txt': 'worse',
  'reviews/good/1.txt': 'good',
  'reviews/good/2.txt': 'better',
  'houses.csv': 'rooms,city,price\n3,Bern,1.5\n5,Basel,2.5\n4,Chur,1\n',
};

test('the program in docs/data.md runs, and every value in its comments is right', async () => {
  const page = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
  const folder = mkdtempSync(join(tmpdir(), 'data-page-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const program = blocks
    .join('\n')
    .replaceAll(/^import \{.*?\} from '[^']*';$/gms, '')
    .replaceAll(/'(shapes|reviews|houses\.csv)'/g, (_, name: string) => `'${folder}/${name}'`);
  let checks = 0;
  const check = async (line: string, expected: unknown, actual: unknown): Promise<void> => {
    checks++;
    const found = await plain(actual);
    if (!agrees(expected, found))
      expect.fail(`${line}\n  says ${JSON.stringify(expected)}\n  gives ${JSON.stringify(found)}`);
  };
  const { data, layers, utils } = evenkeel;
  const scope = { ...layers, ...utils, ...data, ...evenkeel, check };
  try {
    await new AsyncFunction(...Object.keys(scope), withChecks(program))(...Object.values(scope));
    expect(checks).toBe(page.match(/^[^`\n]*; \/\/ /gm)!.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
