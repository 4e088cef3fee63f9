import { type Plot, stripChart } from '../../plots/index.ts';
import type { DiagnosedLayer, DiagnosisData } from './report.ts';

type Numbers = (layer: DiagnosedLayer) => readonly (number | null)[];

/** The plots of a diagnosis, one row for each layer that has such numbers. */
export function plotsOf({ layers }: DiagnosisData): readonly Plot[] {
  const strips = (numbers: Numbers): { readonly name: string; readonly values: number[] }[] =>
    layers
      .map((layer) => ({ name: layer.layer, values: numbers(layer).map((value) => value ?? NaN) }))
      .filter(({ values }) => values.some(Number.isFinite));
  const y = { label: '' };
  const chart = (
    title: string,
    subtitle: string,
    x: Parameters<typeof stripChart>[0]['x'],
    numbers: Numbers,
  ): readonly Plot[] => {
    const series = strips(numbers);
    return series.length === 0 ? [] : [stripChart({ title, subtitle, x, y, series, width: 680 })];
  };
  return [
    ...chart(
      'Shift of the mean',
      'Of the data from the moving mean, for each channel; 0 fits.',
      { label: 'shift (standard deviations)' },
      ({ perChannel }) => perChannel.meanShift,
    ),
    ...chart(
      'Ratio of the variances',
      'Of the data to the moving variance, for each channel; 1 fits.',
      { label: 'ratio', scale: 'log', format: '~g' },
      ({ perChannel }) => perChannel.varianceRatio.map((ratio) => (ratio === 0 ? null : ratio)),
    ),
    ...chart(
      'Scale γ',
      'For each channel; at 0 it passes nothing on.',
      { label: 'γ' },
      ({ perChannel }) => perChannel.gamma,
    ),
    ...chart(
      'Activity after the next activation',
      'The share of inputs for which it has a slope, for each channel; at 0 no gradient passes.',
      { label: 'share of inputs', domain: [0, 1], format: '.0%' },
      ({ perChannel }) => perChannel.active,
    ),
  ];
}
