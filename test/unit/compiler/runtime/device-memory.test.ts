import type { Tensor as OrtTensor } from 'onnxruntime-common';
import { expect, test } from 'vitest';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { type DeviceHost, OrtDeviceMemory } from '../../../../src/compiler/runtime/ort/device-memory.ts';
import { engineError } from '../../../../src/compiler/runtime/ort/common/api.ts';
import { tensor } from '../../../../src/core/tensor.ts';

const onDevice = {
  type: 'float32',
  dims: [2],
  location: 'gpu-buffer',
  dispose: () => undefined,
} as unknown as OrtTensor;

/** The memory of a device that answers with the numbers 7 and 8, or not at all. */
function memoryOf(answers: () => boolean): OrtDeviceMemory {
  const copy = (): Promise<OrtTensor> => (answers() ? Promise.resolve(onDevice) : new Promise(() => undefined));
  const host: DeviceHost = {
    toEngine: () => onDevice,
    fromEngine: () => tensor([7, 8]),
    schedule: (work) => work(),
    copies: () => Promise.resolve({ toHost: copy, toDevice: copy }),
  };
  return new OrtDeviceMemory(host);
}

const lost = (reason: string): string =>
  `[runtime] the GPU's device is lost: ${reason}. Weights and state have the values that were last fetched from it, by fit at the end of an epoch or by syncState. Continue on another engine, setEngine('auto'), or in a new process or page.`;

test('a task on a device that is lost meanwhile fails, although the engine never answers', async () => {
  const memory = memoryOf(() => true);
  const running = memory.work(() => new Promise(() => undefined));
  memory.lose('the driver was reset');
  await expect(running).rejects.toThrow(lost('the driver was reset'));
  await expect(memory.work(() => Promise.resolve(1))).rejects.toThrow(lost('the driver was reset'));
  expect(memory.isLost).toBe(true);
});

test('a message of the engine that the device is lost loses it', async () => {
  const memory = memoryOf(() => true);
  await expect(
    memory.work(() => Promise.reject(new Error('A valid external Instance: device was lost'))),
  ).rejects.toThrow(lost('A valid external Instance: device was lost'));
  expect(memory.isLost).toBe(true);
});

test('an error of the engine that says what to do is not wrapped again', () => {
  const error = engineError(new Error('node dense_1'));
  expect(engineError(error)).toBe(error);
});

test('a variable whose device is lost has the elements that were fetched last', async () => {
  let answers = true;
  const memory = memoryOf(() => answers);
  const variable = new Variable(tensor([1, 2]), { name: 'w' });
  variable.commitOnDevice(memory.adopt('w', onDevice));
  await variable.download();
  expect([...variable.value.data]).toEqual([7, 8]);
  variable.commitOnDevice(memory.adopt('w', onDevice));
  expect(() => variable.value).toThrow('await model.syncState()');
  answers = false;
  const fetching = variable.download();
  memory.lose('unplugged');
  await expect(fetching).rejects.toThrow(lost('unplugged'));
  expect([...variable.value.data]).toEqual([7, 8]);
  await variable.download();
});
