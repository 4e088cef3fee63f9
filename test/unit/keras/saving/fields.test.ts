import { expect, test } from 'vitest';
import {
  type Fields,
  argumentsOf,
  boolean,
  choice,
  integer,
  nullable,
  number,
  positionalOptions,
  readFields,
  under,
  unsupported,
  writeFields,
} from '../../../../src/keras/saving/fields.ts';
import { defaultContext } from '../../../../src/keras/saving/read-context.ts';

const fields: Fields = {
  units: integer(undefined, 1),
  beta1: number(0.9, { min: 0, max: 1 }),
  useBias: boolean(true),
  mode: choice(['auto', 'min', 'max'], 'auto'),
  seed: nullable(integer()),
  verbose: under(null, integer(0)),
  loraRank: unsupported('low-rank adaptation is not supported'),
};

test('omitted options have their defaults', () => {
  expect(readFields('Example', fields, { mode: 'min' }, { units: 3 })).toEqual({
    units: 3,
    beta1: 0.9,
    useBias: true,
    mode: 'min',
    seed: null,
    verbose: 0,
    loraRank: null,
  });
});

test.each([
  [{ unit: 1 }, '[Example] unknown option "unit". Did you mean "beta1"?'],
  [{ units: 1 }, '[Example] unknown option "units". Did you mean "mode"?'],
  [{ beta1: null }, '[Example] beta1 must be a finite number. Received: beta1=null.'],
  [{ useBias: null }, '[Example] useBias must be true or false. Received: useBias=null.'],
  [{ beta1: 2 }, '[Example] beta1 must be in [0, 1]. Received: beta1=2.'],
  [{ loraRank: 4 }, '[Example] loraRank must be null: low-rank adaptation is not supported. Received: loraRank=4.'],
])('options %o are refused by name', (options, message) => {
  const read = () => readFields('Example', fields, options, { units: 3 });
  expect(read).toThrow(message.slice(0, message.indexOf('Did') < 0 ? undefined : message.indexOf('Did')).trim());
});

test('a missing required option is an error of its check', () => {
  expect(() => readFields('Example', fields, {}, { units: undefined })).toThrow('[Example] units must be an integer');
});

test('a config has the keys of the fields in their order, and converts back to the same arguments', () => {
  const values = readFields('Example', fields, { seed: 7 }, { units: 3 });
  const config = writeFields('Example', fields, values);
  expect(JSON.stringify(config)).toBe(
    '{"units":3,"beta_1":0.9,"use_bias":true,"mode":"auto","seed":7,"lora_rank":null}',
  );
  expect(argumentsOf(fields, config, defaultContext)).toEqual([
    3,
    { beta1: 0.9, useBias: true, mode: 'auto', seed: 7, loraRank: null },
  ]);
});

test('required options are the positional arguments', () => {
  expect(positionalOptions(fields)).toEqual(['units']);
});
