import { describe, expect, test } from 'vitest';
import { Input, Sequential, layers, loadModel } from '../../../../src/index.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

const policies = ['float16', 'bfloat16', 'mixed_float16', 'mixed_bfloat16'] as const;

function network(dtype: (typeof policies)[number] | 'float32'): Sequential {
  return new Sequential([Input({ shape: [2] }), new layers.Dense(2, { dtype, kernelInitializer: 'ones', name: 'd' })], {
    dtype,
  });
}

describe('policies in half precision', () => {
  test.each(policies)('a layer keeps the policy %s, and computes in float32', (name) => {
    const layer = new layers.Dense(1, { dtype: name });
    expect(layer.dtypePolicy.name).toBe(name);
    expect(layer.dtype).toBe('float32');
    expect(layer.dtypePolicy.computeDtype).toBe(name.replace('mixed_', ''));
    expect(layer.dtypePolicy.variableDtype).toBe(name.startsWith('mixed_') ? 'float32' : name);
    const { dtype } = layer.getConfig();
    expect(dtype).toEqual({ module: 'keras', class_name: 'DTypePolicy', config: { name }, registered_name: null });
    expect(layers.deserialize(layers.serialize(layer)).dtypePolicy.name).toBe(name);
  });

  test.each(policies)('a file with the policy %s is read and written as it was, with one warning', async (name) => {
    const model = network(name);
    model.setWeights([
      [
        [1, 0.5],
        [0.25, 2],
      ],
      [1, -1],
    ]);
    for (const format of ['keras', 'h5'] as const) {
      const again = await loadModel(await model.toBytes(format));
      expect(expectWarning('which is kept, but computed in float32')).toBe(
        `[loadModel] the layers have the policy ${name}, which is kept, but computed in float32. Choose a policy for all layers with { dtypePolicy: 'float32' }.`,
      );
      expect(again.getLayer('d').dtypePolicy.name).toBe(name);
      expect(again.getWeights()).toEqual(model.getWeights());
      expect(again.getConfig()).toEqual(model.getConfig());
    }
  });

  test('the option dtypePolicy of loadModel replaces the policies of a file', async () => {
    const bytes = await network('mixed_float16').toBytes();
    const single = await loadModel(bytes, { dtypePolicy: 'float32' });
    expect([single.dtypePolicy.name, single.getLayer('d').dtypePolicy.name]).toEqual(['float32', 'float32']);
    const double = await loadModel(bytes, { dtypePolicy: 'float64' });
    expect(double.weights.map(({ dtype }) => dtype)).toEqual(['float64', 'float64']);
    await expect(loadModel(bytes, { dtypePolicy: 'half' as never })).rejects.toThrow(
      '[loadModel] dtypePolicy must be one of "float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16". Received: dtypePolicy="half".',
    );
  });

  test.each([
    ['Policy of tf.keras', { class_name: 'Policy', config: { name: 'mixed_float16' } }, 'mixed_float16'],
    ['PolicyV1', { class_name: 'PolicyV1', config: { name: 'mixed_bfloat16', loss_scale: null } }, 'mixed_bfloat16'],
    [
      'FloatDTypePolicy',
      { module: 'keras.dtype_policies', class_name: 'FloatDTypePolicy', config: { name: 'float16' } },
      'float16',
    ],
    ['a string', 'bfloat16', 'bfloat16'],
  ])('the dtype of a config may be a %s', (_, dtype, name) => {
    const json = { class_name: 'Dense', config: { name: 'd', units: 1, dtype } };
    expect(layers.deserialize(json).dtypePolicy.name).toBe(name);
  });

  test('integer types of inputs that tensors do not have are kept, and computed as int32', () => {
    const layer = layers.deserialize({
      class_name: 'InputLayer',
      config: { batch_shape: [null, 2], dtype: 'int64', name: 'x' },
    });
    expect([layer.dtype, layer.getConfig()['dtype']]).toEqual(['int32', 'int64']);
  });
});
