/** base: what every folder may use. Pure; imports nothing. */
export { assert, BrokenInvariant, unreachable } from './assert.ts'
export {
  alignUp,
  ByteReader,
  ByteWriter,
  copyOf,
  freeBytes,
  freeLent,
  LINE_WORDS,
  readUint64,
  writeUint64,
} from './bytes.ts'
export { type Chance, SeededChance } from './chance.ts'
export { crc32c, crc32cJoined, crc32cNumber, crc32cWords } from './checksum.ts'
export { DataChecksums, REMEMBERED_BYTES_MIN } from './data-checksums.ts'
export { editDistance } from './edit-distance.ts'
export { ERRORS, type ErrorCode, type ErrorSpec, KvError, type Retry } from './errors.ts'
export { Fifo } from './fifo.ts'
export type { Flavor } from './flavor.ts'
export { IdTable } from './id-table.ts'
export * from './limits.ts'
export { shownKey } from './shown-key.ts'
export { Slab } from './slab.ts'
