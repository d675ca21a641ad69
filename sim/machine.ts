/**
 * One machine of the simulated cluster: its disk and its clock outlive the processes that run on
 * it.
 */

import { assert, DataChecksums, KvError } from '../src/base/index.ts'
import { createBitcask, createMemory, type EngineFactory } from '../src/engine/index.ts'
import type { GroupMark } from '../src/group/index.ts'
import type { LogOptions } from '../src/log/index.ts'
import { openLog, openSnapshots } from '../src/log/index.ts'
import type { Envelope } from '../src/peer/index.ts'
import type { Configuration, GroupId, NodeId } from '../src/raft/index.ts'
import { NODE_SETTINGS, Node } from '../src/server/index.ts'
import { STATE_LIMITS, type StateMachine } from '../src/state/index.ts'
import type { SimulationConfig } from './config.ts'
import { CLUSTER_ID } from './frames.ts'
import type { Oracle } from './oracle.ts'
import type { Life, LifeEnd, SimulatedClock, SimulatedDisk, World } from './world/index.ts'

export const DATA_DIRECTORY = '/data'
/** Below it each group has one of its own. */
export const ENGINES = `${DATA_DIRECTORY}/engines/`

export interface MachineParts {
  readonly id: NodeId
  readonly world: World
  readonly config: SimulationConfig
  readonly disk: SimulatedDisk
  readonly clock: SimulatedClock
  readonly oracle: Oracle
  readonly initialGroups: ReadonlyMap<GroupId, Configuration>
  /** Another voter holds copies of this node's groups: a learner has one in a lone voter, too. */
  readonly repairable: boolean
  /** Connects a life to the network. Returns how it sends. */
  readonly connect: (life: Life, machine: Machine) => (envelope: Envelope) => void
  /** The process stopped by itself after a failure it could not survive. */
  readonly onStopped: (machine: Machine, error: unknown) => void
  /** A group began under repair: something durable was missing. */
  readonly onRepair: (machine: Machine, group: GroupId) => void
  /** It would not start. */
  readonly onRefused: (machine: Machine, error: KvError) => void
}

export type MachineState = 'down' | 'starting' | 'up' | 'refused'

export class Machine {
  readonly id: NodeId
  readonly disk: SimulatedDisk
  readonly clock: SimulatedClock
  readonly #parts: MachineParts
  #life: Life | null = null
  #node: Node | null = null
  #state: MachineState = 'down'
  #lives = 0
  /** A new machine may begin with an empty directory; one that has run before may not. */
  #mayCreate = true
  readonly #lastConfigurations = new Map<GroupId, Configuration>()
  #stopAt = new Set<GroupMark>()
  #checksums = new DataChecksums()

  constructor(parts: MachineParts) {
    this.#parts = parts
    this.id = parts.id
    this.disk = parts.disk
    this.clock = parts.clock
  }

  get state(): MachineState {
    return this.#state
  }

  /** Of the process that runs or starts; null while the machine is down. */
  get life(): Life | null {
    return this.#life
  }

  get paused(): boolean {
    return this.#life?.paused ?? false
  }

  /** The running node; null while the machine is down or starting. */
  get node(): Node | null {
    return this.#state === 'up' ? this.#node : null
  }

  /** Of long data that this life has seen, on its way or in its log. */
  get checksums(): DataChecksums {
    return this.#checksums
  }

  get lives(): number {
    return this.#lives
  }

  start(): void {
    if (this.#state === 'up' || this.#state === 'starting') return
    this.#lives += 1
    this.#state = 'starting'
    this.#checksums = new DataChecksums()
    const life = this.#parts.world.createLife(`node ${this.id} life ${this.#lives}`)
    this.#life = life
    const send = this.#parts.connect(life, this)
    // Lives end without their promises settling; only a start that fails by itself comes back here.
    this.#startNode(life, send).then(
      (node) => this.#started(life, node),
      (error) => this.#failed(life, error),
    )
  }

  async #startNode(life: Life, send: (envelope: Envelope) => void): Promise<Node> {
    const { config, oracle, world } = this.#parts
    const disk = this.disk.diskFor(life)
    const clock = this.clock.clockFor(life)
    const identity = { clusterId: CLUSTER_ID, nodeId: this.id }
    const logOptions: Omit<LogOptions, 'onFatal'> = {
      disk,
      clock,
      chance: world.chance(`node ${this.id} life ${this.#lives}: log`),
      directory: DATA_DIRECTORY,
      identity,
      limits: config.logLimits,
      repairable: this.#parts.repairable,
      create: this.#mayCreate,
      checksums: this.#checksums,
    }
    return Node.start({
      identity,
      clock,
      chance: world.chance(`node ${this.id} life ${this.#lives}`),
      links: {
        send: (envelope) => {
          this.#judged(() => {
            for (const message of envelope.messages) oracle.sent(this.id, message)
          })
          send(envelope)
        },
      },
      openLog: async (onFatal) => {
        const opened = await openLog({ ...logOptions, onFatal })
        oracle.count(`recovery: ${opened.report.verdict}`)
        return opened
      },
      openSnapshots: () =>
        openSnapshots({ disk, directory: DATA_DIRECTORY, clusterId: CLUSTER_ID }),
      engines: (group) => this.#engine(life, group),
      tickMs: config.tickMs,
      tuning: config.tuning,
      groupLimits: config.groupLimits,
      stateLimits: STATE_LIMITS,
      initialGroups: this.#parts.initialGroups,
      settings: {
        ...NODE_SETTINGS,
        self: { name: `node-${this.id}`, peerUrls: [], clientUrls: [] },
        requestMsMax: config.requestMsMax,
        quotaBytes: config.quotaBytes === 0 ? -1 : config.quotaBytes,
        autoCompaction: config.autoCompaction,
      },
      onFatal: (error) => this.#failed(life, error),
      observer: (group) => {
        const observer = oracle.observer(this.id, group, () => {
          assert(this.#node !== null, 'a group works only in a running node')
          return this.#node.group(group).raft
        })
        return { ...observer, mark: (mark) => this.#mark(group, mark, observer.mark) }
      },
    })
  }

  #engine(life: Life, group: GroupId): EngineFactory {
    const { config } = this.#parts
    const parts = {
      disk: this.disk.diskFor(life),
      clock: this.clock.clockFor(life),
      directory: `${ENGINES}${group}`,
    }
    const isBitcask =
      config.engine === 'bitcask' || (config.engine === 'mixed' && this.id % 2 === 0)
    return isBitcask ? createBitcask({ ...parts, limits: config.bitcask }) : createMemory(parts)
  }

  #mark(group: GroupId, mark: GroupMark, tell: (mark: GroupMark) => void): void {
    tell(mark)
    const driver = this.#node?.group(group)
    if (mark === 'checkpointed' && driver !== undefined) {
      this.#parts.oracle.checkpointed(this.id, group, driver)
    }
    if (this.#stopAt.delete(mark)) this.crash('powerLost')
  }

  #started(life: Life, node: Node): void {
    if (life.ended) return
    this.#node = node
    this.#state = 'up'
    this.#mayCreate = false
    this.#judged(() => {
      for (const [group, driver] of node.groups) {
        this.#parts.oracle.recovered(this.id, group, driver.raft)
        this.#parts.oracle.reopened(this.id, group, driver.machine)
        if (driver.raft.recovering) this.#parts.onRepair(this, group)
      }
    })
  }

  /** What the oracle throws outside of a node's own guard. */
  #judged(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#parts.onStopped(this, error)
    }
  }

  #failed(life: Life, error: unknown): void {
    if (life.ended) return
    // A disk that fails or is full today may work tomorrow; any other refusal is a verdict.
    const passing = ['DISK_FAILED', 'DISK_FULL', 'LOG_LOCKED']
    const refused =
      this.#state === 'starting' && error instanceof KvError && !passing.includes(error.code)
    this.crash('killed')
    if (refused) {
      this.#state = 'refused'
      this.#parts.onRefused(this, error as KvError)
    } else {
      this.#parts.onStopped(this, error)
    }
  }

  /**
   * `killed`: what was written stays in the machine's cache. `powerLost`: what was not synced may
   * go.
   */
  crash(end: LifeEnd): void {
    for (const [group, driver] of this.#node?.groups ?? []) {
      this.#lastConfigurations.set(group, driver.raft.configuration)
    }
    this.#life?.end(end)
    if (end === 'powerLost') this.disk.failPower()
    this.#life = null
    this.#node = null
    this.#state = 'down'
  }

  restart(): void {
    if (this.#state === 'refused') this.#state = 'down'
    this.start()
  }

  pause(): void {
    this.#life?.pause()
  }

  resume(): void {
    this.#life?.resume()
  }

  /** Loses power the next time this point is reached. */
  stopAt(point: GroupMark): void {
    this.#stopAt.add(point)
  }

  /** The newest configuration in its log, as last seen. */
  configuration(group: GroupId): Configuration | null {
    const running = this.node?.groups.get(group)?.raft.configuration
    return running ?? this.#lastConfigurations.get(group) ?? null
  }

  stateMachine(group: GroupId): StateMachine | null {
    return this.node?.groups.get(group)?.machine ?? null
  }
}
