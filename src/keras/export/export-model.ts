import { files } from '#files';
import { ValueError, show } from '../../core/errors.ts';
import { type ExportableModel, type ExportOptions, exportOnnx } from './export-onnx.ts';

/**
 * Writes a model as an ONNX file. Weights that are too large for it are written first, to `<file>.data` next to it.
 * @throws ValueError if the path does not end in .onnx, or the file cannot be written.
 */
export async function exportModel(model: ExportableModel, path: string | URL, options: ExportOptions): Promise<void> {
  const who = `${model.who} export`;
  if (!String(path).endsWith('.onnx')) {
    throw new ValueError(`[${who}] path must end in .onnx. Received: path=${show(String(path))}.`);
  }
  const { model: bytes, externalData } = exportOnnx(model, options, `${fileNameOf(who, path)}.data`);
  if (externalData !== null) {
    const beside = path instanceof URL ? new URL(`${path.href}.data`) : `${path}.data`;
    await files.writeFileAtomic(who, beside, externalData.pieces);
  }
  await files.writeFileAtomic(who, path, bytes);
}

/** The last part of a path, by which the model refers to the file next to it. */
function fileNameOf(who: string, path: string | URL): string {
  const text = String(path);
  if (text.startsWith('file://')) return decodeURIComponent(text.slice(text.lastIndexOf('/') + 1));
  const folder = files.folderOf(who, path);
  return (text.startsWith(folder) ? text.slice(folder.length) : text).replace(/^[\\/]+/, '');
}
