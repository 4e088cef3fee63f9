import { files } from '#files';
import { ValueError } from '../../core/errors.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { pathIn } from '../../formats/files/path-in.ts';
import { Embedding } from '../layers/core/embedding.ts';
import type { CallbackModel } from './callback-model.ts';
import { pythonFloat32 } from './python-format.ts';

/** Files by the names of Embedding layers, or one for all. */
export type EmbeddingsMetadata = string | Readonly<Record<string, string>> | null;

/** The matrix of an Embedding layer, and the name of the file for it. */
interface Projected {
  readonly weight: Variable;
  readonly file: string;
  readonly metadata: string | null;
}

/**
 * The matrices of Embedding layers, in the form that TensorBoard's projector reads without TensorFlow: a configuration,
 * `projector_config.pbtxt`, and a table for each matrix. Keras writes the weights of the model in their place, which the projector
 * does not read.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/plugins/projector/projector_config.proto
 */
export class EmbeddingProjector {
  readonly #who: string;
  readonly #folder: FilePath;
  readonly #projected: readonly Projected[];

  /** @throws ValueError if there is no Embedding layer, or `metadata` names another one. */
  constructor(who: string, folder: FilePath, model: CallbackModel, metadata: EmbeddingsMetadata) {
    const found = model.layers.filter((layer) => layer instanceof Embedding);
    const names = found.map(({ name }) => name);
    const named = typeof metadata === 'string' || metadata === null ? [] : Object.keys(metadata);
    const unknown = named.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      const known = names.length === 0 ? 'none' : names.join(', ');
      throw new ValueError(
        `[${who}] embeddingsMetadata must name Embedding layers of the model. Received: ${unknown.join(', ')}. Its Embedding layers: ${known}.`,
      );
    }
    this.#who = who;
    this.#folder = folder;
    this.#projected = found.flatMap((layer) => {
      const [weight] = layer.weights;
      const path = typeof metadata === 'string' ? metadata : metadata?.[layer.name];
      const file = `embedding-${layer.name.replace(/[^\w.-]/gu, '_')}.tsv`;
      return weight === undefined ? [] : [{ weight, file, metadata: path ?? null }];
    });
  }

  /** Writes the configuration. @throws ValueError if it cannot be written */
  async writeConfig(): Promise<void> {
    const entries = this.#projected.map(({ weight, file, metadata }) =>
      [
        'embeddings {',
        `  tensor_name: ${quoted(weight.path)}`,
        ...(metadata === null ? [] : [`  metadata_path: ${quoted(metadata)}`]),
        ...weight.shape.map((size) => `  tensor_shape: ${size}`),
        `  tensor_path: ${quoted(file)}`,
        '}\n',
      ].join('\n'),
    );
    await files.makeFolder(this.#who, this.#folder);
    await this.#write('projector_config.pbtxt', entries.join(''));
  }

  /** Writes the matrices with the values that they have now. */
  async writeMatrices(): Promise<void> {
    for (const { weight, file } of this.#projected) await this.#write(file, tableOf(weight));
  }

  #write(name: string, text: string): Promise<void> {
    return files.writeFileAtomic(this.#who, pathIn(this.#folder, name), new TextEncoder().encode(text));
  }
}

/** A matrix as a line of numbers with tabs between them for each row. */
function tableOf({ shape, value: { data } }: Variable): string {
  const [rows = 0, columns = 0] = shape;
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns), pythonFloat32).join('\t'),
  );
  return `${lines.join('\n')}\n`;
}

/** A string in the text format of protobuf. */
const quoted = (text: string): string => JSON.stringify(text);
