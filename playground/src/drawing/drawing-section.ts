import { announce, element } from '../page/dom.ts';
import { messageOf } from '../page/message.ts';
import type { TrainingSession } from '../page/training-session.ts';
import { Answers } from './answers.ts';
import { Pad } from './pad.ts';
import { rasterizeCentered } from './rasterize.ts';

type Pixels = Float32Array<ArrayBuffer>;

/** The drawing area, and the answers of the networks. */
export class DrawingSection {
  readonly #session: TrainingSession;
  readonly #answers = new Answers();
  readonly #status = element('pad-status', HTMLParagraphElement);
  readonly #pad: Pad;
  #pixels: Pixels | null = null;
  /** Whether an answer is awaited; what is drawn meanwhile is asked afterwards. */
  #isAsking = false;
  #nextTestDigit = 0;

  constructor(session: TrainingSession) {
    this.#session = session;
    this.#pad = new Pad({
      drawn: (strokes) => {
        this.#status.textContent = '';
        this.#ask(strokes.length === 0 ? null : rasterizeCentered(strokes));
      },
      told: announce,
    });
    element('clear', HTMLButtonElement).addEventListener('click', () => this.#pad.clear());
    element('undo', HTMLButtonElement).addEventListener('click', () => this.#pad.undo());
    element('test-digit', HTMLButtonElement).addEventListener('click', () => void this.#takeTestDigit());
  }

  /** Asks again about the same drawing, since the networks have changed. */
  refresh(): void {
    if (this.#pixels !== null) this.#ask(this.#pixels);
  }

  /** Forgets the answers, which were those of other networks. */
  reset(): void {
    this.#answers.clear();
  }

  async #takeTestDigit(): Promise<void> {
    this.#status.textContent = 'Loading …';
    try {
      const { pixels, label } = await this.#session.testDigit(this.#nextTestDigit++);
      this.#pad.show(pixels);
      this.#status.textContent = `A test digit: somebody wrote a ${label}.`;
      this.#ask(pixels);
    } catch (error) {
      this.#status.textContent = messageOf(error);
    }
  }

  #ask(pixels: Pixels | null): void {
    this.#pixels = pixels;
    if (pixels === null) this.#answers.clear();
    else if (!this.#isAsking) void this.#answer(pixels);
  }

  async #answer(pixels: Pixels): Promise<void> {
    this.#isAsking = true;
    try {
      const probabilities = await this.#session.predict(pixels);
      if (this.#pixels !== null) this.#answers.show(probabilities);
    } catch (error) {
      this.#status.textContent = messageOf(error);
    } finally {
      this.#isAsking = false;
    }
    const next = this.#pixels;
    if (next !== null && next !== pixels) void this.#answer(next);
  }
}
