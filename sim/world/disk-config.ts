/** What can go wrong with a disk, how often, and how long things take. */

/** Every fault that is counted. The manifest of the reports. */
export const DISK_FAULT_KINDS = [
  'readError',
  'writeError',
  'syncError',
  'nameError',
  'full',
  'rot',
  'misdirectedRead',
  'misdirectedWrite',
  'phantomWrite',
  'stall',
  'heldOperation',
  'crashLost',
  'crashTorn',
  'crashReordered',
  'crashZero',
  'crashGarbage',
  'crashSize',
  'crashNameLost',
  'interruptedWrite',
  'wiped',
  'restored',
] as const

export type DiskFaultKind = (typeof DISK_FAULT_KINDS)[number]

export interface DiskFaultPlace {
  readonly path: string
  readonly offset: number
  readonly length: number
}

/**
 * Probabilities, from 0 to 1. All are 0 unless said otherwise, except what a power failure does to
 * unsynced data: that is what disks do.
 */
export interface DiskFaults {
  /** Per read: fails with `io`. */
  readonly readError: number
  /** Per write: fails with `io`, after any prefix of it was written. */
  readonly writeError: number
  /**
   * Per sync: fails with `io`. Afterwards the pages look clean: what was pending is never written,
   * and the process still reads it.
   */
  readonly syncError: number
  /** Per open, rename, remove, list and directory sync: fails with `io`. */
  readonly nameError: number
  /** Per write that makes a file longer: fails with `full`, after any prefix of it was written. */
  readonly full: number
  /** Per read: bits in the range that is read have rotted since they were written. */
  readonly rotOnRead: number
  /** Per write: bits anywhere on the disk rot. */
  readonly rotAtRest: number
  /** Per read: the bytes come from another place of the file. */
  readonly misdirectedRead: number
  /** Per write: the bytes land at another place of this file or of another one. */
  readonly misdirectedWrite: number
  /** Per write: acknowledged and readable, but nothing ever lands. */
  readonly phantomWrite: number
  /** Per operation: the whole disk stalls. */
  readonly stall: number
  /** How much slower the disk is after each minute: 0.5 = half as slow again. */
  readonly slowerPerMinute: number
  /** At a power failure: a file's unsynced sectors survive in any mixture, not as a prefix. */
  readonly crashTear: number
  /** Per unsynced sector that did not survive whole: its bytes are zero instead of old. */
  readonly crashZero: number
  /** Likewise, but anything. */
  readonly crashGarbage: number
  /**
   * A sector that is torn keeps the bytes in it that no unsynced write covered ("powersafe
   * overwrite"). False: zero and garbage take the whole sector, synced neighbours included.
   */
  readonly powersafeOverwrite: boolean
}

export const NO_DISK_FAULTS: DiskFaults = {
  readError: 0,
  writeError: 0,
  syncError: 0,
  nameError: 0,
  full: 0,
  rotOnRead: 0,
  rotAtRest: 0,
  misdirectedRead: 0,
  misdirectedWrite: 0,
  phantomWrite: 0,
  stall: 0,
  slowerPerMinute: 0,
  crashTear: 0.9,
  crashZero: 0.02,
  crashGarbage: 0.002,
  powersafeOverwrite: true,
}

/** From and to, both included; drawn evenly. */
export type Span = readonly [min: number, max: number]

export interface DiskTiming {
  readonly readUs: Span
  readonly writeUs: Span
  readonly syncUs: Span
  /** Open, rename, remove, list and the like. */
  readonly nameUs: Span
  /** Added per KiB that is read or written. */
  readonly perKibUs: number
  readonly stallMs: Span
}

export const DISK_TIMING: DiskTiming = {
  readUs: [10, 40],
  writeUs: [20, 60],
  syncUs: [80, 200],
  nameUs: [30, 120],
  perKibUs: 0.7,
  stallMs: [20, 2_000],
}

/** What a process can ask of a disk. */
export const DISK_OPERATIONS = [
  'open',
  'read',
  'write',
  'sync',
  'truncate',
  'size',
  'close',
  'makeDirectory',
  'list',
  'rename',
  'remove',
  'syncDirectory',
  'lock',
  'unlock',
] as const

export type DiskOperation = (typeof DISK_OPERATIONS)[number]
