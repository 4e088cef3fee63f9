import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import * as normalization from '../../../src/tools/normalization/index.ts';
import { agrees, plain, withChecks } from '../../support/doc-examples.ts';

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

test('the program in docs/normalization.md runs, and every value in its comments is right', async () => {
  const page = readFileSync(new URL('../../../docs/normalization.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
  const folder = mkdtempSync(join(tmpdir(), 'normalization-page-'));
  const program = blocks
    .join('\n')
    .replaceAll(/^import \{.*?\} from '[^']*';$/gms, '')
    .replaceAll("'runs/", `'${folder}/`);
  let checks = 0;
  const check = async (line: string, expected: unknown, actual: unknown): Promise<void> => {
    checks++;
    const found = await plain(actual);
    if (!agrees(expected, found))
      expect.fail(`${line}\n  says ${JSON.stringify(expected)}\n  gives ${JSON.stringify(found)}`);
  };
  const scope = { ...evenkeel, ...normalization, check };
  try {
    await new AsyncFunction(...Object.keys(scope), withChecks(program))(...Object.values(scope));
    expect(checks).toBe(page.match(/^[^`\n]*; \/\/ /gm)!.length);
    expect([existsSync(join(folder, 'bn.csv')), existsSync(join(folder, 'first'))]).toEqual([true, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
