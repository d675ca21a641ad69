/**
 * Replicas of one group on simulated machines, each with a real log, real snapshot files and a real
 * engine on a disk that survives it. No node around them: only what a group needs of one.
 */

import assert from 'node:assert/strict'
import { SimulatedClock, SimulatedDisk, World } from '../../../sim/world/index.ts'
import { createMemory, type EngineFactory } from '../../engine/index.ts'
import type { Clock, Disk } from '../../io/index.ts'
import {
  LOG_LIMITS,
  type LogLimits,
  type OpenedLog,
  openLog,
  openSnapshots,
  type WriteAheadLog,
} from '../../log/index.ts'
import type { PeerMessage } from '../../peer/index.ts'
import { type Entry, RAFT_TUNING, type RecoveredReplica } from '../../raft/index.ts'
import { STATE_LIMITS } from '../../state/index.ts'
import { Group } from '../group.ts'
import { beginReplica } from '../start.ts'
import {
  GROUP_LIMITS,
  type GroupLimits,
  type GroupMark,
  type Outcome,
  type ReadOutcome,
  type ReadRequest,
  type Snapshots,
} from '../types.ts'
import { EngineHooks } from './engine-hooks.ts'

const TICK_MS = 10
const LINK_US = 200
const GROUP = 2
/** Of simulated time: whatever a test waits for happens long before. */
const PATIENCE_MS = 120_000

export type EngineOn = (parts: { disk: Disk; clock: Clock; directory: string }) => EngineFactory

export interface BenchOptions {
  readonly members?: number
  readonly limits?: Partial<GroupLimits>
  readonly seed?: number
  readonly engine?: EngineOn
  readonly log?: Partial<LogLimits>
}

export class Bench {
  readonly world: World
  readonly members: Member[] = []
  readonly limits: GroupLimits
  readonly engine: EngineOn
  readonly logLimits: LogLimits
  /** A message for which this is false is lost. */
  carries: (message: PeerMessage) => boolean = () => true

  constructor(options: BenchOptions = {}) {
    const { members = 1, limits = {}, seed = 1, engine = createMemory, log = {} } = options
    this.world = new World({ seed })
    this.logLimits = { ...LOG_LIMITS, segmentBytes: 256 * 1024, ...log }
    this.limits = { ...GROUP_LIMITS, ...limits }
    this.engine = engine
    for (let id = 1; id <= members; id++) this.members.push(new Member(this, id))
  }

  /** Performs the body while the world moves on; then nothing must have failed. */
  async run(body: () => Promise<void>): Promise<void> {
    await this.world.perform(body)
    for (const { fatal } of this.members) if (fatal !== null) throw fatal
  }

  member(id: number): Member {
    const member = this.members[id - 1]
    assert.ok(member !== undefined)
    return member
  }

  get leader(): Member | null {
    const leading = this.members.filter(({ group }) => group?.raft.role === 'leader')
    return leading.sort((a, b) => b.running.raft.term - a.running.raft.term)[0] ?? null
  }

  /** All started, and one leads and knows the time. */
  async start(): Promise<Member> {
    for (const member of this.members) await member.start()
    return this.elected()
  }

  async elected(): Promise<Member> {
    await this.until(() => this.leader?.group?.isTimeKnown === true)
    return this.leader as Member
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.schedule(ms * 1000, null, resolve))
  }

  async until(condition: () => boolean): Promise<void> {
    const overMs = this.world.nowMs + PATIENCE_MS
    while (!condition()) {
      assert.ok(this.world.nowMs < overMs, 'what is waited for never happens')
      for (const { fatal } of this.members) if (fatal !== null) throw fatal
      await this.wait(1)
    }
  }

  carry(message: PeerMessage): void {
    if (!this.carries(message)) return
    this.world.schedule(LINK_US, null, () => this.members[message.to - 1]?.take(message))
  }
}

interface LifeParts {
  readonly opened: OpenedLog
  readonly snapshots: Snapshots
  readonly engines: EngineFactory
  readonly clock: Clock
  readonly failed: (error: unknown) => void
  readonly wake: () => void
}

export class Member {
  readonly id: number
  readonly hooks = new EngineHooks()
  readonly marks: GroupMark[] = []
  readonly disk: SimulatedDisk
  group: Group | null = null
  /** Which the group shares with whoever else a test lets write to it. */
  log: WriteAheadLog | null = null
  fatal: unknown = null
  /** Called at each mark; may crash the member. */
  onMark: (mark: GroupMark) => void = () => {}
  /** Indexes of the entries that this life has applied. */
  applied: number[] = []
  recovered: RecoveredReplica | null = null
  readonly #bench: Bench
  readonly #clock: SimulatedClock
  #life: ReturnType<World['createLife']> | null = null
  #lives = 0
  #close: () => Promise<void> = async () => {}

  constructor(bench: Bench, id: number) {
    this.#bench = bench
    this.id = id
    this.disk = new SimulatedDisk({ world: bench.world, name: `n${id}` })
    this.#clock = new SimulatedClock({ world: bench.world, name: `n${id}` })
  }

  get running(): Group {
    assert.ok(this.group !== null, 'it runs')
    return this.group
  }

  count(mark: GroupMark): number {
    return this.marks.filter((each) => each === mark).length
  }

  async start(): Promise<void> {
    const { world } = this.#bench
    this.#lives += 1
    const life = world.createLife(`n${this.id} ${this.#lives}`)
    this.#life = life
    const disk = this.disk.diskFor(life)
    const clock = this.#clock.clockFor(life)
    const failed = (error: unknown): void => {
      if (life.ended) return
      this.fatal ??= error
      this.group?.stop()
    }
    const opened = await this.#openLog(disk, clock, failed)
    const { log } = opened
    this.log = log
    this.recovered = opened.groups.get(GROUP) ?? null
    const snapshots = await openSnapshots({ disk, directory: '/data/log', clusterId: 1 })
    const engines = this.hooks.on(this.#bench.engine({ disk, clock, directory: '/data/engine' }))
    this.applied = []
    const group: Group = await this.#openGroup({
      opened,
      snapshots,
      engines,
      clock,
      failed,
      wake: () => wake(),
    })
    // The power failed with the last operation of the disk: nobody is there to go on.
    if (life.ended) await new Promise<never>(() => {})
    const guarded = (work: () => void): void => {
      try {
        if (!life.ended) work()
      } catch (error) {
        failed(error)
      }
    }
    let isAwake = false
    const wake = (): void => {
      if (isAwake || life.ended) return
      isAwake = true
      clock.soon(() => {
        isAwake = false
        guarded(() => group.drain())
      })
    }
    const tick = (): void => {
      guarded(() => group.tick())
      clock.after(TICK_MS, tick)
    }
    clock.after(TICK_MS, tick)
    this.group = group
    this.#close = async () => {
      await group.close()
      await log.close()
    }
  }

  #openLog(disk: Disk, clock: Clock, onFatal: (error: unknown) => void): Promise<OpenedLog> {
    const { world, members, logLimits } = this.#bench
    return openLog({
      disk,
      clock,
      chance: world.chance(`log ${this.id} ${this.#lives}`),
      directory: '/data/log',
      identity: { clusterId: 1, nodeId: this.id },
      limits: logLimits,
      repairable: members.length > 1,
      create: this.#lives === 1,
      onFatal,
    })
  }

  async #openGroup(life: LifeParts): Promise<Group> {
    const { opened, snapshots, engines, clock, failed, wake } = life
    const { world, limits, members } = this.#bench
    const { log } = opened
    const initial = { voters: members.map(({ id }) => id), outgoing: [], learners: [] }
    const seed = this.id * 1000 + this.#lives
    const common = { id: GROUP, node: this.id, log, snapshots, engines, seed }
    const { recovered, restored, machine, engine } = await beginReplica({
      ...common,
      recovered: this.recovered,
      hidden: opened.hidden ?? null,
      initial,
      limits: STATE_LIMITS,
    })
    const observer = {
      mark: (mark: GroupMark) => {
        this.marks.push(mark)
        this.onMark(mark)
      },
      applied: ({ index }: Entry) => void this.applied.push(index),
      restored: () => {},
    }
    const send = (message: PeerMessage): void => this.#bench.carry(message)
    const parts = { ...common, clock, machine, engine, stateLimits: STATE_LIMITS, limits, observer }
    return new Group(
      { ...parts, send, wake, onFatal: failed },
      {
        incarnation: opened.report.incarnation,
        chance: world.chance(`raft ${this.id} ${this.#lives}`),
        tuning: RAFT_TUNING,
        recovered,
        restored,
        initialConfiguration: initial,
      },
    )
  }

  /** In order, so that it may be started again. */
  async stop(): Promise<void> {
    await this.#close()
    this.#life?.end()
    this.group = null
  }

  crash(): void {
    this.#life?.end('powerLost')
    this.disk.failPower()
    this.group = null
  }

  take(message: PeerMessage): void {
    if (this.group === null || this.#life === null) return
    this.#life.deliver(() => {
      try {
        this.group?.receive(message)
      } catch (error) {
        this.fatal ??= error
      }
    })
  }

  write(command: Uint8Array): Promise<Outcome> {
    return new Promise((settle) => this.running.propose(command, { settle }))
  }

  /** Until its last outcome; pieces are fetched as they come. */
  read(request: ReadRequest): Promise<{ pieces: Uint8Array[]; outcome: ReadOutcome }> {
    const pieces: Uint8Array[] = []
    return new Promise((resolve) => {
      this.running.read(request, {
        settleRead: (outcome) => {
          if (outcome.kind === 'piece') {
            pieces.push(outcome.body.slice())
            outcome.next()
          } else if (outcome.kind === 'done') {
            const body = outcome.result.body.slice()
            resolve({ pieces, outcome: { kind: 'done', result: { ...outcome.result, body } } })
          } else resolve({ pieces, outcome })
        },
      })
    })
  }
}
