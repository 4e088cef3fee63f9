import { Input, Sequential, engineInfo, setEngine, tensor } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The loader of Vulkan finds no driver in a file that does not exist.
const hidden = process.env['VK_ICD_FILENAMES'];

beforeAll(() => {
  process.env['VK_ICD_FILENAMES'] = '/no-driver.json';
});

afterAll(() => {
  setEngine('auto');
  if (hidden === undefined) delete process.env['VK_ICD_FILENAMES'];
  else process.env['VK_ICD_FILENAMES'] = hidden;
});

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'without an adapter each run says so, and the model trains on another engine',
  async () => {
    const model = new Sequential([Input({ shape: [1] }), new Dense(1, { kernelInitializer: 'zeros', useBias: false })]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const [x, y] = [tensor([[1]]), tensor([[2]])];
    setEngine('webgpu');
    const message =
      /^\[runtime\] the webgpu engine cannot be opened: Failed to get .+\. It needs a GPU with a driver for Vulkan, Metal or Direct3D 12, or a browser that has WebGPU\. setEngine\('auto'\) uses the processor\.$/;
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(model.trainOnBatch(x, y)).rejects.toThrow(message);
      await expect(engineInfo()).rejects.toThrow(message);
    }
    expect(model.getWeights()[0]!.toArray()).toEqual([[0]]);
    setEngine('auto');
    expect((await model.trainOnBatch(x, y))['loss']).toBe(4);
  },
);
