import { checkInteger } from '../../../core/checks.ts';
import { Tensor } from '../../../core/tensor.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, choice, integer, nullable } from '../../saving/fields.ts';
import type { FilePath } from '../../saving/read-lines.ts';
import {
  IndexLookup,
  type IndexLookupOptions,
  encodingFields,
  lookupFields,
  oovMethod,
  parseIntegers,
  salt,
  vocabularyFields,
} from './index-lookup.ts';
import type { Token, TokenArray } from './token-data.ts';

/** Options of {@link IntegerLookup}. */
export interface IntegerLookupOptions extends IndexLookupOptions {
  /** An integer that is ignored: it has the index 0, and counts for nothing in encoded results. @default null, none */
  maskToken?: number | null | undefined;
  /** The integer that stands for those that are not in the vocabulary. @default -1 */
  oovToken?: number | null | undefined;
  /** The integers with their own indices, or, on Node, a file with one in each line. @default null, learned by `adapt` */
  vocabulary?: readonly number[] | FilePath | null | undefined;
  /** The type of the vocabulary in Keras, of which there is one. @default 'int64' */
  vocabularyDtype?: 'int64' | undefined;
  /** Whether integers that are not in the vocabulary get an index by division or by hashing. @default 'floormod' */
  oovMethod?: 'floormod' | 'farmhash' | undefined;
}

const anyInteger = (who: string, option: string, given: unknown): number => checkInteger(who, option, given, -Infinity);

/**
 * Replaces integers by their indices in a vocabulary, given or learned by `adapt`. The mask token, if there is one, has the
 * index 0, then come the indices of integers that are not in the vocabulary. It computes on the host, before the graph of a
 * model. The config contains the vocabulary, also one that was learned.
 *
 * Shapes: any → the same, as int32; `multi_hot`, `count` and `tf_idf` replace the last axis by that of the vocabulary, and
 * `one_hot` adds it.
 * @throws ValueError for options that exclude each other, and for a call with an integer that is not in the vocabulary if
 * `numOovIndices` is 0.
 * @example
 * const layer = new IntegerLookup({ vocabulary: [12, 36, 1138] });
 * await layer.apply([[12, 1138, 7]]);    // [[1, 3, 0]]
 * await new IntegerLookup({ vocabulary: [12, 36], invert: true }).apply([2, 0]);    // [36, -1]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
 */
export class IntegerLookup extends IndexLookup {
  static override readonly className: string = 'IntegerLookup';
  static override readonly positional = [
    'maxTokens',
    'numOovIndices',
    'maskToken',
    'oovToken',
    'vocabulary',
    'vocabularyDtype',
    'idfWeights',
    'invert',
    'outputMode',
    'sparse',
    'padToMaxTokens',
    'oovMethod',
    'salt',
  ] as const;
  static override readonly fields: Fields = {
    ...lookupFields,
    oovToken: { ...nullable(integer()), byDefault: -1 },
    maskToken: nullable(integer()),
    ...encodingFields,
    vocabularyDtype: choice(['int64'], 'int64'),
    ...vocabularyFields(anyInteger, parseIntegers),
    oovMethod,
    salt,
  };

  constructor(...args: Arguments<IntegerLookupOptions, typeof IntegerLookup.positional>);
  constructor(options?: IntegerLookupOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.start();
  }

  override readonly acceptsStrings = false;

  protected override checkToken(token: Token): Token {
    return anyInteger(this.who, 'a token', token);
  }

  override parseVocabulary(lines: readonly string[]): readonly Token[] {
    return parseIntegers(this.who, lines);
  }

  protected override invertIndices({ shape, tokens }: TokenArray): Tensor {
    return new Tensor(
      Int32Array.from(tokens, (index) => Number(this.tokenOf(index) ?? -1)),
      shape,
    );
  }
}
