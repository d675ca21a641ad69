/**
 * Members that work while the disk of one of them is damaged, again and again: log, snapshots and
 * engine. The next one is damaged only when all are whole and agree, so that nothing may be lost.
 */

import assert from 'node:assert/strict'
import { type Chance, KvError, SeededChance } from '../../base/index.ts'
import { createBitcask } from '../../engine/index.ts'
import { etcd } from '../../wire/index.ts'
import { Bench, type EngineOn, type Member } from './bench.ts'
import { compactCommand, deleteCommand, putCommand, rangeOf } from './content.ts'
import { damageDisk } from './disk-damage.ts'
import { isDamage, Refused, TendedBench } from './tended-bench.ts'

const KEYS = 12
/** More are never needed: each start knows of what the one before has found. */
const STARTS_MAX = 30
/** Enough for a start, and for a repair. */
const OPERATIONS = 400

const smallBitcask: EngineOn = (parts) =>
  createBitcask({ ...parts, limits: { fileBytes: 4096, chunkBytes: 1024, loadedCacheBytes: 0 } })

/** Undefined: there is none. */
type Value = string | undefined

export class DamageTrial {
  readonly #chance: Chance
  readonly #bench: Bench
  readonly #tended: TendedBench
  /** What each key may hold. */
  readonly #possible = new Map<string, Set<Value>>()
  #puts = 0

  constructor(seed: number) {
    const chance = new SeededChance(seed, 'damage')
    this.#chance = chance
    this.#bench = new Bench({
      members: chance.happens(0.7) ? 3 : 1,
      seed,
      engine: smallBitcask,
      limits: {
        checkpointEntries: 10 + chance.below(40),
        trailingEntries: chance.below(30),
        snapshotChunkBytes: 512,
      },
      log: { segmentBytes: 8192, batchBytesMax: 4096, recycledSegmentsMax: chance.below(3) },
    })
    this.#tended = new TendedBench(this.#bench)
    for (let key = 0; key < KEYS; key++) this.#possible.set(`k${key}`, new Set([undefined]))
  }

  run(): Promise<void> {
    return this.#bench.run(async () => {
      try {
        await this.#rounds()
      } catch (error) {
        if (!(error instanceof Refused)) throw error
      }
    })
  }

  async #rounds(): Promise<void> {
    await this.#bench.start()
    for (let rounds = 1 + this.#chance.below(3); rounds > 0; rounds--) {
      await this.#work(5 + this.#chance.below(100))
      await this.#agree()
      // Now the log shows that its newest batch is durable.
      await this.#bench.wait(1000)
      await this.#damageOne()
      await this.#agree()
    }
  }

  async #work(count: number): Promise<void> {
    const chance = this.#chance
    for (let left = count; left > 0; left--) {
      const leader = await this.#tended.leader()
      const key = `k${chance.below(KEYS)}`
      const draw = chance.below(20)
      if (draw === 0) {
        const revision = Math.max(1, leader.running.machine.revision - chance.below(20))
        await this.#tended.within(leader, leader.write(compactCommand(revision)))
      } else await this.#change(leader, key, draw < 4 ? undefined : this.#nextValue())
    }
  }

  #nextValue(): string {
    this.#puts += 1
    const isLarge = this.#chance.happens(0.1)
    return `${this.#puts}:`.padEnd(this.#chance.below(isLarge ? 2000 : 300), 'x')
  }

  async #change(leader: Member, key: string, value: Value): Promise<void> {
    const command = value === undefined ? deleteCommand(key, '') : putCommand(key, value)
    const outcome = await this.#tended.within(leader, leader.write(command))
    if (outcome?.kind === 'applied') this.#possible.set(key, new Set([value]))
    else if (outcome?.kind !== 'refused') this.#possible.get(key)?.add(value)
  }

  /** All have the same, nobody is under repair, and whatever they have can be read. */
  async #agree(): Promise<void> {
    const { members } = this.#bench
    for (let starts = 0, isWhole = false; !isWhole; starts++) {
      assert.ok(starts < STARTS_MAX, 'all are whole after some starts')
      await this.#work(1)
      const { appliedIndex } = (await this.#tended.leader()).running
      await this.#tended.until(() => members.every((member) => isUpTo(member, appliedIndex)))
      isWhole = true
      for (const member of members) if (!(await this.#isReadable(member))) isWhole = false
      isWhole &&= members.every(({ fatal }) => fatal === null)
    }
    await this.#compare()
  }

  async #isReadable(member: Member): Promise<boolean> {
    try {
      return (await this.#tended.within(member, historyOf(member))) !== null
    } catch (error) {
      const hasStopped = error instanceof KvError && error.code === 'STOPPED'
      if (!hasStopped && !isDamage(error)) throw error
      if (!hasStopped) member.fatal ??= error
      return false
    }
  }

  async #compare(): Promise<void> {
    const { members } = this.#bench
    // What was compacted is gone by then.
    await this.#bench.wait(100)
    const leader = await this.#tended.leader()
    await this.#tended.until(() =>
      members.every(({ group }) => group?.appliedIndex === leader.group?.appliedIndex),
    )
    assert.equal(new Set(members.map(({ running }) => running.machine.hash())).size, 1)
    const [first, ...others] = await Promise.all(members.map(historyOf))
    for (const other of others) assert.deepEqual(other, first)
    for (const [key, possible] of this.#possible) {
      const value = await valueAt(leader, key)
      assert.ok(possible.has(value), `${key} is ${value}, not ${[...possible].join(' or ')}`)
      this.#possible.set(key, new Set([value]))
    }
  }

  /** Once or several times, while it runs or while it does not. */
  async #damageOne(): Promise<void> {
    const { members } = this.#bench
    const chance = this.#chance
    const victim = this.#some(members)
    const late = chance.happens(0.5) ? this.#some(members) : victim
    if (late !== victim) await this.#damageBeside(victim, late)
    for (let times = 1 + chance.below(3); times > 0; times--) {
      victim.disk.onOperation = null
      const isRunning = chance.happens(0.3) && victim.group !== null
      if (isRunning) await damageDisk(this.#bench, victim, chance)
      else {
        const others = members.filter((member) => member !== victim && chance.happens(0.2))
        await this.#damageStopped(victim, others)
      }
      await this.#work(chance.below(30))
    }
    victim.disk.onOperation = null
    // Whatever has rotted is read from now on: there may have been a sound copy in memory.
    this.#tended.crash(victim)
  }

  /** What it has acknowledged last one of the others never heard of, and the third is gone. */
  async #damageBeside(victim: Member, late: Member): Promise<void> {
    this.#tended.cutOff = late
    await this.#work(1 + this.#chance.below(10))
    const others = this.#bench.members.filter((member) => member !== victim && member !== late)
    await this.#damageStopped(victim, others)
  }

  /** The others of them come back a while after it. */
  async #damageStopped(victim: Member, others: readonly Member[]): Promise<void> {
    const tended = this.#tended
    const chance = this.#chance
    for (const member of [victim, ...others]) {
      tended.down.add(member)
      await tended.end(member, { isOrderly: chance.happens(0.5) })
    }
    await damageDisk(this.#bench, victim, chance)
    if (chance.happens(0.5)) tended.crashIn(victim, 1 + chance.below(OPERATIONS))
    tended.cutOff = null
    tended.down.delete(victim)
    const { world } = this.#bench
    const endMs = world.nowMs + chance.below(6000)
    await tended.until(() => world.nowMs >= endMs)
    for (const member of others) tended.down.delete(member)
  }

  #some(members: readonly Member[]): Member {
    return members[this.#chance.below(members.length)] as Member
  }
}

function isUpTo({ group }: Member, index: number): boolean {
  return group?.raft.recovering === false && group.appliedIndex >= index
}

/** All of it; fails when something cannot be read. */
async function historyOf(member: Member): Promise<string[]> {
  const { engine, machine } = member.running
  const found: string[] = []
  for (let from: number | null = 2; from !== null && from <= machine.revision; ) {
    const piece: Awaited<ReturnType<typeof engine.history>> = await engine.history(from, 1000)
    for (const { main, sub, record } of piece.records) {
      found.push(`${main}.${sub}: ${Buffer.from(record).toString('latin1')}`)
    }
    from = piece.nextMain
  }
  return found
}

async function valueAt(leader: Member, key: string): Promise<Value> {
  const { outcome } = await leader.read(rangeOf(key))
  assert.ok(outcome.kind === 'done')
  const [found] = etcd.RangeResponse.decodeBytes(outcome.result.body).kvs
  return found === undefined ? undefined : new TextDecoder().decode(found.value)
}
