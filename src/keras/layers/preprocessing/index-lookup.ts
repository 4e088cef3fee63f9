import type { VocabularyHolder } from '../../saving/keras-saveable.ts';
import { readLines } from '../../saving/read-lines.ts';
import { checkOptions } from '../../../core/checks.ts';
import { type DType, isFloat } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { KnownShape, Shape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../../core/tensor.ts';
import { numbers } from '../../saving/field-kinds.ts';
import { type Field, type Fields, boolean, field, integer, keptAs, nullable, under } from '../../saving/fields.ts';
import type { InputShape } from '../base/input-shape.ts';
import type { LayerOptions } from '../base/layer-options.ts';
import { encodeOnHost, encodedShape } from './encode-categories.ts';
import { hashBucket } from './hash-tokens.ts';
import { type Token, type TokenArray, type TokenBatches, readTokens, tokenBatches } from './token-data.ts';
import { categoryMode, denseOnly, salt } from './token-fields.ts';
import { TokenCounts } from './token-counts.ts';
import { TokenLayer } from './token-layer.ts';

/** The form of looked up tokens: indices, their encoding, or counts weighted by the inverse frequency of documents. */
export type LookupMode = 'int' | 'one_hot' | 'multi_hot' | 'count' | 'tf_idf';

/** Options of the layers that look tokens up in a vocabulary. */
export interface IndexLookupOptions extends LayerOptions {
  /** The largest size of the vocabulary, with the special tokens. @default null, unlimited */
  maxTokens?: number | null | undefined;
  /** The number of indices for tokens that are not in the vocabulary; with 0 they are errors. @default 1 */
  numOovIndices?: number | undefined;
  /** The weight of each token of the vocabulary, for `tf_idf`. @default null, learned by `adapt` */
  idfWeights?: readonly number[] | null | undefined;
  /** Whether to replace indices by tokens instead. @default false */
  invert?: boolean | undefined;
  /** The form of the result. @default 'int' */
  outputMode?: LookupMode | undefined;
  /** Whether encoded results have `maxTokens` entries even if the vocabulary is smaller. @default false */
  padToMaxTokens?: boolean | undefined;
  /** Whether the result is sparse, which is not supported. @default false */
  sparse?: false | undefined;
  /** The key of the hash of tokens that are not in the vocabulary. @default null, FarmHash, which has no key */
  salt?: number | readonly number[] | null | undefined;
}

/** The fields of lookups, in the order of Keras's config. */
export const lookupFields: Fields = {
  invert: boolean(false),
  maxTokens: nullable(integer(undefined, 2)),
  numOovIndices: integer(1, 0),
};

/** The fields after those of the special tokens. */
export const encodingFields: Fields = {
  outputMode: categoryMode<LookupMode>(['int', 'one_hot', 'multi_hot', 'count', 'tf_idf']),
  sparse: denseOnly(boolean(false)),
  padToMaxTokens: boolean(false),
};

/** The fields of the vocabulary, which is written as it is, given or learned. */
export const vocabularyFields = (
  token: (who: string, option: string, given: unknown) => Token,
  parse: (who: string, lines: readonly string[]) => readonly Token[] = (_, lines) => lines,
): Fields => ({
  idfWeights: keptAs('givenWeights', nullable(numbers())),
  vocabulary: keptAs(
    'givenVocabulary',
    nullable(
      field({
        read: (who, option, given) => {
          if (Array.isArray(given)) return given.map((each: unknown) => token(who, option, each));
          if (typeof given === 'string' || given instanceof URL) return parse(who, readLines(who, given));
          throw new TypeError(
            `[${who}] ${option} must be a list, or the path of a file with a token in each line. Received: ${option}=${show(given)}.`,
          );
        },
        revive: (json) => {
          if (typeof json !== 'string') return json;
          throw new ValueError(
            `[fromConfig] the vocabulary in a config must be a list: other files are not read. Received: vocabulary=${show(json)}.`,
          );
        },
      }),
    ),
  ),
  vocabularySize: under('vocabulary_size', keptAs('givenSize', nullable(integer()))),
});

/** The method by which integers that are not in the vocabulary get one of several indices. */
export const oovMethod: Field<'floormod' | 'farmhash'> = field({
  byDefault: 'floormod',
  read: (who, option, given) => {
    if (given === 'floormod' || given === 'farmhash') return given;
    throw new ValueError(`[${who}] ${option} must be "floormod" or "farmhash". Received: ${option}=${show(given)}.`);
  },
});

export { salt };

/** The lines of integers in a file. @throws ValueError for another line */
export function parseIntegers(who: string, lines: readonly string[]): readonly number[] {
  return lines.map((line) => {
    if (/^\s*[+-]?\d+\s*$/.test(line)) return Number(line);
    throw new ValueError(`[${who}] each line of the vocabulary must be an integer. Received: ${show(line)}.`);
  });
}

/** The base of the layers that replace tokens by their indices in a vocabulary, given or learned by `adapt`. */
export abstract class IndexLookup extends TokenLayer implements VocabularyHolder {
  declare readonly invert: boolean;
  /** The largest size of the vocabulary, with the special tokens; null for no limit. */
  declare readonly maxTokens: number | null;
  /** The number of indices for tokens that are not in the vocabulary. */
  declare readonly numOovIndices: number;
  declare readonly oovToken: Token | null;
  declare readonly maskToken: Token | null;
  /** The form of the result. */
  declare readonly outputMode: LookupMode;
  /** False: there are no sparse tensors. */
  declare readonly sparse: false;
  /** Whether encoded results have `maxTokens` entries. */
  declare readonly padToMaxTokens: boolean;
  /** The key of the hash of tokens that are not in the vocabulary; null for FarmHash. */
  declare readonly salt: readonly [number, number] | null;
  declare readonly oovMethod: 'floormod' | 'farmhash';
  declare protected givenVocabulary: readonly Token[] | null;
  declare protected givenWeights: readonly number[] | null;
  declare protected givenSize: number | null;
  /** Whether the vocabulary is an option or was set, so that `adapt` must not change it. */
  #isFixed = false;
  #indices: ReadonlyMap<Token, number> = new Map();
  #tokens: readonly Token[] = [];
  /** The weights of all indices, those of the special tokens included. */
  #weights: readonly number[] = [];

  /** Checks the options together, and takes the vocabulary among them. */
  protected start(): void {
    const { who, maxTokens, outputMode, givenVocabulary, givenWeights } = this;
    if (this.padToMaxTokens && maxTokens === null) {
      throw new ValueError(`[${who}] maxTokens must be given with padToMaxTokens. Received: maxTokens=null.`);
    }
    if (this.invert && outputMode !== 'int') {
      throw new ValueError(`[${who}] outputMode must be "int" with invert. Received: outputMode="${outputMode}".`);
    }
    if (givenWeights !== null && outputMode !== 'tf_idf') {
      throw new ValueError(
        `[${who}] idfWeights can be given with outputMode "tf_idf" only. Received: outputMode="${outputMode}".`,
      );
    }
    if (givenVocabulary !== null) this.setVocabulary(givenVocabulary, givenWeights);
  }

  /** Whether there is a vocabulary, given or learned. */
  get hasVocabulary(): boolean {
    return this.givenVocabulary !== null;
  }

  /** Whether the vocabulary was given, so that `adapt` cannot change it. */
  get hasGivenVocabulary(): boolean {
    return this.#isFixed;
  }

  /** The weights of all indices, as Keras's files contain them. */
  get namedArrays(): ReadonlyMap<string, Tensor> {
    if (this.outputMode !== 'tf_idf' || this.#weights.length === 0) return new Map();
    return new Map([['idf_weights', new Tensor(Float32Array.from(this.#weights), [this.#weights.length])]]);
  }

  /** The tokens in the lines of a file. */
  parseVocabulary(lines: readonly string[]): readonly Token[] {
    return lines;
  }

  /** Takes the vocabulary of a file, with the special tokens, and the weights of all indices. */
  restoreVocabulary(tokens: readonly Token[], arrays: ReadonlyMap<string, Tensor>): void {
    const weights = arrays.get('idf_weights');
    this.setVocabulary(tokens, weights === undefined ? null : Array.from<number>(weights.data));
    this.#isFixed = false;
  }

  get #oovStart(): number {
    return this.maskToken !== null && this.outputMode === 'int' ? 1 : 0;
  }

  get #tokenStart(): number {
    return this.#oovStart + this.numOovIndices;
  }

  /**
   * Sets the vocabulary, without the special tokens, or with them before the others. In the mode `tf_idf` each token has a
   * weight.
   *
   * @throws ValueError if it is empty or too large, a token is repeated or reserved, or the weights do not fit.
   */
  setVocabulary(vocabulary: readonly Token[], idfWeights: readonly number[] | null = null): void {
    const { who, maskToken, oovToken, maxTokens } = this;
    if (vocabulary.length === 0) throw new ValueError(`[${who}] the vocabulary must not be empty. Received: [].`);
    if ((idfWeights !== null) !== (this.outputMode === 'tf_idf')) {
      throw new ValueError(
        `[${who}] idfWeights must be given with outputMode "tf_idf", and only then. Received: idfWeights=${show(idfWeights)}, outputMode="${this.outputMode}".`,
      );
    }
    const special = this.#special();
    const hasSpecial = special.every((token, i) => vocabulary[i] === token) && special.length > 0;
    const tokens = hasSpecial ? vocabulary.slice(special.length) : [...vocabulary];
    if (new Set(tokens).size < tokens.length) {
      const repeated = tokens.find((token, i) => tokens.indexOf(token) !== i);
      throw new ValueError(`[${who}] the tokens of the vocabulary must differ. Received: ${show(repeated)} twice.`);
    }
    const reserved = tokens.find((token) => token === maskToken || (this.invert && token === oovToken));
    if (reserved !== undefined) {
      throw new ValueError(
        `[${who}] the vocabulary must have the special tokens ${show(special)} before the others, or not at all. Received: ${show(reserved)} among the others.`,
      );
    }
    if (maxTokens !== null && this.#tokenStart + tokens.length > maxTokens) {
      throw new ValueError(
        `[${who}] the vocabulary must have at most maxTokens entries. Received: ${this.#tokenStart + tokens.length} entries, maxTokens=${maxTokens}.`,
      );
    }
    if (idfWeights !== null && idfWeights.length !== vocabulary.length) {
      throw new ValueError(
        `[${who}] idfWeights must have a number for each token of the vocabulary. Received: ${idfWeights.length} numbers, ${vocabulary.length} tokens.`,
      );
    }
    this.#isFixed = true;
    this.#learn(tokens, idfWeights === null || !hasSpecial ? idfWeights : idfWeights.slice(special.length), idfWeights);
  }

  /** Takes a vocabulary without the special tokens, which have the mean of the weights. */
  #learn(tokens: readonly Token[], weights: readonly number[] | null, all: readonly number[] | null = null): void {
    this.#tokens = tokens;
    this.#indices = new Map(tokens.map((token, i) => [token, i + this.#tokenStart]));
    this.givenVocabulary = tokens;
    this.givenWeights = weights;
    this.givenSize = this.vocabularySize();
    if (weights === null) return;
    const mean = weights.reduce((sum, each) => sum + each, 0) / weights.length;
    const hasSpecial = all !== null && all.length > weights.length;
    this.#weights = hasSpecial ? all : [...new Array<number>(this.#tokenStart).fill(mean), ...weights];
  }

  #special(): readonly (Token | null)[] {
    const mask = new Array<Token | null>(this.#oovStart).fill(this.maskToken);
    return [...mask, ...new Array<Token | null>(this.numOovIndices).fill(this.oovToken)];
  }

  /** The tokens in the order of their indices; the special tokens come first. */
  getVocabulary(options: { readonly includeSpecialTokens?: boolean } = {}): readonly (Token | null)[] {
    checkOptions(`${this.who} getVocabulary`, options, ['includeSpecialTokens']);
    return options.includeSpecialTokens === false ? [...this.#tokens] : [...this.#special(), ...this.#tokens];
  }

  /** The number of indices; that of the config for a layer whose vocabulary is yet to be read from a file. */
  protected sizeInConfig(): number {
    return this.hasVocabulary ? this.vocabularySize() : (this.givenSize ?? this.vocabularySize());
  }

  /** The number of indices, those of the special tokens included. */
  vocabularySize(): number {
    return this.#tokenStart + this.#tokens.length;
  }

  /**
   * Learns the vocabulary from data: the most frequent tokens first, those of one frequency in decreasing order. Each row is
   * a document, which counts for `tf_idf`: the weight of a token is ln(1 + documents / (1 + documents with it)).
   *
   * @throws ValueError if the vocabulary was given, or there is no data.
   */
  async adapt(data: TokenBatches, options: { readonly steps?: number | null } = {}): Promise<void> {
    checkOptions(`${this.who} adapt`, options, ['steps']);
    const counts = new TokenCounts();
    for await (const batch of tokenBatches(data, options.steps ?? null)) {
      const { shape, tokens } = readTokens(this.who, batch);
      // One array of tokens is one document for each; in a batch, it is one document.
      const isWhole = batch === data;
      const rows = shape.length > 1 ? (shape[0] ?? 0) : isWhole ? tokens.length : 1;
      const length = rows === 0 ? 0 : tokens.length / rows;
      for (let i = 0; i < rows; i++) counts.add(tokens.slice(i * length, (i + 1) * length));
    }
    this.learnFrom(counts);
  }

  /** Takes the vocabulary from counted tokens. */
  learnFrom(counts: TokenCounts): void {
    if (this.#isFixed) {
      throw new ValueError(`[${this.who}] adapt cannot change a vocabulary that was given. Make a layer without one.`);
    }
    const room = this.maxTokens === null ? Infinity : this.maxTokens - this.#tokenStart;
    const tokens = counts.mostFrequent([this.maskToken, this.oovToken], room);
    if (tokens.length === 0) throw new ValueError(`[${this.who}] adapt needs data. Received: no tokens.`);
    this.#learn(tokens, this.outputMode === 'tf_idf' ? counts.inverseFrequencies(tokens) : null);
  }

  /** The index of a token; −1 for the mask where it has none. */
  indexOf(token: Token): number {
    if (token === this.maskToken) return this.#oovStart - 1;
    const found = this.#indices.get(token);
    if (found !== undefined) return found;
    const { numOovIndices, oovMethod: method } = this;
    if (numOovIndices === 0) {
      throw new ValueError(
        `[${this.who}] all tokens must be in the vocabulary with numOovIndices=0. Received: ${show(token)}.`,
      );
    }
    if (numOovIndices === 1) return this.#oovStart;
    if (typeof token === 'string' || method === 'farmhash') {
      return this.#oovStart + hashBucket(token, numOovIndices, this.salt);
    }
    return this.#oovStart + (((token % numOovIndices) + numOovIndices) % numOovIndices);
  }

  override get encodedDType(): DType {
    if (this.outputMode === 'int') return 'int32';
    return isFloat(this.dtype) ? this.dtype : 'float32';
  }

  override encode(data: unknown): Tensor {
    if (this.invert) return this.invertIndices(readTokens(this.who, data));
    const { shape, tokens } = readTokens(this.who, data);
    return this.encodeIndices(
      tokens.map((token) => this.indexOf(this.checkToken(token))),
      shape,
    );
  }

  /** The indices in the form of the mode. */
  encodeIndices(indices: readonly number[], shape: KnownShape): Tensor {
    const { outputMode, maxTokens } = this;
    if (outputMode === 'int') return encodeOnHost(indices, shape, 'int', 0, 'int32');
    const depth = this.padToMaxTokens && maxTokens !== null ? maxTokens : this.vocabularySize();
    const dtype = this.encodedDType;
    const encoded = encodeOnHost(indices, shape, outputMode === 'tf_idf' ? 'count' : outputMode, depth, dtype);
    if (outputMode !== 'tf_idf') return encoded;
    const weighted = encoded.data.map((count, i) => count * (this.#weights[i % depth] ?? 0));
    return new Tensor(weighted, encoded.shape, dtype);
  }

  /** A token of the type of the vocabulary. @throws TypeError for another type */
  protected abstract checkToken(token: Token): Token;

  /** The tokens of indices, as an array. */
  protected abstract invertIndices(indices: TokenArray): Tensor;

  /** The token of an index; the token for what is not in the vocabulary if there is none. */
  protected tokenOf(index: Token): Token | null {
    if (index === 0 && this.#oovStart === 1) return this.maskToken;
    return this.#tokens[Number(index) - this.#tokenStart] ?? this.oovToken;
  }

  /**
   * The tokens of indices, as nested arrays: what `invert` asks for.
   * @example
   * const layer = new StringLookup({ vocabulary: ['a', 'b'] });
   * layer.decode([[1, 2], [0, 9]]);    // [['a', 'b'], ['[UNK]', '[UNK]']]
   */
  decode(indices: TensorLike): unknown {
    const { data, shape } = tensor(indices);
    const found = Array.from<number>(data).map((index) => this.tokenOf(index));
    return shape.reduceRight<readonly unknown[]>((rows, size, axis) => {
      if (axis === 0) return rows;
      return Array.from({ length: size === 0 ? 0 : rows.length / size }, (_, i) =>
        rows.slice(i * size, (i + 1) * size),
      );
    }, found);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const shape = this.checkedShape(inputShape as Shape);
    if (this.outputMode === 'int') return shape;
    const depth = this.padToMaxTokens ? this.maxTokens : this.sizeInConfig();
    return encodedShape(shape, this.outputMode === 'tf_idf' ? 'count' : this.outputMode, depth);
  }
}
