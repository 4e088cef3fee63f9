/** The parts of a formula as the docstrings write it, in Unicode. */
export type TokenKind =
  | 'number'
  | 'letter'
  | 'word'
  | 'code'
  | 'super'
  | 'sub'
  | 'prime'
  | 'open'
  | 'close'
  | 'bar'
  | 'root'
  | 'sum'
  | 'operator';

export interface Token {
  readonly kind: TokenKind;
  /** The characters, those of scripts as plain ones. */
  readonly text: string;
  /** Whether a space comes before it. */
  readonly spaced: boolean;
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = Object.fromEntries(
  zip('⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀᵗᵈᵖⁱⁿᶻʳᵍˣʲᵏ', '0123456789+-Ttdpinzrgxjk'),
);
const SUBSCRIPTS: Readonly<Record<string, string>> = Object.fromEntries(
  zip('₀₁₂₃₄₅₆₇₈₉₊₋ₜₛᵢⱼₖₕₙₘₓₐₚ꜀', '0123456789+-tsijkhnmxapc'),
);

function zip(from: string, to: string): readonly (readonly [string, string])[] {
  const letters = Array.from(to);
  return Array.from(from, (letter, i) => [letter, letters[i] ?? ''] as const);
}

const scripts = (table: Readonly<Record<string, string>>): RegExp =>
  new RegExp(`[${Object.keys(table).join('')}]+`, 'uy');

/** In order: the first that matches is taken. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['code', /`[^`]*`/uy],
  ['number', /\d+(?:\.\d+)?(?:e-?\d+)?/uy],
  // Names of several words: `recurrent_kernel`. A short name before the underscore has a subscript instead.
  ['word', /[A-Za-z]{3,}(?:_[A-Za-z]{3,})+/uy],
  ['word', /[A-Za-z]{2,}\d*(?:'s?(?=[\s,;:.)]|$))?/uy],
  ['letter', /[A-Za-zα-ωΑ-ΡΤ-Ωσ∂](?:\u0302)?/uy],
  ['super', scripts(SUPERSCRIPTS)],
  ['sub', scripts(SUBSCRIPTS)],
  ['prime', /['′]/uy],
  ['open', /[([⌈⌊]/uy],
  ['close', /[)\]⌉⌋]/uy],
  ['bar', /[‖|]/uy],
  ['root', /√/uy],
  ['sum', /Σ/uy],
  ['number', /½/uy],
  ['operator', /[-−+·×∗/=≈←→<>≤≥≠^_,;:…]/uy],
];

/** Returns the tokens of one cell of a formula, or null if it has a character that formulas do not have. */
export function tokenize(cell: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  let spaced = false;
  outer: while (at < cell.length) {
    if (cell[at] === ' ') {
      at++;
      spaced = true;
      continue;
    }
    for (const [kind, rule] of RULES) {
      rule.lastIndex = at;
      const found = rule.exec(cell)?.[0];
      if (found === undefined) continue;
      tokens.push({ kind, text: plain(kind, found), spaced });
      at += found.length;
      spaced = false;
      continue outer;
    }
    return null;
  }
  return tokens.map((token, i) => (isArticle(tokens, i) ? { ...token, kind: 'word' } : token));
}

/** Whether a token is the `a` of a sentence, which stands between words. */
function isArticle(tokens: readonly Token[], i: number): boolean {
  const isLetter = tokens[i]?.kind === 'letter' && tokens[i].text === 'a';
  return isLetter && tokens[i - 1]?.kind === 'word' && tokens[i + 1]?.kind === 'word';
}

function plain(kind: TokenKind, text: string): string {
  const table = kind === 'super' ? SUPERSCRIPTS : kind === 'sub' ? SUBSCRIPTS : null;
  return table === null ? text : Array.from(text, (letter) => table[letter] ?? letter).join('');
}
