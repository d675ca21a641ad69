/**
 * What a seed decides before its run begins (swarm testing: each run draws which faults there are
 * at all and how often, because runs with everything at once rarely get anywhere).
 */

import type { Chance } from '../src/base/index.ts'
import type { BitcaskLimits } from '../src/engine/index.ts'
import { GROUP_LIMITS, type GroupLimits } from '../src/group/index.ts'
import type { LogLimits } from '../src/log/index.ts'
import { RAFT_TUNING, type RaftTuning } from '../src/raft/index.ts'
import type { AutoCompaction } from '../src/server/index.ts'
import {
  type DiskFaults,
  type DiskTiming,
  NETWORK_CONDITIONS,
  type NetworkConditions,
  NO_DISK_FAULTS,
} from './world/index.ts'

export const PROFILES = [
  'calm',
  'network',
  'crashes',
  'storage',
  'membership',
  'snapshots',
  'tiny',
  'clock',
  'everything',
  'hostile',
] as const

export type Profile = (typeof PROFILES)[number]

/** `mixed`: the engines differ from node to node, and must not differ in anything else. */
export const ENGINES = ['memory', 'bitcask', 'mixed'] as const
export type EngineChoice = (typeof ENGINES)[number]

/** Relative weights of what the nemesis does; 0 is never. */
export interface NemesisWeights {
  readonly kill: number
  readonly powerLoss: number
  readonly powerLossInWrite: number
  readonly powerLossAfterName: number
  readonly powerLossAll: number
  readonly pause: number
  readonly partition: number
  readonly holdLink: number
  readonly resetLink: number
  readonly transfer: number
  readonly campaign: number
  readonly membership: number
  readonly clockStep: number
  readonly slowDisk: number
  readonly stallDisk: number
  readonly cutOff: number
  readonly fullDisk: number
  readonly failSync: number
  readonly failWrite: number
  readonly rot: number
  readonly rotRecord: number
  readonly misdirect: number
  readonly rotSnapshot: number
  readonly rotEngine: number
  readonly rotValue: number
  readonly moveLeader: number
  readonly disarm: number
  readonly wipe: number
  readonly oldCopy: number
  readonly swapDisks: number
}

export interface SimulationConfig {
  readonly profile: Profile
  readonly voters: number
  readonly learners: number
  /** Nodes that may join later. */
  readonly spares: number
  /** That of the cluster itself, and those that hold keys: 2 or more. */
  readonly groups: number
  readonly engine: EngineChoice
  readonly bitcask: Partial<BitcaskLimits>
  readonly clients: number
  /** Clients that watch; each has a few watches on one stream. */
  readonly watchers: number
  /** The share of clients that ask again until they hear. */
  readonly sessionShare: number
  /** The share of clients that only read, and so never wait for a write. */
  readonly readerShare: number
  /** Clients that read all that one node has, again and again. */
  readonly staleReaders: number
  /** Of what clients ask for: what has to do with leases. */
  readonly leasePercent: number
  /** Mean pause of a client between two operations. */
  readonly thinkMs: number
  /** A client waits so long, */
  readonly timeoutMs: number
  /** and a node so long for whoever asked it. */
  readonly requestMsMax: number
  /** Records that a node may hold before it says that there is no more room; 0: no such bound. */
  readonly quotaBytes: number
  readonly autoCompaction: AutoCompaction
  readonly registers: number
  /** Every so many-th value is long enough for its checksum to be shared; 0: none is. */
  readonly longEvery: number
  readonly lists: number
  readonly safetyMs: number
  readonly nemesisMs: number
  readonly weights: NemesisWeights
  readonly restartMs: readonly [number, number]
  readonly network: NetworkConditions
  readonly disk: DiskFaults
  readonly timing: Partial<DiskTiming>
  readonly driftMax: number
  readonly wallOffsetMsMax: number
  /** The share of envelopes that really travel as bytes. */
  readonly codecProbability: number
  readonly tickMs: number
  readonly tuning: RaftTuning
  readonly groupLimits: GroupLimits
  readonly logLimits: LogLimits
  readonly hostile: boolean
}

const NO_NEMESIS: NemesisWeights = {
  kill: 0,
  powerLoss: 0,
  powerLossInWrite: 0,
  powerLossAfterName: 0,
  powerLossAll: 0,
  pause: 0,
  partition: 0,
  holdLink: 0,
  resetLink: 0,
  transfer: 0,
  campaign: 0,
  membership: 0,
  clockStep: 0,
  slowDisk: 0,
  stallDisk: 0,
  cutOff: 0,
  fullDisk: 0,
  failSync: 0,
  failWrite: 0,
  rot: 0,
  rotRecord: 0,
  misdirect: 0,
  rotSnapshot: 0,
  rotEngine: 0,
  rotValue: 0,
  moveLeader: 0,
  disarm: 0,
  wipe: 0,
  oldCopy: 0,
  swapDisks: 0,
}

const KIB = 1024

/** As in production, but for the memory of a hundred simulated machines. */
const BITCASK: Partial<BitcaskLimits> = {
  fileBytes: 256 * KIB,
  chunkBytes: 16 * KIB,
  queuedBytesMax: 64 * KIB,
  recentBytes: 64 * KIB,
  loadedCacheBytes: 64 * KIB,
  blockCacheBytes: 64 * KIB,
  blockBytes: 16 * KIB,
  blockMissesMin: 8,
  mergeSliceBytes: 4 * KIB,
  removeSliceBytes: 64 * KIB,
}

/** So small that a run goes through many files, reads and merges, and through full queues. */
const SMALL_BITCASK: Partial<BitcaskLimits> = {
  fileBytes: 8 * KIB,
  chunkBytes: 1 * KIB,
  queuedBytesMax: 4 * KIB,
  recentBytes: 2 * KIB,
  loadedCacheBytes: 1 * KIB,
  blockCacheBytes: 2 * KIB,
  blockBytes: 512,
  blockMissesMin: 2,
  readBytesMax: 1500,
  readGapBytesMax: 200,
  readsMax: 2,
  pieceBytes: 1000,
  mergeSliceBytes: 1000,
  mergeGainMin: 0.5,
  removeSliceBytes: 2 * KIB,
  removePauseMs: 1,
  spaceRetryMs: 10,
}

/** What belongs to a profile; a run draws which of it there is, and how much. */
const PROFILE_WEIGHTS: Record<Profile, Partial<NemesisWeights>> = {
  calm: {},
  network: { partition: 6, holdLink: 3, resetLink: 3, kill: 1, moveLeader: 1, pause: 1, disarm: 1 },
  crashes: {
    kill: 4,
    powerLoss: 4,
    powerLossInWrite: 3,
    powerLossAfterName: 2,
    powerLossAll: 2,
    pause: 2,
    campaign: 1,
    partition: 1,
    cutOff: 2,
  },
  storage: {
    rot: 4,
    rotRecord: 5,
    misdirect: 2,
    rotSnapshot: 2,
    rotEngine: 3,
    rotValue: 3,
    failSync: 3,
    failWrite: 3,
    slowDisk: 2,
    stallDisk: 2,
    fullDisk: 1,
    powerLoss: 4,
    powerLossInWrite: 2,
    kill: 2,
  },
  membership: { membership: 8, kill: 2, powerLoss: 2, partition: 3, transfer: 1, moveLeader: 1 },
  snapshots: {
    kill: 3,
    powerLoss: 2,
    powerLossInWrite: 4,
    powerLossAfterName: 4,
    partition: 4,
    rotSnapshot: 1,
    pause: 2,
    membership: 1,
    disarm: 1,
    stallDisk: 1,
  },
  tiny: {
    cutOff: 2,
    kill: 4,
    powerLoss: 3,
    powerLossInWrite: 2,
    partition: 4,
    holdLink: 2,
    transfer: 1,
    campaign: 2,
  },
  clock: { clockStep: 5, pause: 4, partition: 2, powerLoss: 1, moveLeader: 1, disarm: 1 },
  everything: {
    kill: 3,
    powerLoss: 3,
    powerLossInWrite: 2,
    powerLossAfterName: 1,
    powerLossAll: 1,
    pause: 2,
    partition: 4,
    holdLink: 2,
    resetLink: 2,
    transfer: 2,
    campaign: 1,
    membership: 3,
    clockStep: 1,
    slowDisk: 1,
    stallDisk: 1,
    cutOff: 2,
    fullDisk: 1,
    failSync: 1,
    failWrite: 1,
    rot: 1,
    rotRecord: 1,
    misdirect: 1,
    rotSnapshot: 1,
    rotEngine: 1,
    rotValue: 1,
    moveLeader: 1,
    disarm: 2,
  },
  hostile: {
    rot: 6,
    rotRecord: 4,
    misdirect: 3,
    rotSnapshot: 3,
    rotEngine: 3,
    rotValue: 2,
    wipe: 2,
    swapDisks: 1,
    failSync: 2,
    powerLoss: 4,
    powerLossAll: 1,
    partition: 2,
  },
}

export interface DrawOptions {
  readonly profile?: Profile
  readonly safetyMs?: number
}

/** The profile of a seed when none is asked for: each in turn, so that any range covers all. */
export function profileOf(seed: number): Profile {
  return PROFILES[seed % PROFILES.length] as Profile
}

export function drawConfig(
  chance: Chance,
  seed: number,
  options: DrawOptions = {},
): SimulationConfig {
  const profile = options.profile ?? profileOf(seed)
  const calm = profile === 'calm'
  const tiny = profile === 'tiny' || (!calm && chance.happens(0.3))
  const fewEntries = profile === 'snapshots' || tiny || chance.happens(0.4)
  const pick = (values: readonly number[]): number => values[chance.below(values.length)] as number
  const sometimes = (probability: number, max: number): number =>
    !calm && chance.happens(probability) ? (chance.below(1000) / 1000) * max : 0
  const network = profile === 'network' || profile === 'everything'
  const often = network ? 0.7 : 0.25
  const staleReaders = drawStaleReaders(chance, profile)
  return {
    profile,
    voters: pick([1, 2, 3, 3, 3, 4, 5, 5, 6, 7]),
    learners: pick([0, 0, 0, 1, 2]),
    spares: profile === 'membership' || profile === 'everything' ? 2 : 0,
    groups: pick([2, 2, 2, 3]),
    engine: ENGINES[chance.below(ENGINES.length)] as EngineChoice,
    bitcask: tiny || fewEntries ? SMALL_BITCASK : BITCASK,
    clients: pick([2, 4, 6, 10]),
    watchers: pick([0, 1, 2, 4]),
    sessionShare: pick([0, 0.3, 0.6]),
    leasePercent: pick([0, 8, 20]),
    thinkMs: pick([5, 20, 60, 150]),
    timeoutMs: pick([500, 2000, 5000]),
    requestMsMax: pick([400, 2000, 7000]),
    ...drawRoom(chance, calm),
    registers: pick([1, 3, 8]),
    lists: pick([1, 3]),
    safetyMs: options.safetyMs ?? pick([4000, 8000, 15_000]),
    nemesisMs: pick([150, 400, 1000]),
    weights: drawWeights(chance, profile),
    restartMs: pick([0, 1]) === 0 ? [5, 100] : [100, 2500],
    network: {
      ...NETWORK_CONDITIONS,
      delayUs: pick([0, 1]) === 0 ? [50, 500] : [500, 15_000],
      slow: sometimes(often, 0.05),
      drop: sometimes(often, network ? 0.3 : 0.05),
      duplicate: sometimes(often, 0.1),
      reorder: sometimes(often, 0.3),
      replay: sometimes(often, network ? 0.5 : 0.02),
      reset: sometimes(often, 0.002),
      corrupt: sometimes(often, 0.02),
      foreign: sometimes(often, 0.01),
      bytesPerSecond: pick([1_000_000, 125_000_000, 125_000_000]),
      queueBytesMax: tiny ? pick([4096, 16_384]) : NETWORK_CONDITIONS.queueBytesMax,
    },
    disk: drawDisk(calm ? 0 : 0.8 + chance.below(200) / 1000, sometimes),
    timing: drawTiming(chance, staleReaders),
    driftMax: profile === 'clock' || chance.happens(0.2) ? 0.05 : 0,
    wallOffsetMsMax: 3_600_000,
    codecProbability: chance.happens(0.3) ? 1 : 0.05,
    tickMs: 10,
    tuning: drawTuning(chance, tiny),
    groupLimits: drawGroupLimits(chance, { tiny, fewEntries }),
    logLimits: drawLogLimits(chance, { tiny, fewEntries }),
    hostile: profile === 'hostile',
    readerShare: pick([0, 0.3, 0.5]),
    staleReaders,
    longEvery: calm || tiny || fewEntries || chance.happens(0.5) ? 0 : 3 + chance.below(8),
  }
}

function drawDisk(
  crashTear: number,
  sometimes: (probability: number, max: number) => number,
): DiskFaults {
  const [crashZero, crashGarbage] = [sometimes(0.5, 0.3), sometimes(0.3, 0.1)]
  return { ...NO_DISK_FAULTS, crashTear, crashZero, crashGarbage }
}

/** Where states are replaced, somebody is always reading one. */
function drawStaleReaders(chance: Chance, profile: Profile): number {
  if (profile === 'snapshots') return 5
  return chance.happens(0.5) ? 0 : 3 + 2 * chance.below(2)
}

function drawTiming(chance: Chance, staleReaders: number): Partial<DiskTiming> {
  const syncUs: DiskTiming['syncUs'] = chance.happens(0.5) ? [80, 200] : [500, 8000]
  // So slow that much happens while somebody reads.
  return chance.happens(staleReaders > 0 ? 0.5 : 0.1)
    ? { syncUs, readUs: [2000, 30_000] }
    : { syncUs }
}

function drawRoom(
  chance: Chance,
  calm: boolean,
): Pick<SimulationConfig, 'quotaBytes' | 'autoCompaction'> {
  const quotas = [0, 0, 0, 400, 1200]
  const quotaBytes = calm ? 0 : (quotas[chance.below(quotas.length)] as number)
  return { quotaBytes, autoCompaction: drawAutoCompaction(chance) }
}

/** By revisions it looks every five minutes only, which is longer than a run. */
function drawAutoCompaction(chance: Chance): AutoCompaction {
  if (chance.happens(0.7)) return { kind: 'off' }
  return { kind: 'periodic', retentionMs: 300 + chance.below(2000) }
}

function drawLogLimits(
  chance: Chance,
  { tiny, fewEntries }: { tiny: boolean; fewEntries: boolean },
): LogLimits {
  const pick = (values: readonly number[]): number => values[chance.below(values.length)] as number
  return {
    segmentBytes: tiny || fewEntries ? pick([8192, 16_384, 65_536]) : 262_144,
    batchBytesMax: tiny ? 4096 : 1_048_576,
    cacheBytesMax: tiny ? pick([0, 512, 4096]) : 1_048_576,
    groupCommitWindowMs: chance.happens(0.2) ? pick([2, 20]) : 0,
    recycledSegmentsMax: pick([0, 1, 3]),
    fullSegmentsMax: pick([4, 1000]),
    alignmentBytes: pick([512, 4096]),
  }
}

/** Each fault of the profile is left out of about a third of the runs. */
function drawWeights(chance: Chance, profile: Profile): NemesisWeights {
  const weights: Record<string, number> = { ...NO_NEMESIS }
  for (const [name, weight] of Object.entries(PROFILE_WEIGHTS[profile])) {
    weights[name] = chance.happens(0.65) ? weight * (0.25 + chance.below(1000) / 1000) : 0
  }
  return weights as unknown as NemesisWeights
}

function drawTuning(chance: Chance, tiny: boolean): RaftTuning {
  return {
    ...RAFT_TUNING,
    electionTicks: chance.happens(0.5) ? 10 : 20,
    heartbeatTicks: chance.happens(0.5) ? 2 : 4,
    // One entry at a time, or a few.
    appendBytesMax: tiny ? (chance.happens(0.5) ? 1 : 256) : RAFT_TUNING.appendBytesMax,
    inFlightBytesMax: tiny ? 1024 : RAFT_TUNING.inFlightBytesMax,
    inFlightCountMax: tiny ? 1 + chance.below(3) : RAFT_TUNING.inFlightCountMax,
    unfinishedBytesMax: tiny ? 256 : RAFT_TUNING.unfinishedBytesMax,
    readRoundsMax: tiny ? 1 : RAFT_TUNING.readRoundsMax,
  }
}

function drawGroupLimits(
  chance: Chance,
  { tiny, fewEntries }: { tiny: boolean; fewEntries: boolean },
): GroupLimits {
  return {
    ...GROUP_LIMITS,
    pendingCommandsMax: tiny ? 2 : GROUP_LIMITS.pendingCommandsMax,
    batchCommandsMax: tiny ? 2 : GROUP_LIMITS.batchCommandsMax,
    applyBytesMax: tiny ? 128 : GROUP_LIMITS.applyBytesMax,
    compactKeysMax: tiny ? 1 + chance.below(4) : GROUP_LIMITS.compactKeysMax,
    watchStepsMax: tiny ? 20 : GROUP_LIMITS.watchStepsMax,
    watchCrowd: fewEntries ? 1 : GROUP_LIMITS.watchCrowd,
    readStepsMax: tiny ? 1 : GROUP_LIMITS.readStepsMax,
    readLoadsMax: tiny ? 1 : GROUP_LIMITS.readLoadsMax,
    watchProgressMs: chance.happens(0.5) ? 700 : 600_000,
    // A few events: whoever is behind has to be told what the engine remembers.
    watchRingBytesMax: fewEntries ? 100 + chance.below(2000) : 1_048_576,
    stampMs: chance.happens(0.5) ? 300 : GROUP_LIMITS.stampMs,
    checkpointEntries: fewEntries ? 10 + chance.below(40) : 2000,
    checkpointMs: chance.happens(0.5) ? 1000 : GROUP_LIMITS.checkpointMs,
    checkpointSliceBytes: tiny ? 1 + chance.below(200) : GROUP_LIMITS.checkpointSliceBytes,
    trailingEntries: fewEntries ? chance.below(10) : 200,
    snapshotChunkBytes: fewEntries ? 200 : GROUP_LIMITS.snapshotChunkBytes,
    snapshotWindow: tiny ? 1 : GROUP_LIMITS.snapshotWindow,
  }
}
