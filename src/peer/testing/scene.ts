import {
  createSimulatedAuthority,
  SimulatedClock,
  SimulatedSockets,
  type SocketConditions,
  World,
} from '../../../sim/world/index.ts'
import { assert, SeededChance } from '../../base/index.ts'
import { type Authority, createAuthority } from '../../io/contract/index.ts'
import { createNodeClock, createNodeGzip, createNodeSockets, type Gzip } from '../../io/index.ts'
import { Member, type MemberOptions, type ProcessParts } from './member.ts'

const NO_GZIP: Gzip = {
  deflate: () => Promise.reject(new TypeError('nothing is compressed')),
  inflate: () => Promise.reject(new TypeError('nothing is compressed')),
}

/** Where members live: simulated machines, or this one. */
export interface Scene {
  readonly createAuthority: (name: string) => Authority
  /** Of the machine that a member is on. */
  hostOf(id: number): string
  member(options: MemberOptions): Member
  /** What opens and closes needs the world to go on. */
  settle(work: () => Promise<void>): Promise<void>
  /** Goes on until it is so; fails when that never comes. */
  until(condition: () => boolean): Promise<void>
}

/** Members that know each other, and are connected. */
export async function connected(
  scene: Scene,
  ids: readonly number[],
  options: (id: number) => Partial<MemberOptions> = () => ({}),
): Promise<readonly Member[]> {
  const members = ids.map((id) => scene.member({ id, ...options(id) }))
  for (const member of members) await scene.settle(() => member.open())
  for (const member of members) member.knows(...members)
  await scene.until(() => members.every((member) => areUp(member, members)))
  return members
}

/** Its own streams to the others, and theirs to it. */
function areUp(member: Member, members: readonly Member[]): boolean {
  return members.every(({ id }) => id === member.id || (member.statistics(id)?.connects ?? 0) >= 2)
}

const TURNS_MAX = 200_000
/** What takes longer on this machine never comes. */
export const UNTIL_MS_MAX = 10_000

class RealScene implements Scene {
  readonly createAuthority = createAuthority

  hostOf(): string {
    return '127.0.0.1'
  }

  member(options: MemberOptions): Member {
    return new Member(this.#process(options.id), options)
  }

  settle(work: () => Promise<void>): Promise<void> {
    return work()
  }

  async until(condition: () => boolean): Promise<void> {
    const clock = createNodeClock()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sinceMs = clock.monotonicMs()
    const look = (): void => {
      if (condition()) resolve()
      else if (clock.monotonicMs() - sinceMs > UNTIL_MS_MAX)
        reject(new TypeError('that never came'))
      else clock.after(1, look)
    }
    look()
    await promise
  }

  #process(id: number): ProcessParts {
    return {
      clock: createNodeClock(),
      sockets: createNodeSockets(),
      chance: new SeededChance(id, 'member'),
      gzip: createNodeGzip(),
      host: this.hostOf(),
    }
  }
}

/** Machines in one world. A member that is made again with the same id is another life of it. */
export class SimulatedScene implements Scene {
  readonly createAuthority = createSimulatedAuthority
  readonly world: World
  readonly hub: SimulatedSockets
  /** Attempts to connect that were refused, in order: when. */
  readonly refusedAtMs: number[] = []
  readonly #clocks = new Map<number, SimulatedClock>()
  readonly #lives = new Map<Member, ReturnType<World['createLife']>>()
  #created = 0

  constructor(seed: number, conditions: Partial<SocketConditions> = {}) {
    this.world = new World({ seed })
    this.hub = new SimulatedSockets({
      world: this.world,
      conditions,
      onFault: (kind) => {
        if (kind === 'refused') this.refusedAtMs.push(this.world.nowMs)
      },
    })
  }

  hostOf(id: number): string {
    return `10.0.0.${id}`
  }

  process(id: number): ProcessParts & { readonly life: ReturnType<World['createLife']> } {
    const host = this.hostOf(id)
    this.#created += 1
    const life = this.world.createLife(`${host} ${this.#created}`)
    const machine = this.#clocks.get(id) ?? new SimulatedClock({ world: this.world, name: host })
    this.#clocks.set(id, machine)
    return {
      life,
      host,
      clock: machine.clockFor(life),
      sockets: this.hub.socketsFor(host, life),
      chance: this.world.chance(`member ${id} ${this.#created}`),
      gzip: NO_GZIP,
    }
  }

  member(options: MemberOptions): Member {
    const process = this.process(options.id)
    const member = new Member(process, options)
    this.#lives.set(member, process.life)
    return member
  }

  lifeOf(member: Member): ReturnType<World['createLife']> {
    const life = this.#lives.get(member)
    assert(life !== undefined, 'a member of this scene')
    return life
  }

  settle(work: () => Promise<void>): Promise<void> {
    return this.world.perform(work)
  }

  async until(condition: () => boolean): Promise<void> {
    let turns = 0
    const stop = (): boolean => condition() || ++turns > TURNS_MAX
    await this.world.run({ stop })
    if (!condition()) throw new TypeError('that never came')
  }

  async pass(ms: number): Promise<void> {
    await this.world.run({ untilUs: this.world.nowUs + ms * 1000 })
  }
}

/** Real sockets, and simulated ones, which cut everything into small pieces. */
export const SCENES: readonly { readonly name: string; readonly create: () => Scene }[] = [
  { name: 'real sockets', create: () => new RealScene() },
  ...[1, 2, 3].map((seed) => ({
    name: `simulated sockets, seed ${seed}`,
    create: () => new SimulatedScene(seed, { fragment: 0.5 }),
  })),
]

/** The same test on all of them; it closes what it opens. */
export async function closed(scene: Scene, members: readonly Member[]): Promise<void> {
  await scene.settle(async () => {
    await Promise.all(members.map(({ network }) => network.close()))
  })
  // The socket below one of TLS that was destroyed is gone a turn later.
  await scene.until(() => members.every(({ witness }) => witness.openSockets === 0))
  for (const { witness } of members) witness.assertNothingLeft()
}
