/** base: what every folder may use. Pure; imports nothing. */
export { assert, BrokenInvariant, unreachable } from './assert.ts'
export { type Chance, SeededChance } from './chance.ts'
export { ERRORS, type ErrorCode, type ErrorSpec, KvError } from './errors.ts'
export type { Flavor } from './flavor.ts'
