import { evenkeelCode, kerasCode } from '../experiment/code.ts';
import type { Settings } from '../experiment/settings.ts';
import { element } from './dom.ts';

const languages = { evenkeel: evenkeelCode, keras: kerasCode } as const;

/** The program of the present settings, to copy. */
export class CodeSection {
  readonly #text = element('code-text', HTMLElement);
  readonly #status = element('copy-status', HTMLParagraphElement);
  #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    for (const radio of this.#radios()) radio.addEventListener('change', () => this.show(this.#settings));
    element('copy', HTMLButtonElement).addEventListener('click', () => void this.#copy());
    this.show(settings);
  }

  show(settings: Settings): void {
    this.#settings = settings;
    const chosen = this.#radios().find(({ checked }) => checked);
    this.#text.textContent = languages[chosen?.value === 'keras' ? 'keras' : 'evenkeel'](settings);
    this.#status.textContent = '';
  }

  #radios(): readonly HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>('input[name="language"]')];
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#text.textContent);
      this.#status.textContent = 'Copied.';
    } catch {
      // Browsers refuse the clipboard to pages without HTTPS, and where the visitor forbids it.
      getSelection()?.selectAllChildren(this.#text);
      this.#status.textContent =
        'This browser does not let the page copy: the code is selected, copy it with the keyboard.';
    }
  }
}
