import { ValueError, show } from '../../core/errors.ts';
import { type PythonNumber, pythonFloat, pythonFormat } from './python-format.ts';

/** A part of a template: text as it is, or a number by its name. */
type Part = string | { readonly name: string; readonly spec: string };

/**
 * A name of files with numbers in it, in Python's format: `model-{epoch:02d}-{val_loss:.2f}.keras`. Braces that stand
 * for themselves are doubled.
 */
export class PathTemplate {
  readonly text: string;
  readonly #who: string;
  readonly #parts: readonly Part[];

  /** @throws ValueError if it is no template, or needs more of Python's format than is known here. */
  constructor(who: string, text: string) {
    this.#who = who;
    this.text = text;
    this.#parts = parse(who, text);
    // A wrong specification is found now, and not after the first epoch.
    for (const part of this.#parts) {
      if (typeof part !== 'string' && part.spec !== '') {
        const isInteger = part.name === 'epoch' || part.name === 'batch';
        pythonFormat(who, { value: 1, isInteger }, part.spec);
      }
    }
  }

  /**
   * The name with the numbers in it.
   * @throws ValueError if there is no number of a name.
   */
  fill(numbers: Readonly<Record<string, PythonNumber>>): string {
    return this.#parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const number = Object.hasOwn(numbers, part.name) ? numbers[part.name] : undefined;
        if (number === undefined) throw this.#missing(part.name, Object.keys(numbers));
        if (part.spec !== '') return pythonFormat(this.#who, number, part.spec);
        return number.isInteger ? String(number.value) : pythonFloat(number.value);
      })
      .join('');
  }

  #missing(name: string, known: readonly string[]): ValueError {
    return new ValueError(
      `[${this.#who}] there is no value named ${JSON.stringify(name)} for the name of the file. Received: filepath=${show(this.text)}. There are: ${known.join(', ')}.`,
    );
  }
}

function parse(who: string, text: string): readonly Part[] {
  const parts: Part[] = [];
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/gy;
  for (const [found, field] of text.matchAll(token)) {
    if (field !== undefined) parts.push(parseField(who, text, field));
    else if (found === '{' || found === '}') {
      throw new ValueError(
        `[${who}] braces in filepath must come in pairs, {name} or {name:format}, and be doubled where they stand for themselves. Received: filepath=${show(text)}.`,
      );
    } else parts.push(found === '{{' ? '{' : found === '}}' ? '}' : found);
  }
  return parts;
}

function parseField(who: string, text: string, field: string): Part {
  const colon = field.indexOf(':');
  const [name, spec] = colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1)];
  if (name !== '' && !/[.![\]]/.test(name) && !/^\d+$/.test(name)) return { name, spec };
  throw new ValueError(
    `[${who}] braces in filepath must hold the name of a value: epoch, batch, loss or a metric. Received: {${field}} in filepath=${show(text)}.`,
  );
}
