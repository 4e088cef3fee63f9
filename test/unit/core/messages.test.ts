import { expect, test } from 'vitest';
import { checkOptions, unknownName } from '../../../src/core/checks.ts';
import { show } from '../../../src/core/errors.ts';
import { escapeControls } from '../../../src/core/escape.ts';
import { own, setOwn } from '../../../src/core/own.ts';
import { tensor } from '../../../src/core/tensor.ts';

test.each([
  ['lr', 'learningRate'],
  ['border_mode', 'padding'],
  ['W_regularizer', 'kernelRegularizer'],
  ['init', 'kernelInitializer'],
  ['output_dim', 'units'],
  ['nb_epoch', 'epochs'],
  ['batch_input_shape', 'batchInputShape'],
  ['use_bias', 'useBias'],
  ['learning_rate', 'learningRate'],
  ['clipNorm', 'clipnorm'],
])('the former name %s suggests %s', (former, current) => {
  const allowed = ['learningRate', 'padding', 'kernelRegularizer', 'kernelInitializer', 'units', 'epochs'];
  const all = [...allowed, 'batchInputShape', 'useBias', 'clipnorm'];
  expect(() => checkOptions('Who', { [former]: 1 }, all)).toThrow(
    new TypeError(`[Who] unknown option "${former}". Did you mean "${current}"?`),
  );
});

test('an option without a successor has advice', () => {
  expect(() => checkOptions('SGD', { decay: 0.1 }, ['momentum'])).toThrow(
    /unknown option "decay"\. Pass a schedule as learningRate/,
  );
  expect(() => checkOptions('Sequential', { returnDict: true }, ['verbose'])).toThrow(
    /unknown option "returnDict"\. The result is always a record: remove it\./,
  );
});

test('a name that is not similar is not suggested, and few known names are listed', () => {
  expect(unknownName('Model', 'input', 'id', ['IT', 'IS']).message).toBe(
    '[Model] unknown input "id". Known: "IT", "IS".',
  );
});

test('values in lists and records are shown by their class', () => {
  expect(show([tensor([1, 2]), tensor(3)])).toBe('["a Tensor", "a Tensor"]');
  expect(show({ x: tensor([1]), y: new Map() })).toBe('{"x":"a Tensor", "y":"a Map"}');
});

test('characters that control a terminal are shown by their codes', () => {
  expect(escapeControls('a\u001b[2Jb\u009bc\r\u202ed\n')).toBe('a\\u001b[2Jb\\u009bc\\u000d\\u202ed\n');
  expect(show('\u009b')).toBe('"\\u009b"');
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s is a name like others', (name) => {
  const record: Record<string, number> = {};
  expect(own(record, name)).toBeUndefined();
  setOwn(record, name, 3);
  expect(own(record, name)).toBe(3);
  expect(Object.keys(record)).toEqual([name]);
});
