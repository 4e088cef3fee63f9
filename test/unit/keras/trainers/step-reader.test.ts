import { expect, test } from 'vitest';
import type { PendingStep } from '../../../../src/keras/trainers/steps/step-program.ts';
import { StepReader } from '../../../../src/keras/trainers/steps/step-reader.ts';

/** Results on a GPU, which record what is done with them. */
function pendingSteps(): { readonly make: (step: number) => PendingStep; readonly done: string[] } {
  const done: string[] = [];
  const make = (step: number): PendingStep => ({
    read: () => {
      done.push(`read ${step}`);
      return Promise.resolve({ loss: step, logs: { loss: step } });
    },
    dispose: () => {
      done.push(`dispose ${step}`);
    },
  });
  return { make, done };
}

test('results on the host are returned at once', async () => {
  const reader = new StepReader(() => false);
  expect(await reader.last()).toBeNull();
  for (const loss of [3, 2, 1]) expect((await reader.next(0, { loss, logs: {} })).loss).toBe(loss);
  expect((await reader.last())?.loss).toBe(1);
});

test('results on a GPU are read for the first step, when they are needed, and for the last one', async () => {
  const { make, done } = pendingSteps();
  const reader = new StepReader((step) => step === 3);
  const seen: number[] = [];
  for (let step = 0; step < 6; step++) seen.push((await reader.next(step, make(step))).loss);
  expect(seen).toEqual([0, 0, 0, 3, 3, 3]);
  expect(done).toEqual(['read 0', 'dispose 1', 'dispose 2', 'read 3', 'dispose 4']);
  expect((await reader.last())?.loss).toBe(5);
  expect(await reader.last()).toMatchObject({ loss: 5 });
  expect(done.filter((entry) => entry === 'read 5')).toHaveLength(1);
});

test('a GPU is never more than 16 steps behind', async () => {
  const { make, done } = pendingSteps();
  const reader = new StepReader(() => false);
  for (let step = 0; step < 40; step++) await reader.next(step, make(step));
  expect(done.filter((entry) => entry.startsWith('read'))).toEqual(['read 0', 'read 16', 'read 32']);
});
