import { type Sequential, tensor } from 'evenkeel';
import type { Moons } from './moons.ts';

/** The part of the plane in the picture. */
const [LEFT, RIGHT, BOTTOM, TOP] = [-1.6, 2.6, -1.3, 1.85];
/** The number of cells in each direction of which the class is predicted. */
const CELLS = 40;
const COLORS = ['#0072b2', '#d55e00'];

/** Draws the points, and behind them the probabilities that a model predicts. */
export async function drawClasses(canvas: HTMLCanvasElement, moons: Moons, model: Sequential | null): Promise<void> {
  const probabilities = model === null ? null : (await model.predictOnBatch(tensor(grid(), [CELLS * CELLS, 2]))).data;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  for (let i = 0; probabilities !== null && i < CELLS * CELLS; i++) {
    const probability = Number(probabilities[i]);
    context.globalAlpha = 0.6 * Math.abs(probability - 0.5);
    context.fillStyle = COLORS[probability > 0.5 ? 1 : 0] ?? '';
    const [column, row] = [i % CELLS, Math.floor(i / CELLS)];
    context.fillRect((column * width) / CELLS, (row * height) / CELLS, width / CELLS, height / CELLS);
  }
  context.globalAlpha = 1;
  const { points, labels } = moons;
  for (let i = 0; i < labels.data.length; i++) {
    const [x, y] = [Number(points.data[2 * i]), Number(points.data[2 * i + 1])];
    context.fillStyle = COLORS[Number(labels.data[i])] ?? '';
    context.beginPath();
    context.arc(((x - LEFT) / (RIGHT - LEFT)) * width, ((TOP - y) / (TOP - BOTTOM)) * height, 2, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The centers of the cells, row by row from the top. */
function grid(): Float32Array {
  const centers = new Float32Array(2 * CELLS * CELLS);
  for (let i = 0; i < CELLS * CELLS; i++) {
    const [column, row] = [(i % CELLS) + 0.5, Math.floor(i / CELLS) + 0.5];
    centers.set([LEFT + (column / CELLS) * (RIGHT - LEFT), TOP - (row / CELLS) * (TOP - BOTTOM)], 2 * i);
  }
  return centers;
}
