/**
 * Writes at three nodes under a network that repeats, reorders and loses what it likes, leaders
 * that come and go, and nodes that die: whatever happens, a write takes effect at most once, and
 * what its client is told is true.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Chance, SeededChance } from '../base/index.ts'
import type { Envelope } from '../peer/index.ts'
import type { WriteOutcome } from './index.ts'
import { Party, type PartyOptions } from './testing/exchange.ts'

const IDS = [1, 2, 3]
const STEPS = 400

class Disorder {
  readonly #chance: Chance
  readonly #parties = new Map<number, Party>()
  /** How often each write took effect. */
  readonly effects: number[] = []
  /** What the client of each was told. */
  readonly told: (WriteOutcome | null)[] = []
  #network: Envelope[] = []
  #leader = 1
  #term = 1
  #index = 0

  constructor(seed: number) {
    this.#chance = new SeededChance(seed, 'disorder')
    for (const id of IDS) this.#begin(id, { incarnation: 1 })
    for (const party of this.#parties.values()) this.#learn(party)
  }

  #begin(id: number, options: PartyOptions): void {
    this.#parties.set(id, new Party(id, options))
  }

  #some(): Party {
    return this.#parties.get(IDS[this.#chance.below(IDS.length)] as number) as Party
  }

  step(): void {
    const party = this.#some()
    const kind = this.#chance.below(100)
    if (kind < 25) this.#write(party)
    else if (kind < 45) this.#send(party.turn())
    else if (kind < 75) this.#deliver()
    else if (kind < 85) this.#apply()
    else if (kind < 92) this.#learn(party)
    else if (kind < 94) party.tick()
    else if (kind < 96) party.desk.peerDropped(this.#some().id)
    else if (kind < 98) this.#changeLeader(party.id)
    else this.#restart(party)
  }

  #write(party: Party): void {
    const number = this.told.length
    this.told.push(null)
    this.effects.push(0)
    const body = Uint8Array.of(number >> 8, number & 0xff)
    const settleWrite = (outcome: WriteOutcome): void => {
      assert.equal(this.told[number], null, 'a client is told once')
      this.told[number] = outcome
    }
    party.desk.write({ kind: 1, body }, { settleWrite })
  }

  #send(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) {
      if (!this.#chance.happens(0.1)) this.#network.push(envelope)
    }
  }

  /** In any order, and now and then not for the last time. */
  #deliver(): void {
    const at = this.#chance.below(Math.max(1, this.#network.length))
    const envelope = this.#network[at]
    if (envelope === undefined) return
    if (!this.#chance.happens(0.4)) this.#network.splice(at, 1)
    const party = this.#parties.get(envelope.to) as Party
    party.take([envelope])
  }

  #apply(): void {
    const { group } = this.#parties.get(this.#leader) as Party
    if (group.raft.role !== 'leader') return
    for (const { command } of group.proposed) this.#takeEffect(command)
    this.#index += 1
    group.apply(this.#index)
  }

  #takeEffect(command: Uint8Array): void {
    const number = ((command.at(-2) ?? 0) << 8) + (command.at(-1) ?? 0)
    this.effects[number] = (this.effects[number] ?? 0) + 1
  }

  #learn(party: Party): void {
    party.follow(this.#leader, this.#term)
    // It is the leader itself who has told.
    party.take([(this.#parties.get(this.#leader) as Party).greeting(party.id)])
    party.group.appliedIndex = this.#index
  }

  /** The old one hears of it at once, everybody else sooner or later. */
  #changeLeader(to: number): void {
    const old = this.#parties.get(this.#leader) as Party
    this.#leader = to
    this.#term += 1
    this.#depose(old)
    this.#learn(this.#parties.get(to) as Party)
  }

  /** What it had proposed is committed by its successor, or is not; nobody knows. */
  #depose({ group }: Party): void {
    const { proposed } = group
    group.proposed = []
    Object.assign(group.raft, { role: 'follower', leader: 0 })
    for (const { command, waiter } of proposed) {
      if (this.#chance.happens(0.3)) waiter.settle({ kind: 'refused', code: 'NOT_LEADER' })
      else {
        if (this.#chance.happens(0.5)) this.#takeEffect(command)
        waiter.settle({ kind: 'unknown', code: 'LEADERSHIP_LOST' })
      }
    }
  }

  #restart(party: Party): void {
    const { id, incarnation } = party
    for (const { command } of party.group.proposed) {
      if (this.#chance.happens(0.5)) this.#takeEffect(command)
    }
    this.#begin(id, { incarnation: incarnation + 1 })
    if (id === this.#leader) {
      this.#term += 1
      this.#leader = this.#some().id
      this.#learn(this.#parties.get(this.#leader) as Party)
    }
  }
}

test('a write takes effect at most once, and what is told of it is true, whatever happens', () => {
  const seen = { applied: 0, refused: 0, unknown: 0 }
  for (let seed = 1; seed <= 300; seed++) {
    const disorder = new Disorder(seed)
    for (let i = 0; i < STEPS; i++) disorder.step()
    disorder.told.forEach((outcome, number) => {
      const effects = disorder.effects[number] ?? 0
      const text = `seed ${seed}, write ${number}: ${JSON.stringify(outcome)}, ${effects} times`
      if (outcome !== null) seen[outcome.kind] += 1
      if (outcome?.kind === 'applied') assert.equal(effects, 1, text)
      else assert.ok(effects <= (outcome?.kind === 'refused' ? 0 : 1), text)
    })
  }
  assert.ok(seen.applied > 5000 && seen.unknown > 1000, JSON.stringify(seen))
})
