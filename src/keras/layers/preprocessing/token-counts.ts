import { type Token, compareTokens } from './token-data.ts';

/** The numbers of tokens in documents, and of documents with each token. */
export class TokenCounts {
  readonly #counts = new Map<Token, number>();
  readonly #documents = new Map<Token, number>();
  #total = 0;

  /** Counts the tokens of a document. */
  add(tokens: readonly Token[]): void {
    for (const token of tokens) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    for (const token of new Set(tokens)) this.#documents.set(token, (this.#documents.get(token) ?? 0) + 1);
    this.#total++;
  }

  /** The most frequent tokens first, and those of one frequency in decreasing order, as in Keras. */
  mostFrequent(excluded: readonly (Token | null)[], count: number): readonly Token[] {
    const counted = [...this.#counts].filter(([token]) => !excluded.includes(token));
    counted.sort(([a, times], [b, others]) => others - times || compareTokens(b, a));
    return counted.slice(0, count).map(([token]) => token);
  }

  /** ln(1 + documents / (1 + documents with the token)) for each token. */
  inverseFrequencies(tokens: readonly Token[]): readonly number[] {
    return tokens.map((token) => Math.log(1 + this.#total / (1 + (this.#documents.get(token) ?? 0))));
  }
}
