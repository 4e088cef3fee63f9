import { ValueError, show } from '../../core/errors.ts';
import { type PythonNumber, pythonFloat, pythonFormat } from './python-format.ts';

/** A part of a template: a literal string, or a number by its name. */
type Part = string | { readonly name: string; readonly spec: string };

/**
 * A file name with numbers in Python's format: `model-{epoch:02d}-{val_loss:.2f}.keras`. Literal braces are doubled.
 */
export class PathTemplate {
  readonly text: string;
  readonly #who: string;
  readonly #parts: readonly Part[];

  /** @throws ValueError if it is not a template, or uses an unsupported part of Python's format. */
  constructor(who: string, text: string) {
    this.#who = who;
    this.text = text;
    this.#parts = parse(who, text);
    // Invalid specifications are refused here, not after the first epoch.
    for (const part of this.#parts) {
      if (typeof part !== 'string' && part.spec !== '') {
        const isInteger = part.name === 'epoch' || part.name === 'batch';
        pythonFormat(who, { value: 1, isInteger }, part.spec);
      }
    }
  }

  /**
   * Returns the name with the numbers.
   * @throws ValueError if a number is missing.
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
      `[${this.#who}] there is no value named ${JSON.stringify(name)} for the file name. Received: filepath=${show(this.text)}. Available: ${known.join(', ')}.`,
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
        `[${who}] braces in filepath must be pairs, {name} or {name:format}, or doubled for literal braces. Received: filepath=${show(text)}.`,
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
    `[${who}] braces in filepath must contain the name of a value: epoch, batch, loss or a metric. Received: {${field}} in filepath=${show(text)}.`,
  );
}
