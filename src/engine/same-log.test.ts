import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Chance, SeededChance } from '../base/index.ts'
import type { CommandResult } from '../state/index.ts'
import { SMALL as BITCASK } from './bitcask/testing/index.ts'
import { createRealHarness, createSimulatedHarness, type EngineHarness } from './contract/index.ts'
import { createBitcask, createLmdb, createMemory } from './index.ts'
import { SMALL as LMDB } from './lmdb/testing/index.ts'
import { RandomLog, Replica } from './testing/index.ts'

/** A replica that is checkpointed, restarted and killed, and applies the log again from there. */
class Member {
  readonly name: string
  readonly #harness: EngineHarness
  readonly #chance: Chance
  #replica: Replica | null = null
  #checkpointing: Promise<void> | null = null

  constructor(name: string, harness: EngineHarness, chance: Chance) {
    this.name = name
    this.#harness = harness
    this.#chance = chance
  }

  get replica(): Replica {
    assert.ok(this.#replica !== null)
    return this.#replica
  }

  open(): Promise<void> {
    return this.#harness.run(async () => {
      this.#replica = await Replica.open(this.#harness.factory())
    })
  }

  /** Applies what it has not applied yet; `results` are those that the first member gave. */
  follow(log: readonly Uint8Array[], results: readonly string[]): Promise<void> {
    return this.#harness.run(async () => {
      for (let at = this.replica.machine.appliedIndex; at < log.length; at++) {
        const given = textOf(await this.replica.apply(at + 1, log[at] as Uint8Array))
        assert.equal(given, results[at], `${this.name}: the results of entry ${at + 1}`)
        this.#between()
      }
    })
  }

  /** What a driver does between entries. */
  #between(): void {
    const chance = this.#chance
    if (chance.below(3) === 0) this.replica.machine.compactStep(1 + chance.below(50))
    if (this.#checkpointing !== null || chance.below(10) > 0) return
    this.#checkpointing = this.replica.checkpoint().then(
      () => {
        this.#checkpointing = null
      },
      () => {},
    )
  }

  async restart(): Promise<void> {
    const { crash } = this.#harness
    if (crash === null || this.#chance.below(2) === 0) {
      await this.#harness.run(() => this.replica.engine.close())
    } else crash(this.#chance.below(2) === 0 ? 'killed' : 'powerLost')
    this.#checkpointing = null
    await this.open()
  }

  /** Gives up what it has for what another one has. */
  async takeFrom(other: Member): Promise<void> {
    let content: Awaited<ReturnType<Replica['snapshot']>> | null = null
    await other.#harness.run(async () => {
      content = await other.replica.snapshot()
    })
    await this.#harness.run(async () => {
      assert.ok(content !== null)
      await this.replica.engine.close()
      this.#checkpointing = null
      this.#replica = await Replica.replace(this.#harness.factory(), content)
    })
  }

  async picture(): Promise<readonly string[]> {
    let lines: readonly string[] = []
    await this.#harness.run(async () => {
      lines = await this.replica.picture()
    })
    return lines
  }

  async end(): Promise<void> {
    await this.#harness.run(() => this.replica.engine.close())
    await this.#harness.close()
  }
}

function textOf(results: readonly CommandResult[]): string {
  const texts = results.map((result) => {
    const what = result.kind === 'done' ? Buffer.from(result.body).toString('base64') : result.code
    return `${result.revision} ${what}`
  })
  return texts.join('\n')
}

function members(chance: Chance): Member[] {
  const memory = { arenaChunkBytes: 4096, indexPageRecords: 16, partBytes: 2048, sliceRecords: 32 }
  const harnesses: Record<string, EngineHarness> = {
    memory: createSimulatedHarness((parts) => createMemory({ ...parts, limits: memory })),
    bitcask: createSimulatedHarness((parts) => createBitcask({ ...parts, limits: BITCASK })),
    'bitcask on a real disk': createRealHarness((parts) => createBitcask(parts)),
    lmdb: createRealHarness((parts) => createLmdb({ ...parts, limits: LMDB })),
  }
  return Object.entries(harnesses).map(
    ([name, harness]) => new Member(name, harness, chance.fork(name)),
  )
}

describe('the same log on every engine', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    it(`gives the same answers and hash, whatever happens between (seed ${seed})`, async () => {
      const chance = new SeededChance(seed, 'log')
      const source = new RandomLog(chance)
      const log: Uint8Array[] = []
      const results: string[] = []
      const [first, ...rest] = members(chance)
      assert.ok(first !== undefined)
      for (const member of [first, ...rest]) await member.open()
      for (let round = 0; round < 30; round++) {
        await first.follow(log, results)
        for (let count = 0; count < 12; count++) {
          const data = source.entry(first.replica.machine)
          log.push(data)
          results.push(textOf(await first.replica.apply(log.length, data)))
        }
        const picture = await first.picture()
        for (const member of rest) {
          await member.follow(log, results)
          assert.deepEqual(await member.picture(), picture, member.name)
        }
        const all = [first, ...rest]
        const one = all[chance.below(all.length)] as Member
        const other = all[chance.below(all.length)] as Member
        if (chance.below(2) === 0) await one.restart()
        else if (one !== other) await one.takeFrom(other)
      }
      assert.ok(first.replica.machine.revision > 100, 'the log changes something')
      assert.ok(first.replica.machine.compactRevision > 0, 'the log compacts')
      for (const member of [first, ...rest]) await member.end()
    })
  }
})
