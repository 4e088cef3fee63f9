import { expect, test } from 'vitest';
import { Input, Sequential, type Tensor, type Value, layers, loadModel, ops } from '../../../../src/index.ts';
import type { CompileOptions } from '../../../../src/keras/trainers/compile/compile-options.ts';
import { OwnLoss, OwnMetric, OwnOptimizer } from '../../../support/own-parts.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

const ownFunction = (yTrue: Value, yPred: Value): Value => ops.mean(ops.subtract(yTrue, yPred), { axis: -1 });

const custom: readonly (readonly [what: string, options: CompileOptions, name: string])[] = [
  ['a custom loss', { loss: new OwnLoss() }, 'OwnLoss'],
  ['a function as loss', { loss: ownFunction }, 'ownFunction'],
  ['a custom metric', { loss: 'mse', metrics: [new OwnMetric()] }, 'OwnMetric'],
  ['a custom optimizer', { optimizer: new OwnOptimizer(), loss: 'mse' }, 'OwnOptimizer'],
];

async function file(
  options: CompileOptions,
  format: 'keras' | 'h5',
): Promise<{ bytes: Uint8Array; weights: Tensor[] }> {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
  model.compile(options);
  return { bytes: await model.toBytes(format), weights: model.getWeights() };
}

for (const format of ['keras', 'h5'] as const) {
  test.each(custom)(
    `a .${format} file with %s that is not known opens uncompiled, with one warning`,
    async (_, options, name) => {
      const { bytes, weights } = await file(options, format);
      const model = await loadModel(bytes);
      expect(expectWarning('The model is not compiled.')).toMatch(
        new RegExp(
          `^\\[loadModel\\] (compile|training)_config: .*unknown .*"${name}".* Pass custom classes and functions in customObjects, under their names, or load without compiling: \\{ compile: false \\}\\.$`,
        ),
      );
      expect(model.compiled).toBe(false);
      expect(model.getWeights()).toEqual(weights);
    },
  );

  test.each(custom)(
    `a .${format} file with %s opens without a warning with compile: false, or compiled with it`,
    async (_, options) => {
      const { bytes } = await file(options, format);
      expect((await loadModel(bytes, { compile: false })).compiled).toBe(false);
      const customObjects = { OwnLoss, OwnMetric, OwnOptimizer, ownFunction };
      expect((await loadModel(bytes, { customObjects })).optimizer).not.toBe(null);
    },
  );
}
