import { describe, expect, test } from 'vitest';
import { type Activation, get, glu, linear, relu, serialize, silu } from '../../../../src/keras/activations/index.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { multiply } from '../../../../src/keras/ops/index.ts';
import { loadGolden } from '../../../support/golden.ts';

interface Config {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly serialized: string;
  readonly short: string;
}

const configs = loadGolden<Config>('vocabulary').cases.filter(
  ({ kind, section }) => kind === 'config' && section === 'activations',
);

// threshold has arguments without defaults: no name can stand for it.
test.each(configs.filter((entry) => entry.class !== 'threshold'))('$class is written as Keras writes it', (entry) => {
  expect(JSON.stringify(serialize(get(entry.class)))).toBe(entry.short);
  expect(get(JSON.parse(entry.serialized) as never)).toBe(get(entry.class));
});

test('a name, nothing, or a function is an activation', () => {
  expect(get('relu')).toBe(relu);
  expect(get('swish')).toBe(silu);
  expect(get(null)).toBe(linear);
  expect(get(undefined)).toBe(linear);
  const mine: Activation = (x) => multiply(x, 2);
  expect(get(mine)).toBe(mine);
});

test("a user's function is written with its name and read back from customObjects", () => {
  const double: Activation = (x) => multiply(x, 2);
  const written = serialize(double);
  expect(written).toEqual({
    module: 'builtins',
    class_name: 'function',
    config: 'double',
    registered_name: 'function',
  });
  const back = get(written, 'Dense', { customObjects: { double } });
  expect(back.name).toBe('double');
  expect(back(input('x', [2], 'float32')).node.primitive).toBe('multiply');
});

describe('wrong use says how to mend it', () => {
  test.each([
    [() => get('rellu', 'Dense'), '[Dense] unknown activation "rellu". Did you mean "relu"?'],
    [
      () => get(3 as never, 'Dense'),
      new TypeError('[Dense] an activation must be a name, a config object or a function. Received: 3.'),
    ],
    [
      () => serialize((x) => multiply(x, 2)),
      new TypeError(
        '[activations.serialize] a function without a name cannot be written to a config. Received: function (anonymous). Give it a name, and pass it in customObjects to read it back.',
      ),
    ],
    [
      () => relu(1, { negativSlope: 0.1 } as never),
      new TypeError('[activations.relu] unknown option "negativSlope". Did you mean "negativeSlope"?'),
    ],
    [
      () => relu(1, { maxValue: 'six' } as never),
      new TypeError('[activations.relu] maxValue must be a finite number. Received: maxValue="six".'),
    ],
    [
      () => glu(input('x', [2, 3], 'float32')),
      new ValueError('[ops.glu] the size of axis 1 must be known and even. Received: x of shape [2, 3].'),
    ],
    [
      () => get('mine', 'Dense', { customObjects: { mine: () => 3 } })(1),
      new ValueError(
        '[Dense] the activation "mine" must return a symbolic value. Received: 3. Write it with evenkeel/ops.',
      ),
    ],
  ])('%#', (run, error) => {
    expect(run).toThrow(error);
  });
});
