import { expect, test } from 'vitest';
import { fragmentOf, settingsFrom } from '../../../playground/src/experiment/address.ts';
import { exampleNames, readExample } from '../../../scripts/examples/source.ts';
import { defaultSettings } from '../../../playground/src/experiment/settings.ts';

test('settings in an address are read, and the others have their defaults', () => {
  expect(settingsFrom('#normalization=layer&batchSize=4')).toEqual({
    ...defaultSettings,
    normalization: 'layer',
    batchSize: 4,
  });
  expect(settingsFrom('')).toEqual(defaultSettings);
});

test('values in an address that cannot be chosen are ignored', () => {
  expect(settingsFrom('#normalization=none&batchSize=5&learningRate=x&engine=cuda&other=1')).toEqual(defaultSettings);
});

test('settings survive their address', () => {
  const settings = { ...defaultSettings, optimizer: 'SGD', learningRate: 0.3, momentum: 0 } as const;
  expect(fragmentOf(settings)).toBe('#momentum=0&optimizer=SGD&learningRate=0.3');
  expect(settingsFrom(fragmentOf(settings))).toEqual(settings);
  expect(fragmentOf(defaultSettings)).toBe('');
});

test('the links of examples to the playground have settings that it knows', () => {
  for (const { playground } of exampleNames.map(readExample)) {
    if (playground === null) continue;
    const settings = settingsFrom(playground);
    for (const [name, value] of new URLSearchParams(playground)) {
      expect(String(settings[name as keyof typeof settings])).toBe(value);
    }
  }
});
