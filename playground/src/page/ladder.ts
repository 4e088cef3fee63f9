import { element } from './dom.ts';

/** A slider whose positions are the entries of a list. The output with the id `<id>-value` shows the chosen one. */
export class Ladder {
  readonly #input: HTMLInputElement;
  readonly #output: HTMLOutputElement;
  readonly #values: readonly number[];

  /** @param changed is called when the visitor moves the slider */
  constructor(id: string, values: readonly number[], changed: () => void) {
    this.#input = element(id, HTMLInputElement);
    this.#output = element(`${id}-value`, HTMLOutputElement);
    this.#values = values;
    Object.assign(this.#input, { min: '0', max: String(values.length - 1), step: '1' });
    this.#input.addEventListener('input', () => this.#show());
    this.#input.addEventListener('change', changed);
  }

  get value(): number {
    return this.#values[this.#input.valueAsNumber] ?? NaN;
  }

  set value(value: number) {
    this.#input.value = String(this.#values.indexOf(value));
    this.#show();
  }

  set disabled(disabled: boolean) {
    this.#input.disabled = disabled;
  }

  #show(): void {
    this.#output.textContent = String(this.value);
    this.#input.setAttribute('aria-valuetext', String(this.value));
  }
}
