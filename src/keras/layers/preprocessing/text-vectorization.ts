import { checkOptions } from '../../../core/checks.ts';
import type { DType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Field, type Fields, boolean, choice, field, integer, nullable } from '../../saving/fields.ts';
import { namedFunction } from '../../saving/field-kinds.ts';
import type { InputShape } from '../base/input-shape.ts';
import type { LayerOptions } from '../base/layer-options.ts';
import type { FilePath } from '../../saving/read-lines.ts';
import type { VocabularyHolder } from '../../saving/keras-saveable.ts';
import { type LookupMode, encodingFields, vocabularyFields } from './index-lookup.ts';
import { StringLookup } from './string-lookup.ts';
import { TokenCounts } from './token-counts.ts';
import { type Token, type TokenArray, type TokenBatches, readTokens, tokenBatches } from './token-data.ts';
import { denseOnly } from './token-fields.ts';
import { TokenLayer } from './token-layer.ts';

/** A change of a string. */
export type Standardize = 'lower_and_strip_punctuation' | 'lower' | 'strip_punctuation' | ((text: string) => string);

/** A division of a string into tokens. */
export type Split = 'whitespace' | 'character' | ((text: string) => readonly string[]);

/** Options of {@link TextVectorization}. */
export interface TextVectorizationOptions extends LayerOptions {
  /** The largest size of the vocabulary, with the special tokens. @default null, unlimited */
  maxTokens?: number | null | undefined;
  /** The change of the strings: lower case in ASCII, without punctuation, both, or a function. @default 'lower_and_strip_punctuation' */
  standardize?: Standardize | null | undefined;
  /** The division into tokens: at white space, into characters, or by a function; null for one token. @default 'whitespace' */
  split?: Split | null | undefined;
  /** The largest number of tokens that are joined to one, or a list of numbers. @default null, none */
  ngrams?: number | readonly number[] | null | undefined;
  /** The form of the result. @default 'int' */
  outputMode?: LookupMode | undefined;
  /** The number of indices of a string, for `int`: others are cut off, and missing ones are 0. @default null, those of the longest string */
  outputSequenceLength?: number | null | undefined;
  /** Whether encoded results have `maxTokens` entries even if the vocabulary is smaller. @default false */
  padToMaxTokens?: boolean | undefined;
  /** The strings with their own indices. @default null, learned by `adapt` */
  vocabulary?: readonly string[] | FilePath | null | undefined;
  /** The weight of each token of the vocabulary, for `tf_idf`. @default null, learned by `adapt` */
  idfWeights?: readonly number[] | null | undefined;
  /** Whether the result is sparse, which is not supported. @default false */
  sparse?: false | undefined;
  /** Whether rows keep their lengths, which is not supported. @default false */
  ragged?: false | undefined;
  /** The encoding of strings as bytes, of which there is one. @default 'utf-8' */
  encoding?: 'utf-8' | undefined;
}

/** One of a few strings, a function, or null. */
function nameOrFunction<T extends string>(names: readonly T[], byDefault: T): Field {
  const named = choice(names);
  const custom = namedFunction();
  return {
    ...field({
      byDefault,
      read: (who, option, given) =>
        typeof given === 'function' ? given : given === null ? null : named.read(who, option, given),
    }),
    write: (value, who) => (typeof value === 'function' ? custom.write(value as never, who) : (value as T | null)),
    revive: (json, context) => (typeof json === 'string' || json === null ? json : custom.revive(json, context)),
  };
}

const ngrams: Field<number | readonly number[] | null> = field({
  byDefault: null,
  read: (who, option, given) => {
    if (given === null) return null;
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (list.length > 0 && list.every((each) => Number.isInteger(each) && Number(each) > 0)) {
      return Array.isArray(given) ? [...(given as number[])] : Number(given);
    }
    throw new ValueError(
      `[${who}] ${option} must be a positive integer, a list of them, or null. Received: ${option}=${show(given)}.`,
    );
  },
});

const PUNCTUATION = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g;

const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/**
 * Replaces texts by the indices of their tokens in a vocabulary, given or learned by `adapt`: texts are standardized, split,
 * joined to n-grams, and looked up. The index 0 is that of padding, 1 that of tokens that are not in the vocabulary. It
 * computes on the host, before the graph of a model. The config contains the vocabulary, also one that was learned.
 *
 * Shapes: `[batch]` or `[batch, 1]` → `[batch, tokens]` as int32, or encoded `[batch, vocabulary]`.
 * @throws ValueError for options that exclude each other, and for texts of another shape.
 * @example
 * const layer = new TextVectorization({ outputSequenceLength: 4, vocabulary: ['earth', 'wind', 'and', 'fire'] });
 * await layer.apply([['Earth, wind & fire'], ['fire!']]);    // [[2, 3, 5, 0], [5, 0, 0, 0]]
 * @see https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
 */
export class TextVectorization extends TokenLayer implements VocabularyHolder {
  static override readonly className: string = 'TextVectorization';
  static override readonly positional = [
    'maxTokens',
    'standardize',
    'split',
    'ngrams',
    'outputMode',
    'outputSequenceLength',
    'padToMaxTokens',
    'vocabulary',
    'idfWeights',
    'sparse',
    'ragged',
    'encoding',
  ] as const;
  /** The attribute of Keras in which the lookup is. */
  static readonly kerasAttributes = { lookupLayer: '_lookup_layer' };
  static override readonly fields: Fields = {
    maxTokens: nullable(integer(undefined, 2)),
    standardize: nameOrFunction(
      ['lower_and_strip_punctuation', 'lower', 'strip_punctuation'],
      'lower_and_strip_punctuation',
    ),
    split: nameOrFunction(['whitespace', 'character'], 'whitespace'),
    ngrams,
    outputMode: encodingFields['outputMode'] as Field,
    outputSequenceLength: nullable(integer(undefined, 0)),
    padToMaxTokens: boolean(false),
    sparse: denseOnly(boolean(false)),
    ragged: denseOnly(boolean(false)),
    ...orderOf(vocabularyFields((_who, _option, given) => given as Token)),
  };

  /** The largest size of the vocabulary; null for no limit. */
  declare readonly maxTokens: number | null;
  /** The change of the strings; null for none. */
  declare readonly standardize: Standardize | null;
  /** The division into tokens; null for one token. */
  declare readonly split: Split | null;
  /** The numbers of tokens that are joined to one; null for none. */
  declare readonly ngrams: number | readonly number[] | null;
  /** The form of the result. */
  declare readonly outputMode: LookupMode;
  /** The number of indices of a string; null for those of the longest string. */
  declare readonly outputSequenceLength: number | null;
  /** Whether encoded results have `maxTokens` entries. */
  declare readonly padToMaxTokens: boolean;
  declare protected givenVocabulary: readonly string[] | null;
  declare protected givenWeights: readonly number[] | null;
  declare protected givenSize: number | null;
  /** The layer that looks tokens up. */
  readonly lookupLayer: StringLookup;

  constructor(...args: Arguments<TextVectorizationOptions, typeof TextVectorization.positional>);
  constructor(options?: TextVectorizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { who, maxTokens, outputMode, padToMaxTokens } = this;
    if (this.outputSequenceLength !== null && outputMode !== 'int') {
      throw new ValueError(
        `[${who}] outputSequenceLength can be given with outputMode "int" only. Received: outputMode="${outputMode}".`,
      );
    }
    this.lookupLayer = new StringLookup({
      ...{ name: this.name, maxTokens, outputMode, padToMaxTokens, maskToken: '' },
      ...{ vocabulary: this.givenVocabulary, idfWeights: this.givenWeights },
    });
    this.#noteVocabulary();
  }

  /** Keeps the vocabulary for configs. */
  #noteVocabulary(): void {
    const { vocabulary, idf_weights: weights } = this.lookupLayer.getConfig();
    this.givenVocabulary = (vocabulary ?? null) as readonly string[] | null;
    this.givenWeights = (weights ?? null) as readonly number[] | null;
    if (this.hasVocabulary || this.givenSize === null) this.givenSize = this.vocabularySize();
  }

  /** Whether there is a vocabulary, given or learned. */
  get hasVocabulary(): boolean {
    return this.lookupLayer.hasVocabulary;
  }

  /** The weights of all indices, as Keras's files contain them. */
  get namedArrays(): ReadonlyMap<string, Tensor> {
    return this.lookupLayer.namedArrays;
  }

  /** The tokens in the lines of a file. */
  parseVocabulary(lines: readonly string[]): readonly Token[] {
    return lines;
  }

  /** Takes the vocabulary of a file, with the special tokens, and the weights of all indices. */
  restoreVocabulary(tokens: readonly Token[], arrays: ReadonlyMap<string, Tensor>): void {
    this.lookupLayer.restoreVocabulary(tokens, arrays);
    this.#noteVocabulary();
  }

  /** Sets the vocabulary; see `StringLookup`. */
  setVocabulary(vocabulary: readonly string[], idfWeights: readonly number[] | null = null): void {
    this.lookupLayer.setVocabulary(vocabulary, idfWeights);
    this.#noteVocabulary();
  }

  /** The tokens in the order of their indices; the special tokens come first. */
  getVocabulary(options: { readonly includeSpecialTokens?: boolean } = {}): readonly (Token | null)[] {
    return this.lookupLayer.getVocabulary(options);
  }

  /** The number of indices, those of the special tokens included. */
  vocabularySize(): number {
    return this.lookupLayer.vocabularySize();
  }

  /**
   * Learns the vocabulary from texts, each of which is a document: the most frequent tokens first.
   * @throws ValueError if the vocabulary was given, or there are no tokens.
   */
  async adapt(data: TokenBatches, options: { readonly steps?: number | null } = {}): Promise<void> {
    checkOptions(`${this.who} adapt`, options, ['steps']);
    const counts = new TokenCounts();
    for await (const batch of tokenBatches(data, options.steps ?? null)) {
      for (const row of this.#rowsOf(readTokens(this.who, batch))) counts.add(row);
    }
    this.lookupLayer.learnFrom(counts);
    this.#noteVocabulary();
  }

  /** The tokens of each text. */
  #rowsOf({ shape, tokens }: TokenArray): readonly (readonly string[])[] {
    const isColumn = shape.length <= 1 || (shape.length === 2 && (shape[1] === 1 || this.split === null));
    if (!isColumn) {
      throw new ValueError(
        `[${this.who}] the texts must be of shape [batch] or [batch, 1]. Received: shape ${showShape(shape)}.`,
      );
    }
    const rows = shape.length === 0 ? 1 : (shape[0] ?? 0);
    const length = rows === 0 ? 0 : tokens.length / rows;
    return Array.from({ length: rows }, (_, i) => {
      const texts = tokens.slice(i * length, (i + 1) * length).map((text) => this.#standardized(String(text)));
      return this.#joined(texts.flatMap((text) => this.#splitted(text)));
    });
  }

  #standardized(text: string): string {
    const { standardize } = this;
    if (typeof standardize === 'function') return standardize(text);
    const lowered = standardize === 'lower' || standardize === 'lower_and_strip_punctuation' ? lower(text) : text;
    return standardize === null || standardize === 'lower' ? lowered : lowered.replaceAll(PUNCTUATION, '');
  }

  #splitted(text: string): readonly string[] {
    const { split } = this;
    if (split === null) return [text];
    if (typeof split === 'function') return split(text);
    return split === 'character' ? Array.from(text) : text.split(/[ \t\n\v\f\r]+/).filter((token) => token !== '');
  }

  /** The tokens joined to n-grams, those of each number of tokens after the others. */
  #joined(tokens: readonly string[]): readonly string[] {
    const { ngrams: given } = this;
    if (given === null) return tokens;
    const sizes = typeof given === 'number' ? Array.from({ length: given }, (_, i) => i + 1) : given;
    return sizes.flatMap((size) =>
      Array.from({ length: Math.max(tokens.length - size + 1, 0) }, (_, i) => tokens.slice(i, i + size).join(' ')),
    );
  }

  override get encodedDType(): DType {
    return this.lookupLayer.encodedDType;
  }

  override encode(data: unknown): Tensor {
    const rows = this.#rowsOf(readTokens(this.who, data)).map((row) =>
      row.map((token) => this.lookupLayer.indexOf(token)),
    );
    const isInt = this.outputMode === 'int';
    const longest = Math.max(0, ...rows.map((row) => row.length));
    const length = (isInt ? this.outputSequenceLength : null) ?? longest;
    // Padding has the index 0, and counts for nothing in encoded results.
    const padded = rows.flatMap((row) => Array.from({ length }, (_, i) => row[i] ?? (isInt ? 0 : -1)));
    return this.lookupLayer.encodeIndices(padded, [rows.length, length]);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const [batch = null] = this.checkedShape(inputShape as Shape);
    if (this.outputMode === 'int') return [batch, this.outputSequenceLength];
    return [batch, this.padToMaxTokens ? this.maxTokens : (this.givenSize ?? this.vocabularySize())];
  }
}

/** The fields of a vocabulary in the order of TextVectorization's config, which has the encoding before the size. */
function orderOf({ vocabulary, idfWeights, vocabularySize }: Fields): Fields {
  const encoding = choice(['utf-8'], 'utf-8');
  return { vocabulary, idfWeights, encoding, vocabularySize } as Fields;
}
