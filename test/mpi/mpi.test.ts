import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../support/close.ts';
import { INTERFACES, type Job, PROCESSES, type Launcher, bundleProgram, launchers, run } from './mpirun.ts';
import type { Outcome } from './programs/scenarios.ts';

const SCENARIOS = ['article32', 'dense64', 'synchronized64'];
/** ResNet-20, which is cut 38 times, and a network whose gradients travel in several messages. */
const LARGE = ['resnet20', 'wide'];

let program = '';
let alone: readonly Outcome[] = [];

beforeAll(async () => {
  program = await bundleProgram('scenarios');
  const job = await run(null, 1, program, [...SCENARIOS, ...LARGE]);
  expect(job.output).not.toContain('Error');
  alone = job.outcomes;
});

afterAll(() => {
  rmSync(program, { force: true });
});

function expectEqualToOne({ outcomes, code, output }: Job, processes: number, scenarios: readonly string[]): void {
  expect(code, output).toBe(0);
  for (const one of alone.filter(({ scenario }) => scenarios.includes(scenario))) {
    const results = outcomes.filter(({ scenario }) => scenario === one.scenario);
    expect(results.map(({ rank }) => rank).sort()).toEqual(Array.from({ length: processes }, (_, i) => i));
    const isDouble = one.scenario.endsWith('64');
    for (const { losses, weights, bits } of results) {
      expectClose(losses, one.losses, { rtol: isDouble ? 1e-9 : 1e-4 });
      if (isDouble) expectClose(weights, one.weights, { rtol: 1e-9 });
      expect(bits).toBe(results[0]?.bits);
    }
  }
}

const isMissing = (name: Launcher['name']): boolean => !launchers.some((each) => each.name === name);

for (const name of INTERFACES) {
  const launcher = launchers.find((each) => each.name === name) ?? null;
  describe.skipIf(isMissing(name))(name, () => {
    test.each(PROCESSES)(`${name}: a world of %i trains as one process with the same batches`, async (processes) => {
      expectEqualToOne(await run(launcher, processes, program, SCENARIOS), processes, SCENARIOS);
    });

    test(`${name}: two processes train ResNet-20 with pooled statistics, and wide layers, as one with the same batches`, async () => {
      expectEqualToOne(await run(launcher, 2, program, LARGE), 2, LARGE);
    });

    test(`${name}: an error in one process ends all of them, with its message`, async () => {
      const job = await run(launcher, 2, program, ['throw']);
      expect(job.output).toContain('process 1 of 2 ends all of them: Error: the error of process 1');
      expect(job.code).not.toBe(0);
      expect(job.seconds).toBeLessThan(15);
    });

    test(`${name}: a process that ends while others wait for it ends all of them, and is named`, async () => {
      const job = await run(launcher, 3, program, ['leave']);
      expect(job.output).toMatch(/process 1 of 3 has ended, but process [02] waits for its part/);
      expect(job.code).not.toBe(0);
      expect(job.seconds).toBeLessThan(15);
    });

    test(`${name}: a process that is killed ends all of them`, async () => {
      const job = await run(launcher, 2, program, ['kill']);
      expect(job.code).not.toBe(0);
      expect(job.output).toMatch(/signal|KILLED/);
      expect(job.seconds).toBeLessThan(15);
    });
  });
}

test('MPI: the launchers that are missing are named', ({ skip }) => {
  const missing = INTERFACES.filter(isMissing);
  if (missing.length > 0) skip(`no mpirun with a library of ${missing.join(' and ')}: its tests are skipped`);
});
