export * from './roster.ts';
export type { Maths } from './maths.ts';
export { type ScheduleIdentifier, deserialize, get, serialize } from './resolve.ts';
export { LearningRateSchedule, type ScheduleOptions } from './schedule.ts';
