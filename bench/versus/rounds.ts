/** Rounds over both sides, and what stands beside them; every sample is kept, a failed one too. */

import { count } from './figure-text.ts'
import {
  ITEMS,
  type Item,
  type Load,
  memoryName,
  SIZE_KEYS,
  SIZE_LOADS,
  sizeName,
  type Task,
  YARDSTICKS,
} from './load.ts'
import { pause, type Timing } from './meter.ts'
import type { Measured } from './order.ts'
import { Redis, type RedisPrograms } from './redis.ts'
import { REST_MS, Side } from './side.ts'
import { failedSample, type MemorySample, type Sample, SIDES, type SideName } from './summary.ts'

/** A cluster begins and ends. */
const CLUSTER_MS = 6000
/** For estimates; measured on two shared cores. */
const FILL_PER_SECOND: Readonly<Record<SideName, number>> = { etcd: 20_000, quorate: 50_000 }
/** Connections are made, what is under way is answered. */
const AROUND_MS = 400
/** What was put last is still being written, or collected. */
const SETTLE_MS = 3000
/** Until all of two million values were asked for, and are where they stay. */
const SIZE_WARM_MS = 10_000
/** Few keys and many take turns so often in a round. */
const SIZE_TURNS = 3

export interface Programs {
  /** Null: this machine has no etcd, and Quorate is measured alone. */
  readonly etcd: readonly string[] | null
  readonly quorate: readonly string[]
  readonly h2load: string | null
  readonly wrk: string | null
  readonly redis: RedisPrograms | null
}

export interface Settings {
  readonly isQuick: boolean
  readonly timing: Timing
  readonly keys: number
  /** Which rows; null: all that belong to the measurement. */
  readonly only: RegExp | null
}

type Wanted = (item: { readonly name: string; readonly isQuick?: boolean }) => boolean

export class Rounds {
  readonly samples: Sample[] = []
  readonly memory: MemorySample[] = []
  readonly #programs: Programs
  readonly #settings: Settings
  readonly #rounds: number
  readonly #say: (line: string) => void
  readonly #wanted: Wanted
  readonly #total: number

  constructor(
    programs: Programs,
    settings: Settings,
    { rounds, say }: { readonly rounds: number; readonly say: (line: string) => void },
  ) {
    const { only, isQuick: isQuickRun } = settings
    this.#programs = programs
    this.#settings = settings
    this.#rounds = rounds
    this.#say = say
    this.#wanted = ({ name, isQuick = false }) =>
      only === null ? isQuick || !isQuickRun : only.test(name)
    const sides = SIDES.map((side) => this.#itemsOf(side).length).reduce((sum, n) => sum + n)
    const sizes = 2 * SIZE_TURNS * this.#sizeLoads().length
    this.#total = rounds * (sides + sizes + this.#yardsticks().length)
  }

  /** What all of it should take. */
  estimateMs(): number {
    const { timing, keys } = this.#settings
    const sampleMs = timing.warmMs + timing.measureMs + REST_MS + AROUND_MS
    const clusterMs = (side: SideName, filled: number): number =>
      CLUSTER_MS + (filled / FILL_PER_SECOND[side]) * 1000
    const sidesMs = SIDES.filter((side) => this.#isSideWanted(side))
      .map((side) => clusterMs(side, keys) + SETTLE_MS)
      .reduce((sum, ms) => sum + ms, 0)
    const sizesMs =
      this.#sizeLoads().length === 0 ? 0 : CLUSTER_MS + clusterMs('quorate', SIZE_KEYS.many)
    const warmMs = 2 * SIZE_WARM_MS * this.#sizeLoads().filter(isRead).length
    return this.#rounds * (sidesMs + sizesMs + warmMs) + this.#total * sampleMs
  }

  async run(): Promise<void> {
    for (let round = 1; round <= this.#rounds; round++) {
      // Whoever comes second may find the machine warmer, or slower.
      const order = round % 2 === 1 ? SIDES : SIDES.toReversed()
      for (const side of order) if (this.#isSideWanted(side)) await this.#side(side, round)
      if (this.#sizeLoads().length > 0) await this.#sizes(round)
      if (this.#yardsticks().length > 0) await this.#redis(round)
    }
  }

  #itemsOf(side: SideName): readonly Item[] {
    const { etcd, h2load, wrk } = this.#programs
    if (side === 'etcd' && etcd === null) return []
    return ITEMS.filter(({ task, section, name, isQuick = false }) => {
      if (task.kind === 'h2load' && h2load === null) return false
      if (task.kind === 'rest' && wrk === null) return false
      return (section !== 'own' || side === 'quorate') && this.#wanted({ name, isQuick })
    })
  }

  #isSideWanted(side: SideName): boolean {
    if (side === 'etcd' && this.#programs.etcd === null) return false
    return this.#itemsOf(side).length > 0 || this.#isMemoryWanted()
  }

  #isMemoryWanted(): boolean {
    return this.#wanted({ name: memoryName(this.#settings.keys), isQuick: true })
  }

  #sizeLoads() {
    return SIZE_LOADS.filter((load) =>
      [SIZE_KEYS.few, SIZE_KEYS.many].some((keys) => this.#wanted({ name: sizeName(load, keys) })),
    )
  }

  #yardsticks() {
    return this.#programs.redis === null ? [] : YARDSTICKS.filter(this.#wanted)
  }

  async #side(name: SideName, round: number): Promise<void> {
    const { keys } = this.#settings
    const items = this.#itemsOf(name)
    let side: Side
    try {
      side = await this.#open(name)
    } catch (error) {
      for (const { name: load, section } of items) {
        this.#note({ round, side: name, section, load, ...failedSample(String(error)) })
      }
      return
    }
    try {
      await this.#fill(side, name, keys)
      if (this.#isMemoryWanted()) await this.#noteMemory(side, name, round)
      for (const { name: load, section, task } of items) {
        const measured = await this.#attempt(side, task)
        this.#note({ round, side: name, section, load, ...measured })
      }
    } finally {
      await side.stop()
    }
  }

  #open(name: SideName): Promise<Side> {
    const { etcd, quorate, h2load, wrk } = this.#programs
    const command = name === 'etcd' ? (etcd ?? []) : quorate
    return Side.open({ name, command, programs: { h2load, wrk } })
  }

  async #fill(side: Side, name: SideName, keys: number): Promise<void> {
    const startMs = performance.now()
    await side.fill(keys)
    const seconds = (performance.now() - startMs) / 1000
    this.#say(`${name} holds ${count(keys)} keys after ${seconds.toFixed(1)} s`)
  }

  async #noteMemory(side: Side, name: SideName, round: number): Promise<void> {
    await pause(SETTLE_MS)
    const [largest] = [...side.memory()].sort((one, other) => other.residentMiB - one.residentMiB)
    if (largest === undefined) return
    const { residentMiB, anonymousMiB } = largest
    this.memory.push({ round, side: name, keys: this.#settings.keys, residentMiB, anonymousMiB })
  }

  async #attempt(side: Side, task: Task, warmMs = 0): Promise<Measured> {
    const { timing } = this.#settings
    try {
      return await side.measure(task, { ...timing, warmMs: timing.warmMs + warmMs })
    } catch (error) {
      this.#say(`${String(error)}\n${side.lastWords()}`)
      return failedSample(String(error))
    }
  }

  /**
   * The same loads among few keys and among many, by turns: what the machine gives in one minute it
   * may not give in the next, and it is the share that is asked for.
   */
  async #sizes(round: number): Promise<void> {
    const open: { readonly side: Side; readonly keys: number }[] = []
    try {
      for (const keys of [SIZE_KEYS.few, SIZE_KEYS.many]) {
        const side = await this.#open('quorate')
        open.push({ side, keys })
        await this.#fill(side, 'quorate', keys)
      }
      await pause(SETTLE_MS)
      for (const load of this.#sizeLoads()) {
        for (let turn = 0; turn < SIZE_TURNS; turn++) {
          const warmMs = isRead(load) && turn === 0 ? SIZE_WARM_MS : 0
          for (const { side, keys } of open) {
            const measured = await this.#attempt(side, { kind: 'load', load }, warmMs)
            const name = sizeName(load, keys)
            this.#note({ round, side: 'quorate', section: 'sizes', load: name, ...measured })
          }
        }
      }
    } finally {
      await Promise.all(open.map(({ side }) => side.stop()))
    }
  }

  async #redis(round: number): Promise<void> {
    const { redis: programs } = this.#programs
    if (programs === null) return
    const { keys, timing } = this.#settings
    const redis = await Redis.open(programs)
    try {
      for (const yardstick of this.#yardsticks()) {
        const measured = await redis
          .measure(yardstick, { keys, timing })
          .catch((error: unknown) => failedSample(String(error)))
        const { name: load } = yardstick
        this.#note({ round, side: 'redis', section: 'yardstick', load, ...measured })
      }
    } finally {
      await redis.stop()
    }
  }

  #note(sample: Sample): void {
    this.samples.push(sample)
    const { round, side, load, perSecond, p99Ms, failures, generatorCores } = sample
    const failed = Object.values(failures).reduce((sum, one) => sum + one, 0)
    const texts = [
      `[${this.samples.length}/${this.#total}] round ${round}`,
      `${side.padEnd(8)}${load.padEnd(40)}${count(perSecond).padStart(9)}/s`,
      `p99 ${p99Ms.toFixed(1).padStart(6)} ms`,
      `generator ${generatorCores.toFixed(2)}`,
      ...(failed === 0 ? [] : [`${failed} failed`]),
    ]
    this.#say(texts.join('  '))
  }
}

function isRead({ kind }: Load): boolean {
  return kind === 'range' || kind === 'serializable'
}
