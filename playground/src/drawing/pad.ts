import { element } from '../page/dom.ts';
import { type Point, SIDE, type Stroke, rasterize } from './rasterize.ts';

const MIDDLE: Point = { x: SIDE / 2, y: SIDE / 2 };

const directions: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Events of the drawing area. */
export interface PadListener {
  /** The strokes have changed. */
  drawn: (strokes: readonly Stroke[]) => void;
  /** Something to tell people who cannot see the pen. */
  told: (message: string) => void;
}

/** A drawing area of 28 × 28 pixels for pointers and the keyboard. */
export class Pad {
  readonly #canvas = element('pad', HTMLCanvasElement);
  readonly #listener: PadListener;
  #strokes: Stroke[] = [];
  /** The pen of the keyboard; null until it is used. */
  #pen: Point | null = null;
  #penIsDown = false;

  constructor(listener: PadListener) {
    this.#listener = listener;
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', (event) => this.#startPointer(event));
    canvas.addEventListener('pointermove', (event) => this.#movePointer(event));
    canvas.addEventListener('keydown', (event) => this.#key(event));
    canvas.addEventListener('blur', () => {
      this.#penIsDown = false;
      this.#pen = null;
      this.#paint();
    });
    this.show(rasterize([]));
  }

  clear(): void {
    this.#change([]);
  }

  undo(): void {
    this.#change(this.#strokes.slice(0, -1));
  }

  /** Shows an image in place of the strokes. */
  show(pixels: Float32Array): void {
    this.#strokes = [];
    this.#penIsDown = false;
    this.#put(pixels);
  }

  #change(strokes: Stroke[]): void {
    this.#strokes = strokes;
    this.#penIsDown = false;
    this.#paint();
    this.#listener.drawn(strokes);
  }

  #extend(point: Point): void {
    this.#strokes = [...this.#strokes.slice(0, -1), [...(this.#strokes.at(-1) ?? []), point]];
    this.#paint();
    this.#listener.drawn(this.#strokes);
  }

  #startPointer(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#penIsDown = false;
    this.#pen = null;
    this.#strokes = [...this.#strokes, []];
    this.#extend(this.#place(event));
  }

  #movePointer(event: PointerEvent): void {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    // A fast pen moves several times between two frames.
    const moves = event.getCoalescedEvents();
    for (const move of moves.length === 0 ? [event] : moves) this.#extend(this.#place(move));
  }

  #place({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: (SIDE * (clientX - left)) / width, y: (SIDE * (clientY - top)) / height };
  }

  #key(event: KeyboardEvent): void {
    const direction = directions[event.key];
    if (direction !== undefined) this.#movePen(direction);
    else if (event.key === ' ' || event.key === 'Enter') this.#togglePen();
    else if (event.key === 'Backspace') this.undo();
    else if (event.key === 'Escape') this.clear();
    else return;
    event.preventDefault();
  }

  #movePen({ x, y }: Point): void {
    const { x: column, y: row } = this.#pen ?? MIDDLE;
    const within = (value: number): number => Math.min(SIDE - 1, Math.max(1, value));
    this.#pen = { x: within(column + x), y: within(row + y) };
    if (this.#penIsDown) this.#extend(this.#pen);
    else this.#paint();
  }

  #togglePen(): void {
    this.#pen ??= MIDDLE;
    this.#penIsDown = !this.#penIsDown;
    if (this.#penIsDown) {
      this.#strokes = [...this.#strokes, []];
      this.#extend(this.#pen);
    }
    const place = `column ${this.#pen.x}, row ${this.#pen.y} of ${SIDE}`;
    this.#listener.told(`The pen is ${this.#penIsDown ? 'down' : 'up'} at ${place}.`);
  }

  #paint(): void {
    this.#put(rasterize(this.#strokes));
  }

  /** White ink on black, as in MNIST; the pen of the keyboard is a colored pixel. */
  #put(pixels: Float32Array): void {
    const context = this.#canvas.getContext('2d');
    if (context === null) throw new Error('This browser cannot draw on a canvas.');
    const image = context.createImageData(SIDE, SIDE);
    for (const [i, ink] of pixels.entries()) image.data.set([255 * ink, 255 * ink, 255 * ink, 255], 4 * i);
    if (this.#pen !== null) {
      const at = Math.floor(this.#pen.y) * SIDE + Math.floor(this.#pen.x);
      image.data.set(this.#penIsDown ? [255, 120, 60, 255] : [90, 170, 255, 255], 4 * at);
    }
    context.putImageData(image, 0, 0);
  }
}
