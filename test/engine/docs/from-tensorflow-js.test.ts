import { expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import { runProgram } from '../../support/doc-examples.ts';
import { claims, program } from '../../support/from-tensorflow-js.ts';

test('the programs in docs/from-tensorflow-js.md run, and every value in their comments is right', async () => {
  expect(claims).toBeGreaterThan(3);
  expect(await runProgram(program, { ...evenkeel })).toBe(claims);
});
