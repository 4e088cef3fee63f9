import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { resetNames } from '../../../../src/core/names.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { camelCase } from '../losses/golden-values.ts';

interface ConfigCase {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly getConfig: string;
  readonly serialized: string;
}

const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
const all = loadGolden<ConfigCase>('vocabulary').cases.filter(
  ({ kind, section }) => kind === 'config' && section === 'optimizers',
);

test.each(all)('the config of $class $options equals the one of Keras, and is read back', (entry) => {
  resetNames();
  const optimizer = new classes[entry.class]!(camelCase(entry.options));
  const config: unknown = JSON.parse(entry.getConfig);
  expect(JSON.stringify(optimizer.getConfig())).toBe(JSON.stringify(config));
  const serialized = JSON.parse(entry.serialized) as { class_name: string; config: Config };
  expect(optimizers.serialize(optimizer)).toEqual(serialized);
  expect(JSON.stringify(optimizers.get(serialized).getConfig())).toBe(JSON.stringify(config));
});

test.each([
  ...['adam', 'Adam', 'ADAM', 'sgd', 'SGD', 'rmsprop', 'RMSprop', 'adamw', 'AdamW', 'adagrad', 'adadelta', 'adamax'],
  ...['nadam', 'Nadam', 'lion', 'ftrl', 'Ftrl'],
])('the name %s refers to an optimizer', (name) => {
  const found = optimizers.get(name);
  expect(optimizers.serialize(found).class_name.toLowerCase()).toBe(name.toLowerCase());
  expect(optimizers.get(found)).toBe(found);
});

test('default names are numbered within a session', () => {
  resetNames();
  expect([new optimizers.Adam().name, new optimizers.RMSprop().name, new optimizers.Adam().name]).toEqual([
    'adam',
    'rm_sprop',
    'adam_1',
  ]);
  expect(new optimizers.SGD({ name: 'mine' }).name).toBe('mine');
});

test('a custom optimizer is read back with customObjects', () => {
  class Still extends optimizers.Optimizer {
    override step({ value }: optimizers.StepInput): optimizers.StepResult {
      return { value };
    }
  }
  const written = optimizers.serialize(new Still({ learningRate: 0.5, name: 'still' }));
  expect(written).toMatchObject({ module: null, class_name: 'Still', registered_name: 'Still' });
  const back = optimizers.get(written, 'loadModel', { customObjects: { Still } });
  expect(back).toBeInstanceOf(Still);
  expect(back.getConfig()).toEqual(written.config);
});

const apply = (optimizer: optimizers.Optimizer, gradients: readonly null[], variables: readonly Variable[]): unknown =>
  optimizer.applyIn(new Trace(), gradients, variables);
const w = new Variable(tensor([1]), { name: 'w', path: 'dense/w' });

test.each([
  [
    () => optimizers.get('adamm', 'compile'),
    new TypeError('[compile] unknown optimizer "adamm". Did you mean "adam"?'),
  ],
  [
    () => optimizers.get(3 as never, 'compile'),
    new TypeError('[compile] an optimizer must be a name, a config object or an Optimizer. Received: 3.'),
  ],
  [
    () => new optimizers.Adam({ lr: 0.1 } as never),
    new TypeError('[Adam] unknown option "lr". Did you mean "learningRate"?'),
  ],
  [
    () => new optimizers.Adam({ learningRate: 'fast' as never }),
    new TypeError(
      '[Adam] learningRate must be a finite number, a LearningRateSchedule or a function. Received: learningRate="fast".',
    ),
  ],
  [
    () => new optimizers.SGD({ momentum: 2 }),
    new ValueError('[SGD] momentum must be in [0, 1]. Received: momentum=2.'),
  ],
  [
    () => new optimizers.SGD({ clipnorm: 1, clipvalue: 0.5 }),
    new ValueError(
      '[SGD] only one of clipnorm, clipvalue and globalClipnorm can be set. Received: clipnorm=1, clipvalue=0.5, globalClipnorm=null.',
    ),
  ],
  [
    () => new optimizers.SGD({ gradientAccumulationSteps: 1 }),
    new TypeError('[SGD] gradientAccumulationSteps must be an integer ≥ 2. Received: gradientAccumulationSteps=1.'),
  ],
  [() => new optimizers.Lion({ beta1: 0 }), new ValueError('[Lion] beta1 must be in (0, 1]. Received: beta1=0.')],
  [
    () => new optimizers.Ftrl({ l1RegularizationStrength: -1 }),
    new ValueError('[Ftrl] l1RegularizationStrength must be ≥ 0. Received: l1RegularizationStrength=-1.'),
  ],
  [
    () => new optimizers.Ftrl({ learningRatePower: 1 }),
    new ValueError('[Ftrl] learningRatePower must be ≤ 0. Received: learningRatePower=1.'),
  ],
  [
    () => new optimizers.SGD({ useEma: true, emaMomentum: 2 }),
    new ValueError('[SGD] emaMomentum must be in [0, 1]. Received: emaMomentum=2.'),
  ],
  [
    () => new optimizers.AdamW({ weightDecay: null }),
    new ValueError('[AdamW] weightDecay must be a number. Received: weightDecay=null. Use Adam for none.'),
  ],
  [
    () => apply(new optimizers.SGD(), [null], [w]),
    new ValueError(
      '[SGD] no gradients provided for any variable. Received: variables dense/w. The loss must depend on them.',
    ),
  ],
  [
    () => {
      const sgd = new optimizers.SGD();
      sgd.build([]);
      sgd.applyIn(new Trace(), [constant([1])], [w]);
    },
    new ValueError(
      '[SGD] an optimizer can only move the variables that it was built with. Received: dense/w. Create a new optimizer for other variables.',
    ),
  ],
  [
    () => {
      const sgd = new optimizers.SGD();
      sgd.build([w]);
      sgd.excludeFromWeightDecay({ varNames: ['bias'] });
    },
    new ValueError(
      '[SGD] excludeFromWeightDecay must be called before the optimizer is built. Call it before compile or fit.',
    ),
  ],
])('an invalid optimizer, option or call is an error with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});
