import { markdownTable } from '../markdown.mjs';
import { median } from '../numbers.mjs';
import { UNIT_ROUNDOFF, about, cases } from './problems.mjs';

const libraries = {
  'keras.tensorflow': 'Keras on TensorFlow',
  'keras.jax': 'Keras on JAX',
  'keras.torch': 'Keras on PyTorch',
  torch: 'PyTorch',
  'torch.channels_last': 'PyTorch, channels_last',
};

/** The cases of each layer. */
const layers = new Map();
for (const given of cases) layers.set(given.layer, [...(layers.get(given.layer) ?? []), given]);

const show = (size) => (size === null ? 'not finite' : size.rms === 0 ? '0' : size.rms.toExponential(1));

/** A table for each layer: root mean square errors, a row for each quantity of each case. */
export function precisionTables(measured) {
  return [...layers].map(([layer, own]) => {
    const present = Object.keys(libraries).filter((library) => own.some(({ errors }) => library in errors));
    const header = ['input', 'quantity', 'evenkeel', ...present.map((library) => libraries[library])];
    const rows = own.flatMap((given) =>
      Object.keys(given.truthRms).map((quantity, i) => {
        const others = present.map((library) => given.errors[library]?.[quantity]);
        const cells = others.map((size) => (size === undefined ? '–' : show(size)));
        return [i === 0 ? given.name : '', quantity, show(measured.get(given)[quantity]), ...cells];
      }),
    );
    return { layer, header, rows };
  });
}

/** No error at all is as good as one of float32's last place, and what is not finite has none that is larger. */
const sizeOf = (size) => (size === null ? Infinity : Math.max(size.rms, UNIT_ROUNDOFF));
const ratio = (error, other) => (error === other ? 1 : error / other);
const round = (value) => (value < 0.1 ? value.toExponential(0) : value.toPrecision(2));

/** For each layer, evenkeel's errors over those of the best and of the worst of the others. */
function summary(measured) {
  const rows = [...layers].map(([layer, own]) => {
    const [best, worst] = [[], []];
    for (const given of own) {
      for (const quantity of Object.keys(given.truthRms)) {
        const others = Object.values(given.errors).flatMap((errors) =>
          errors[quantity] === undefined ? [] : [sizeOf(errors[quantity])],
        );
        const ours = sizeOf(measured.get(given)[quantity]);
        best.push(ratio(ours, Math.min(...others)));
        worst.push(ratio(ours, Math.max(...others)));
      }
    }
    return [layer, ...[median(best), Math.max(...best), median(worst), Math.max(...worst)].map(round)];
  });
  return markdownTable(['', 'best, median', 'best, most', 'worst, median', 'worst, most'], rows);
}

/** All of it, as it stands in docs/precision.md between the markers. */
export function precisionMarkdown(measured) {
  const versions = ['keras', 'tensorflow', 'jax', 'torch'].map((name) => `${name} ${about[name]}`).join(', ');
  const sections = precisionTables(measured).map(
    ({ layer, header, rows }) => `## ${layer}\n\n${markdownTable(header, rows)}`,
  );
  const head = `The other libraries: ${versions}.`;
  return [head, '## Summary', `evenkeel's error divided by that of others:`, summary(measured), ...sections].join(
    '\n\n',
  );
}
