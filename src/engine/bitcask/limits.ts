export interface BitcaskLimits {
  /** A data file that would become longer is ended, and the next one begun. */
  readonly fileBytes: number
  /** What goes to disk in one write. */
  readonly chunkBytes: number
  /** With more than this waiting to be written, whoever appends should hold back. */
  readonly queuedBytesMax: number
  /** Memory for what was written last. */
  readonly recentBytes: number
  /** Memory for the records that were read from disk last. */
  readonly loadedCacheBytes: number
  /** Memory for blocks of files, */
  readonly blockCacheBytes: number
  /** of this size, a power of two. */
  readonly blockBytes: number
  /** Blocks that are being brought at a time. */
  readonly blockReadsMax: number
  /** Without room one comes only after it was missed so often. */
  readonly blockMissesMin: number
  /** A larger record is not read while everybody waits. */
  readonly quickReadBytesMax: number
  /** Neighbours are read with it if no more than this lies between them. */
  readonly quickReadGapBytesMax: number
  /** If that took longer than this, and not by chance, the system had to ask the device, */
  readonly quickReadMs: number
  /** and for so many times as long everything is read beside the event loop. */
  readonly quickReadPauseTimes: number
  /** Records that are loaded together may hold up everybody for so long. */
  readonly quickLoadMs: number
  /** Neighbours are read together up to this length, */
  readonly readBytesMax: number
  /** and if no more than this lies between them. */
  readonly readGapBytesMax: number
  /** Reads under way at a time. */
  readonly readsMax: number
  /** About so much of a snapshot is given at a time. */
  readonly pieceBytes: number
  /** What merges may copy. */
  readonly mergeBytesPerSecond: number
  /** What a merge copies before it lets others have their turn. */
  readonly mergeSliceBytes: number
  /** A merge must give back at least so many times what it copies. */
  readonly mergeGainMin: number
  /** What goes at a time of a file that is removed, */
  readonly removeSliceBytes: number
  /** and how long others have their turn then. */
  readonly removePauseMs: number
  /** Without room on disk it is asked again after this time. */
  readonly spaceRetryMs: number
}

const KIB = 1024
const MIB = 1024 * KIB

/** For single records; what there is above is for blocks. */
const LOADED_CACHE_BYTES = 16 * MIB
/** Of the memory of a machine, for what was read. */
const READ_CACHE_SHARE = 16
const READ_CACHE_BYTES_USUAL = 1024 * MIB

export const BITCASK_LIMITS: BitcaskLimits = {
  // Fifteen files for ten million records of 200 bytes; one is merged in a few seconds.
  fileBytes: 128 * MIB,
  // Half a millisecond of a disk; larger ones only make others wait.
  chunkBytes: 1 * MIB,
  // A tenth of a second of the highest rate.
  queuedBytesMax: 16 * MIB,
  // An eighth of a second of the highest rate, a second of a usual one, for whoever asks for what
  // was just written.
  recentBytes: 8 * MIB,
  // Apart from the other, so that writes do not push out what is read all the time.
  loadedCacheBytes: LOADED_CACHE_BYTES,
  blockCacheBytes: 0,
  // A thousand of a gigabyte.
  blockBytes: 1 * MIB,
  // Half of these threads: a write of the log needs one, too.
  blockReadsMax: 2,
  // Each costs a microsecond more than a hit.
  blockMissesMin: 512,
  // Four pages of the system.
  quickReadBytesMax: 16 * KIB,
  // To copy so much takes a third of what another call of the system does.
  quickReadGapBytesMax: 4 * KIB,
  // A hundred times what it takes when it is in memory, and what a good disk takes a few times
  // over.
  quickReadMs: 1,
  // So that a disk holds up everybody for a tenth of the time, however slow it is. A fast one is
  // back soon: of records that a system has in memory, but for one of some hundred, all would be
  // read beside the loop after a longer pause.
  quickReadPauseTimes: 10,
  // A thousand records that the system has in memory.
  quickLoadMs: 2,
  // malloc maps what is larger anew each time.
  readBytesMax: 120 * KIB,
  // To bring so much costs less than to ask once more.
  readGapBytesMax: 32 * KIB,
  // The runtime reads with four threads; the others are on their way in and out.
  readsMax: 8,
  pieceBytes: 512 * KIB,
  // A tenth of a processor. The more is written meanwhile the less is left of what is merged: at 35
  // MiB/s of writes that never end the store takes three times what is live, else twice.
  mergeBytesPerSecond: 16 * MIB,
  // A quarter of a millisecond.
  mergeSliceBytes: 128 * KIB,
  // Files are merged when half of them is dropped: the store takes at most twice its size.
  mergeGainMin: 1,
  // Less than a millisecond of a processor.
  removeSliceBytes: 4 * MIB,
  // Room comes back ten times as fast as merges free it.
  removePauseMs: 10,
  spaceRetryMs: 1000,
}

/** What a machine with so much memory takes for what was read, at most and as it fills. */
export function usualReadCacheBytes(memoryBytes: number): number {
  const share = Math.floor(memoryBytes / READ_CACHE_SHARE)
  return Math.max(LOADED_CACHE_BYTES, Math.min(share, READ_CACHE_BYTES_USUAL))
}

/** How so much memory for what was read is divided. */
export function readCacheLimits(
  bytes: number,
): Pick<BitcaskLimits, 'loadedCacheBytes' | 'blockCacheBytes'> {
  const loadedCacheBytes = Math.min(bytes, LOADED_CACHE_BYTES)
  return { loadedCacheBytes, blockCacheBytes: bytes - loadedCacheBytes }
}
