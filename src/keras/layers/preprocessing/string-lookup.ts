import { checkString } from '../../../core/checks.ts';
import type { DType } from '../../../core/dtype.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, choice, nullable, string } from '../../saving/fields.ts';
import type { FilePath } from '../../saving/read-lines.ts';
import {
  IndexLookup,
  type IndexLookupOptions,
  encodingFields,
  lookupFields,
  oovMethod,
  salt,
  vocabularyFields,
} from './index-lookup.ts';
import type { Token } from './token-data.ts';

/** Options of {@link StringLookup}. */
export interface StringLookupOptions extends IndexLookupOptions {
  /** A string that is ignored: it has the index 0, and counts for nothing in encoded results. @default null, none */
  maskToken?: string | null | undefined;
  /** The string that stands for those that are not in the vocabulary. @default '[UNK]' */
  oovToken?: string | null | undefined;
  /** The strings with their own indices, or, on Node, a file with one in each line. @default null, learned by `adapt` */
  vocabulary?: readonly string[] | FilePath | null | undefined;
  /** The encoding of strings as bytes, of which there is one. @default 'utf-8' */
  encoding?: 'utf-8' | undefined;
}

/**
 * Replaces strings by their indices in a vocabulary, given or learned by `adapt`. The mask token, if there is one, has the
 * index 0, then come the indices of strings that are not in the vocabulary. It computes on the host, before the graph of a model.
 * The config contains the vocabulary, also one that was learned.
 *
 * Shapes: any → the same, as int32; `multi_hot`, `count` and `tf_idf` replace the last axis by that of the vocabulary, and
 * `one_hot` adds it.
 * @throws ValueError for options that exclude each other, and for a call with a string that is not in the vocabulary if
 * `numOovIndices` is 0; NotImplementedError for a call with `invert`: use `decode`.
 * @example
 * const layer = new StringLookup({ vocabulary: ['a', 'b', 'c'] });
 * await layer.apply([['a', 'c', 'z']]);    // [[1, 3, 0]]
 * const learned = new StringLookup();
 * await learned.adapt([['b', 'a'], ['b', 'c']]);
 * learned.getVocabulary();                 // ['[UNK]', 'b', 'c', 'a']
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
 */
export class StringLookup extends IndexLookup {
  static override readonly className: string = 'StringLookup';
  static override readonly positional = [
    'maxTokens',
    'numOovIndices',
    'maskToken',
    'oovToken',
    'vocabulary',
    'idfWeights',
    'invert',
    'outputMode',
    'padToMaxTokens',
    'sparse',
    'encoding',
  ] as const;
  static override readonly fields: Fields = {
    ...lookupFields,
    oovToken: { ...nullable(string()), byDefault: '[UNK]' },
    maskToken: nullable(string()),
    ...encodingFields,
    ...vocabularyFields(checkString),
    oovMethod,
    salt,
    encoding: choice(['utf-8'], 'utf-8'),
  };

  constructor(...args: Arguments<StringLookupOptions, typeof StringLookup.positional>);
  constructor(options?: StringLookupOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.start();
  }

  override get encodedDType(): DType {
    return this.invert ? this.invertIndices() : super.encodedDType;
  }

  protected override checkToken(token: Token): Token {
    return checkString(this.who, 'a token', token);
  }

  protected override invertIndices(): never {
    throw new NotImplementedError(
      `[${this.who}] strings are no tensor. Use decode(indices), which returns arrays of strings.`,
    );
  }
}
