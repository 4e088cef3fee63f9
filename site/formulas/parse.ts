import type { Token } from './tokens.ts';

/** A piece of TeX; `group` is the TeX inside of its parentheses, if it is nothing but a group in parentheses. */
interface Piece {
  readonly tex: string;
  readonly group?: string;
}

/** Words of sentences beside formulas: they end a product. */
const PROSE = new Set(
  (
    'a over with without at of the for in each to if is are where when which and or else but by from while on all along any ' +
    'once per than between as its that not no neither nor least most again'
  ).split(' '),
);

const FUNCTIONS = new Set(['max', 'min', 'log', 'ln', 'exp', 'cos', 'sin', 'tan', 'tanh', 'sinh', 'cosh', 'arg']);

const SYMBOLS: Readonly<Record<string, string>> = {
  '−': '-',
  '·': '\\cdot ',
  '×': '\\times ',
  '∗': '\\ast ',
  '←': '\\leftarrow ',
  '→': '\\rightarrow ',
  '≈': '\\approx ',
  '≤': '\\le ',
  '≥': '\\ge ',
  '≠': '\\ne ',
  '<': '\\lt ',
  '>': '\\gt ',
  '…': '\\dots ',
  ',': ',\\;',
  ';': ';\\quad ',
  ':': '\\colon\\; ',
  '‖': '\\Vert ',
  '|': '\\vert ',
  '⌈': '\\lceil ',
  '⌉': '\\rceil ',
  '⌊': '\\lfloor ',
  '⌋': '\\rfloor ',
};

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '⌈': '⌉', '⌊': '⌋' };
const PRODUCT = new Set(['·', '×', '∗']);

/** Thrown where the tokens are no formula. */
class NotAFormula extends Error {}

/**
 * Converts the tokens of a cell to TeX, or returns null if they are no formula. Quotients become fractions: as in the
 * docstrings, `a · b / c` is (a · b) / c, and Σ extends over the product behind it.
 */
export function parse(tokens: readonly Token[]): string | null {
  try {
    const parser = new Parser(tokens);
    const tex = parser.sequence(null, false);
    return parser.isAtEnd ? tex : null;
  } catch (error) {
    if (error instanceof NotAFormula) return null;
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #is(kind: Token['kind'], text?: string): boolean {
    const next = this.#next;
    return next !== undefined && next.kind === kind && (text === undefined || next.text === text);
  }

  /** Terms between operators, up to a closing token. Inside of a script, quotients stay on the line. */
  sequence(until: string | null, isInline: boolean): string {
    let tex = '';
    while (this.#next !== undefined) {
      if ((this.#is('close') || this.#is('bar')) && this.#next.text === until) break;
      if (this.#is('operator') && !this.#is('operator', '/')) tex += this.#operator();
      else if (this.#isProse()) tex += this.#prose();
      else tex += this.#term(until, isInline);
    }
    return tex;
  }

  #operator(): string {
    const { text } = this.#take();
    if (text === '^' || text === '_') throw new NotAFormula();
    let tex = SYMBOLS[text] ?? text;
    while (text === '…' && this.#is('prime')) tex += (this.#take(), "'");
    return tex;
  }

  #isProse(): boolean {
    return this.#is('word') && PROSE.has(this.#next?.text ?? '');
  }

  /** Words in sequence, the first of which belongs to a sentence. */
  #prose(): string {
    const words: string[] = [];
    while (this.#is('word') && (this.#tokens[this.#at + 1]?.text !== '(' || this.#isProse()))
      words.push(this.#take().text);
    return `\\text{ ${words.join(' ')} }`;
  }

  /** A product with its quotients: juxtaposed factors, `·`, and `/`. */
  #term(until: string | null, isInline: boolean): string {
    let pieces: readonly Piece[] = [this.#factor(until, isInline)];
    let hasQuotient = false;
    for (;;) {
      if (this.#is('operator', '/')) {
        this.#take();
        const below = this.#operand(until, isInline);
        const only = pieces.length === 1 ? pieces[0] : undefined;
        const above = only?.group ?? pieces.map(({ tex }) => tex).join('');
        pieces = [
          isInline
            ? { tex: `${pieces.map(({ tex }) => tex).join('')}/${below.tex}` }
            : { tex: `\\frac{${above}}{${below.group ?? below.tex}}` },
        ];
        hasQuotient = true;
      } else if (this.#is('operator') && PRODUCT.has(this.#next?.text ?? '')) {
        const symbol = SYMBOLS[this.#take().text] ?? '';
        pieces = [...pieces, { tex: symbol }, this.#factor(until, isInline)];
      } else if (this.#startsFactor(until)) {
        // Lists in brackets have no commas: `[i f g o]`.
        const space = until === ']' ? '\\;' : hasQuotient ? '\\,' : '';
        pieces = [...pieces, { tex: space }, this.#factor(until, isInline)];
      } else return pieces.map(({ tex }) => tex).join('');
    }
  }

  /** The operand of a quotient or a root: one factor, or a sum of a product. */
  #operand(until: string | null, isInline: boolean): Piece {
    if (!this.#is('sum')) return this.#factor(until, isInline);
    let { tex } = this.#factor(until, isInline);
    while (this.#startsFactor(until)) tex += this.#factor(until, isInline).tex;
    return { tex };
  }

  #startsFactor(until: string | null): boolean {
    const next = this.#next;
    if (next === undefined || next.kind === 'operator' || next.kind === 'close' || this.#isProse()) return false;
    return next.text !== until;
  }

  /** An atom with its scripts. */
  #factor(until: string | null, isInline: boolean): Piece {
    const isName = this.#is('word') || this.#is('letter');
    const { tex, group } = this.#atom(until, isInline);
    const scripted = this.#scripts(tex, until);
    const isCall = isName && (this.#is('open', '(') || this.#is('open', '[')) && this.#next?.spaced === false;
    if (isCall) return { tex: this.#scripts(`${scripted}\\mathopen{}${this.#atom(until, isInline).tex}`, until) };
    return group === undefined || scripted !== tex ? { tex: scripted } : { tex, group };
  }

  /** The scripts behind an atom. */
  #scripts(base: string, until: string | null): string {
    const scripts = { sub: '', super: '' };
    let primes = '';
    while (this.#next?.spaced === false) {
      if (this.#is('super')) scripts.super += this.#take().text;
      else if (this.#is('sub')) scripts.sub += this.#take().text;
      else if (this.#is('prime')) primes += (this.#take(), "'");
      else if (this.#is('operator', '_')) {
        this.#take();
        scripts.sub += this.#subscript();
      } else if (this.#is('operator', '^')) {
        this.#take();
        const exponent = this.#factor(until, true);
        scripts.super += exponent.group ?? exponent.tex;
      } else break;
    }
    const sub = scripts.sub === '' ? '' : `_{${scripts.sub}}`;
    const above = scripts.super === '' ? primes : `^{${primes.replaceAll("'", '\\prime')}${scripts.super}}`;
    return `${base}${sub}${above}`;
  }

  #subscript(): string {
    const token = this.#take();
    if (token.kind === 'letter' || token.kind === 'number') return letter(token.text);
    if (token.kind === 'word') return `\\text{${token.text}}`;
    throw new NotAFormula();
  }

  #atom(until: string | null, isInline: boolean): Piece {
    const token = this.#take();
    switch (token.kind) {
      case 'number':
        return { tex: number(token.text) };
      case 'letter':
        return { tex: token.text === '∂' ? `∂${this.#factor(until, isInline).tex}` : letter(token.text) };
      case 'code':
        return { tex: `\\texttt{${escape(token.text.slice(1, -1))}}` };
      case 'word':
        return { tex: this.#word(token) };
      case 'sum':
        return { tex: '\\sum ' };
      case 'root': {
        const below = this.#operand(until, isInline);
        return { tex: `\\sqrt{${below.group ?? below.tex}}` };
      }
      case 'open': {
        const close = CLOSING[token.text] ?? '';
        const inside = this.sequence(close, isInline);
        if (!this.#is('close', close)) throw new NotAFormula();
        this.#take();
        const [left, right] = [SYMBOLS[token.text] ?? token.text, SYMBOLS[close] ?? close];
        const tex = `\\left${left}${inside}\\right${right}`;
        return token.text === '(' ? { tex, group: inside } : { tex };
      }
      case 'bar': {
        const inside = this.sequence(token.text, isInline);
        if (!this.#is('bar', token.text)) throw new NotAFormula();
        this.#take();
        const bar = SYMBOLS[token.text] ?? '';
        return { tex: `\\left${bar}${inside}\\right${bar}` };
      }
      default:
        throw new NotAFormula();
    }
  }

  #word({ text, spaced }: Token): string {
    const isCalled = this.#is('open', '(') && this.#next?.spaced === false;
    const before = this.#tokens[this.#at - 2];
    // Words in sequence keep the space between them.
    const space =
      spaced &&
      (before?.kind === 'word' || before?.kind === 'letter' || before?.kind === 'number' || before?.kind === 'code')
        ? '\\ '
        : '';
    if (FUNCTIONS.has(text)) return `\\${text} `;
    if (isCalled) return `\\operatorname{${escape(text)}}`;
    // Words in sequence are one name: `moving variance`.
    let name = text;
    while (this.#is('word') && !this.#isProse() && !this.#isCalledAfter()) name += ` ${this.#take().text}`;
    return `${space}\\text{${escape(name)}}`;
  }

  /** Whether the next token is called. */
  #isCalledAfter(): boolean {
    const after = this.#tokens[this.#at + 1];
    return after?.kind === 'open' && !after.spaced;
  }

  #take(): Token {
    const next = this.#next;
    if (next === undefined) throw new NotAFormula();
    this.#at++;
    return next;
  }
}

function number(text: string): string {
  if (text === '½') return '\\tfrac{1}{2}';
  const [mantissa = '', exponent] = text.split('e');
  if (exponent === undefined) return mantissa;
  return `${mantissa === '1' ? '' : `${mantissa}\\cdot `}10^{${exponent}}`;
}

function letter(text: string): string {
  return text.endsWith('\u0302') ? `\\hat{${text.slice(0, -1)}}` : text;
}

function escape(text: string): string {
  return text.replaceAll(/[_#%&$]/g, '\\$&');
}
