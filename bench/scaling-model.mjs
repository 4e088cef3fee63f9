/**
 * The model of docs/scaling.md. A step takes the time of its computation; each message costs the latency of a tree up and down; the
 * bytes travel in a ring.
 */

/** Networks: latency in milliseconds and bandwidth in bytes per millisecond. */
export const links = [
  { title: '10 Gb/s', latency: 0.02, bandwidth: 1.25e6 },
  { title: '100 Gb/s', latency: 0.003, bandwidth: 1.25e7 },
];

/**
 * The efficiency T(1) / T(N) of a step.
 *
 * @param {{ time: number, messages: number, bytes: number }} step of one process, in milliseconds, and what it sends
 * @param {{ latency: number, bandwidth: number }} link
 * @param {number} count of processes
 */
export function efficiency({ time, messages, bytes }, { latency, bandwidth }, count) {
  const trees = messages * 2 * Math.ceil(Math.log2(count)) * latency;
  const ring = (2 * (count - 1) * bytes) / (count * bandwidth);
  return time / (time + trees + ring);
}
