import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../support/close.ts';
import { bundleProgram, launchers, run } from './mpirun.ts';
import { type Network, badNetwork, cableNetwork, canMakeNetworks } from './network.ts';

const launcher = launchers.find(({ name }) => name === 'Open MPI') ?? null;
const isPossible = launcher !== null && canMakeNetworks();

let program = '';
let network: Network | null = null;

beforeAll(async () => {
  program = await bundleProgram('scenarios');
});

afterEach(() => {
  network?.remove();
  network = null;
});

afterAll(() => {
  rmSync(program, { force: true });
});

/** Starts a training without an end on both hosts, and does something to it after some steps. */
async function disturb({ before, options }: Network, disturbance: (pid: (rank: number) => number) => void) {
  const results = mkdtempSync(join(tmpdir(), 'evenkeel-mpi-'));
  const job = run(launcher, 2, program, ['forever'], { before, options, results });
  const number = (file: string): number =>
    existsSync(join(results, file)) ? Number(readFileSync(join(results, file), 'utf8')) : 0;
  while (number('1.step') < 5) await wait(20);
  const started = performance.now();
  disturbance((rank) => number(`${rank}.pid`));
  const ended = await job;
  return { ...ended, seconds: (performance.now() - started) / 1000 };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!isPossible)('two hosts', () => {
  test('two hosts train as one process over a network that delays packets by 2 ms and loses one in a hundred', async () => {
    const scenarios = ['dense64', 'synchronized64'];
    const alone = await run(null, 1, program, scenarios);
    network = await badNetwork(2, 0.01);
    const { code, output, outcomes } = await run(launcher, 2, program, scenarios, network);
    expect(code, output).toBe(0);
    for (const { scenario, losses, weights } of alone.outcomes) {
      const both = outcomes.filter((outcome) => outcome.scenario === scenario);
      expect(both).toHaveLength(2);
      expect(both[0]?.bits).toBe(both[1]?.bits);
      expectClose(both[0]?.losses ?? [], losses, { rtol: 1e-9 });
      expectClose(both[0]?.weights ?? [], weights, { rtol: 1e-9 });
    }
  });

  test('two hosts: a process that is killed in a step ends that of the other host within seconds', async () => {
    network = cableNetwork();
    const { code, output, seconds } = await disturb(network, (pid) => process.kill(pid(1), 'SIGKILL'));
    expect(code).not.toBe(0);
    expect(output).toMatch(/rank 1|signal 9/);
    expect(seconds).toBeLessThan(15);
  });

  test('two hosts: a cable that is cut ends the processes of both within seconds', async () => {
    const cable = cableNetwork();
    network = cable;
    const pids: number[] = [];
    const { code, output, seconds } = await disturb(cable, (pid) => {
      pids.push(pid(0), pid(1));
      cable.cut();
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/lost communication|has waited for the others/);
    expect(seconds).toBeLessThan(30);
    while (pids.some(isAlive)) await wait(100);
  });

  test('two hosts: a process that waits for longer than the timeout ends the job', async () => {
    network = cableNetwork();
    const stopped: number[] = [];
    const { code, output } = await disturb(network, (pid) => {
      stopped.push(pid(1));
      process.kill(pid(1), 'SIGSTOP');
    });
    for (const pid of stopped.filter(isAlive)) process.kill(pid, 'SIGKILL');
    expect(code).not.toBe(0);
    expect(output).toContain('process 0 of 2 has waited for the others for 8 s');
  });
});

test('two hosts: what their tests need is named if it is missing', ({ skip }) => {
  if (!isPossible)
    skip('Open MPI or the permission to make network namespaces is missing: tests of two hosts are skipped');
});
