import { create } from '../page/dom.ts';
import type { ConvertOptions, ModelReport, OutputFormat } from './model-file.ts';

const formats: readonly { readonly format: OutputFormat; readonly label: string }[] = [
  { format: 'keras', label: '.keras' },
  { format: 'h5', label: '.h5' },
  { format: 'onnx', label: 'ONNX' },
  { format: 'safetensors', label: 'safetensors' },
];

/** Returns the buttons that convert a model. */
export function downloadsView({ folding }: ModelReport, save: (options: ConvertOptions) => void): HTMLElement {
  const canFold = !('error' in folding) && folding.merged.length > 0;
  const fold = create('input', { type: 'checkbox', id: 'fold' });
  fold.disabled = !canFold;
  const buttons = formats.map(({ format, label }) => {
    const button = create('button', { type: 'button', 'data-format': format, text: `Download ${label}` });
    button.addEventListener('click', () => save({ format, folded: fold.checked }));
    return button;
  });
  return create(
    'section',
    { class: 'downloads', 'aria-label': 'Convert' },
    create('h3', { text: 'Convert' }),
    create('label', { class: 'check' }, fold, document.createTextNode(' Merge batch normalization into its neighbors')),
    create('div', { class: 'buttons' }, ...buttons),
    create('p', {
      class: 'hint',
      text: 'ONNX has the computation, safetensors the weights alone, the others the whole model.',
    }),
  );
}
