import { expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import { agrees, plain, withChecks } from '../../support/doc-examples.ts';
import { claims, program } from '../../support/from-tensorflow-js.ts';

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

test('the programs in docs/from-tensorflow-js.md run, and every value in their comments is right', async () => {
  let checks = 0;
  const check = async (line: string, expected: unknown, actual: unknown): Promise<void> => {
    checks++;
    const found = await plain(actual);
    if (!agrees(expected, found))
      expect.fail(`${line}\n  says ${JSON.stringify(expected)}\n  gives ${JSON.stringify(found)}`);
  };
  const scope = { ...evenkeel, check };
  await new AsyncFunction(...Object.keys(scope), withChecks(program))(...Object.values(scope));
  expect(checks).toBe(claims);
  expect(checks).toBeGreaterThan(3);
});
