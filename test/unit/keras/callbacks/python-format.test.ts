import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { PathTemplate } from '../../../../src/keras/callbacks/path-template.ts';
import { pythonFloat, pythonFormat } from '../../../../src/keras/callbacks/python-format.ts';
import { loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly kind: 'str' | 'format' | 'csv';
  readonly value: number | 'nan' | 'inf' | '-inf';
  readonly integer?: boolean;
  readonly spec: string;
  readonly text: string;
}

const { cases } = loadGolden<Case>('python-format');
const numberOf = (value: Case['value']): number =>
  typeof value === 'number' ? value : value === 'nan' ? NaN : value === 'inf' ? Infinity : -Infinity;

test('floats are written as Python writes them', () => {
  const strings = cases.filter(({ kind }) => kind === 'str');
  expect(strings.length).toBeGreaterThan(50);
  expect(strings.map(({ value }) => pythonFloat(numberOf(value)))).toEqual(strings.map(({ text }) => text));
});

test('numbers are formatted as Python formats them', () => {
  const formats = cases.filter(({ kind }) => kind === 'format');
  expect(formats.length).toBeGreaterThan(500);
  const show = ({ value, spec }: Case, text: string): string => `format(${value}, ${JSON.stringify(spec)}) = ${text}`;
  const found = formats.map((entry) => {
    const { value, integer = false, spec } = entry;
    return show(entry, pythonFormat('test', { value: numberOf(value), isInteger: integer }, spec));
  });
  expect(found).toEqual(formats.map((entry) => show(entry, entry.text)));
});

describe('names of files with numbers in them', () => {
  const numbers = {
    epoch: { value: 7, isInteger: true },
    val_loss: { value: 0.12345, isInteger: false },
    'top-5 accuracy': { value: 1, isInteger: false },
  };

  test('are filled by name and format', () => {
    const fill = (text: string): string => new PathTemplate('ModelCheckpoint', text).fill(numbers);
    expect(fill('run/{epoch:02d}-{val_loss:.2f}.keras')).toBe('run/07-0.12.keras');
    expect(fill('{epoch}_{val_loss}_{top-5 accuracy}.h5')).toBe('7_0.12345_1.0.h5');
    expect(fill('{{epoch}}{epoch}{{{epoch}}}.h5')).toBe('{epoch}7{7}.h5');
    expect(fill('plain.h5')).toBe('plain.h5');
  });

  test.each([
    [
      '{epoch',
      `[ModelCheckpoint] braces in filepath must be pairs, {name} or {name:format}, or doubled for literal braces. Received: filepath="{epoch".`,
    ],
    [
      'epoch}',
      `[ModelCheckpoint] braces in filepath must be pairs, {name} or {name:format}, or doubled for literal braces. Received: filepath="epoch}".`,
    ],
    [
      '{}',
      '[ModelCheckpoint] braces in filepath must contain the name of a value: epoch, batch, loss or a metric. Received: {} in filepath="{}".',
    ],
    [
      '{0}',
      '[ModelCheckpoint] braces in filepath must contain the name of a value: epoch, batch, loss or a metric. Received: {0} in filepath="{0}".',
    ],
    [
      '{epoch!r}',
      '[ModelCheckpoint] braces in filepath must contain the name of a value: epoch, batch, loss or a metric. Received: {epoch!r} in filepath="{epoch!r}".',
    ],
    [
      '{a.b:d}',
      '[ModelCheckpoint] braces in filepath must contain the name of a value: epoch, batch, loss or a metric. Received: {a.b:d} in filepath="{a.b:d}".',
    ],
    [
      '{epoch:x}',
      '[ModelCheckpoint] the format "x" cannot be used: it must be like 02d, .2f, .3e or .4g: [[fill]align][sign][0][width][grouping][.precision][type].',
    ],
    [
      '{loss:02d}',
      '[ModelCheckpoint] the format "02d" cannot be used: d is for integers, such as epoch and batch. Use f for this number.',
    ],
    [
      '{epoch:.2}',
      '[ModelCheckpoint] the format ".2" cannot be used: integers have no precision, unless a letter such as f follows it.',
    ],
  ])('%s is refused at once', (text, message) => {
    expect(() => new PathTemplate('ModelCheckpoint', text)).toThrow(new ValueError(message));
  });

  test('need the numbers that they name', () => {
    expect(() => new PathTemplate('ModelCheckpoint', '{loss}.h5').fill(numbers)).toThrow(
      new ValueError(
        '[ModelCheckpoint] there is no value named "loss" for the file name. Received: filepath="{loss}.h5". Available: epoch, val_loss, top-5 accuracy.',
      ),
    );
  });
});
