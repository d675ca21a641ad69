/**
 * Each invariant that docs/invariants.md gives to the oracle is broken here by hand, and kept by
 * the sequence beside it: an oracle that never speaks would let every campaign pass.
 */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  type Configuration,
  type Entry,
  encodeConfiguration,
  type NodeId,
  type Raft,
  type SnapshotMark,
} from '../src/raft/index.ts'
import {
  type CommandResult,
  packBatch,
  packCommand,
  STATE_LIMITS,
  type StateMachine,
} from '../src/state/index.ts'
import { asciiBytes, Model, putAsk } from './check/index.ts'
import { Oracle } from './oracle.ts'
import { createSimulation } from './scenario.ts'
import { GROUP as SCENARIO_GROUP } from './scenario-node.ts'

const GROUP = 1
const START: Configuration = { voters: [1, 2, 3], outgoing: [], learners: [] }

function newOracle(): Oracle {
  return new Oracle(() => START)
}

/** What the oracle looks at: term, vote, and the terms of the log above its base. */
function replica(
  term: number,
  log: { terms?: readonly number[]; base?: number; vote?: NodeId } = {},
): Raft {
  const { terms = [], base = 0, vote = 0 } = log
  return {
    term,
    hardState: { term, vote, commit: 0, recovering: false },
    baseIndex: base,
    lastIndex: base + terms.length,
    termAt: (index: number) => terms[index - base - 1],
  } as unknown as Raft
}

function put(value: string): Uint8Array {
  const { command, body } = putAsk('key', asciiBytes(value))
  return packBatch([packCommand(command, body)], 1)
}

function entryOf(index: number, term: number, value = `${index}`): Entry {
  return { index, term, kind: 'command', data: put(value) }
}

function configurationEntry(index: number, configuration: Partial<Configuration>): Entry {
  const data = encodeConfiguration({ voters: [], outgoing: [], learners: [], ...configuration })
  return { index, term: 1, kind: 'configuration', data }
}

/** One node as the oracle hears it: a state of its own, and entries applied to it in order. */
class Teller {
  model = new Model(STATE_LIMITS)
  readonly id: NodeId
  readonly #oracle: Oracle
  readonly #group: number

  constructor(oracle: Oracle, id: NodeId, group = GROUP) {
    this.#oracle = oracle
    this.id = id
    this.#group = group
  }

  get machine(): StateMachine {
    return this.model.machine
  }

  wins(raft: Raft): void {
    this.#oracle.observer(this.id, this.#group, () => raft).mark('becameLeader')
  }

  /** `term` is the node's own, which is the entry's or a later one. */
  applies(entry: Entry, term = entry.term): void {
    const observer = this.#oracle.observer(this.id, this.#group, () => replica(term))
    if (entry.kind === 'command') {
      observer.applied(entry, this.model.apply(entry.data), this.machine)
    } else {
      this.model.applyEmpty()
      observer.applied(entry, [], this.machine)
    }
  }

  restores(index: number): void {
    const mark: SnapshotMark = { index, term: 1, configuration: START, configurationIndex: 0 }
    this.#oracle.observer(this.id, this.#group, () => replica(1)).restored(mark, this.machine)
  }

  grants(to: NodeId, term: number, granted = true): void {
    const message = { kind: 'voteReply', group: this.#group, from: this.id, to, term, granted }
    this.#oracle.sent(this.id, message as Parameters<Oracle['sent']>[1])
  }

  campaigns(term: number): void {
    this.#oracle.sent(this.id, {
      kind: 'voteRequest',
      group: this.#group,
      from: this.id,
      to: this.id === 1 ? 2 : 1,
      term,
      lastIndex: 0,
      lastTerm: 0,
      transfer: false,
    })
  }

  comesBack(term: number, vote: NodeId): void {
    this.#oracle.recovered(this.id, this.#group, replica(term, { vote }))
  }
}

function violates(invariant: string, text: RegExp, work: () => void): void {
  assert.throws(work, (error: Error & { invariant?: string }) => {
    assert.equal(error.name, 'Violation')
    assert.equal(error.invariant, invariant)
    assert.match(error.message, text)
    return true
  })
}

/** Nodes that have all applied entries 1 and 2 of term 1, and 3 of term 2. */
function committed(oracle: Oracle, nodes = 2): Teller[] {
  const tellers = Array.from({ length: nodes }, (_, i) => new Teller(oracle, i + 1))
  for (const entry of [entryOf(1, 1), entryOf(2, 1), entryOf(3, 2)]) {
    for (const teller of tellers) teller.applies(entry)
  }
  return tellers
}

suite('I1: one leader and one vote in a term', () => {
  test('two nodes that lead in one term are seen', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).wins(replica(5))
    violates('I1', /nodes 1 and 2 both lead group 1 in 5/, () => {
      new Teller(oracle, 2).wins(replica(5))
    })
  })

  test('a node that leads twice in one term, in two lives, is seen', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).wins(replica(5))
    violates('I1', /nodes 1 and 1 both lead group 1 in 5/, () => {
      new Teller(oracle, 1).wins(replica(5))
    })
  })

  test('leaders of other terms and of other groups are no concern', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).wins(replica(5))
    new Teller(oracle, 2).wins(replica(6))
    new Teller(oracle, 3, 2).wins(replica(5))
    assert.equal(oracle.marks.get('becameLeader'), 3)
  })

  test('a vote for two candidates in one term is seen', () => {
    const voter = new Teller(newOracle(), 3)
    voter.grants(1, 4)
    violates('I1', /node 3 group 1 voted for 1 and for 2 in term 4/, () => voter.grants(2, 4))
  })

  test('a vote for another in the term of an own campaign is seen, either way round', () => {
    const first = new Teller(newOracle(), 3)
    first.campaigns(4)
    violates('I1', /voted for 3 and for 1/, () => first.grants(1, 4))
    const second = new Teller(newOracle(), 3)
    second.grants(1, 4)
    violates('I1', /voted for 1 and for 3/, () => second.campaigns(4))
  })

  test('a vote that is repeated, refused, or cast in another term or group is fine', () => {
    const oracle = newOracle()
    const voter = new Teller(oracle, 3)
    voter.grants(1, 4)
    voter.grants(1, 4)
    voter.grants(2, 4, false)
    new Teller(oracle, 3, 2).grants(2, 4)
    voter.grants(2, 5)
    violates('I1', /voted for 2 and for 1 in term 5/, () => voter.grants(1, 5))
  })
})

suite('I3: a committed entry is in the log of every later leader', () => {
  const winner = (oracle: Oracle): Teller => new Teller(oracle, 3)

  test('a leader whose log ends before it is seen', () => {
    const oracle = newOracle()
    committed(oracle)
    violates('I3', /lacks the committed entry 3 of term 2: it has term undefined there/, () => {
      winner(oracle).wins(replica(3, { terms: [1, 1] }))
    })
  })

  test('a leader that has an entry of another term there is seen', () => {
    const oracle = newOracle()
    committed(oracle)
    violates('I3', /leader 3 of term 3 .* entry 3 of term 2: it has term 1 there/, () => {
      winner(oracle).wins(replica(3, { terms: [1, 1, 1, 1] }))
    })
  })

  test('a leader that has it, in its log or in the snapshot under it, is fine', () => {
    const oracle = newOracle()
    committed(oracle)
    winner(oracle).wins(replica(3, { terms: [1, 1, 2, 3] }))
    winner(oracle).wins(replica(4, { base: 4, terms: [3] }))
  })

  test('a leader of a term before the one it was committed in need not have it', () => {
    const fine = newOracle()
    committed(fine)
    new Teller(fine, 4).wins(replica(2, { terms: [1, 1] }))
    const oracle = newOracle()
    committed(oracle)
    violates('I3', /lacks the committed entry 2 of term 1/, () => {
      new Teller(oracle, 4).wins(replica(2, { terms: [1] }))
    })
  })

  test('an entry counts from the term of the node that applied it, not from its own', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).applies(entryOf(1, 1), 4)
    winner(oracle).wins(replica(3))
    violates('I3', /lacks the committed entry 1/, () => winner(oracle).wins(replica(5)))
  })
})

suite('I4: an index holds one entry and leads to one state, on every node', () => {
  test('nodes that apply the same agree', () => {
    const oracle = newOracle()
    const [first, second] = committed(oracle) as [Teller, Teller]
    assert.equal(first.machine.hash(), second.machine.hash())
    assert.deepEqual(
      oracle.committed(GROUP).map(({ entry }) => [entry.index, entry.term]),
      [
        [1, 1],
        [2, 1],
        [3, 2],
      ],
    )
  })

  test('an entry with other bytes is seen', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).applies(entryOf(1, 1, 'one'))
    violates('I4', /node 2 group 1 index 1: another entry/, () => {
      new Teller(oracle, 2).applies(entryOf(1, 1, 'two'))
    })
  })

  test('an entry of another term is seen although it says the same', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).applies(entryOf(1, 1, 'one'))
    violates('I4', /another entry \(term 2, first applied with term 1\)/, () => {
      new Teller(oracle, 2).applies(entryOf(1, 2, 'one'))
    })
  })

  test('an entry of another kind is seen although its bytes are the same', () => {
    const oracle = newOracle()
    const empty: Entry = { index: 1, term: 1, kind: 'empty', data: new Uint8Array(0) }
    new Teller(oracle, 1).applies(empty)
    const command: Entry = { ...empty, kind: 'configuration' }
    violates('I4', /another entry/, () => new Teller(oracle, 2).applies(command))
  })

  test('the same entry that leads to another state is seen', () => {
    const oracle = newOracle()
    const [first] = committed(oracle, 1) as [Teller]
    first.applies(entryOf(4, 2))
    const astray = new Teller(oracle, 2)
    for (const entry of [entryOf(1, 1), entryOf(2, 1)]) astray.applies(entry)
    astray.model.applyEmpty()
    violates('I4', /index 4: another state \(term 2/, () => astray.applies(entryOf(4, 2)))
  })

  test('the same entry that gives another answer is seen', () => {
    const oracle = newOracle()
    const entry = entryOf(1, 1)
    const model = new Model(STATE_LIMITS)
    const results = model.apply(entry.data)
    oracle.observer(1, GROUP, () => replica(1)).applied(entry, results, model.machine)
    const [first] = results as [CommandResult]
    const another = [{ ...first, revision: first.revision + 1 }]
    violates('I4', /index 1: another answer/, () => {
      oracle.observer(2, GROUP, () => replica(1)).applied(entry, another, model.machine)
    })
  })

  test('an entry that is applied twice, or after one that was left out, is seen', () => {
    const oracle = newOracle()
    committed(oracle)
    const twice = new Teller(oracle, 3)
    const again = entryOf(1, 1)
    twice.applies(again)
    // The state would refuse it; the oracle must not rely on that.
    const observer = oracle.observer(3, GROUP, () => replica(1))
    twice.model.apply(again.data)
    violates('I4', /another state/, () => observer.applied(again, [], twice.machine))
    violates('I4', /applied 5 before anybody the one before/, () => {
      observer.applied(entryOf(5, 2), [], twice.machine)
    })
  })

  test('a snapshot restores the state that was there at its index', () => {
    const oracle = newOracle()
    const [first] = committed(oracle) as [Teller]
    const late = new Teller(oracle, 3)
    late.model = first.model
    late.restores(3)
  })

  test('a restored state that is not the one at its index is seen', () => {
    const oracle = newOracle()
    const [first] = committed(oracle) as [Teller]
    const late = new Teller(oracle, 3)
    late.model = first.model
    violates('I4', /node 3 group 1 restored another state at 2/, () => late.restores(2))
    violates('I4', /restored another state at 9/, () => late.restores(9))
  })

  test('I14: one flipped bit in what a node applies is seen', () => {
    const oracle = newOracle()
    const sound = entryOf(1, 1)
    new Teller(oracle, 1).applies(sound)
    for (let at = 0; at < sound.data.length; at++) {
      const data = sound.data.slice()
      data[at] = (data[at] as number) ^ 1
      violates('I4', /another entry/, () => {
        new Teller(oracle, 2).applies({ ...sound, data })
      })
    }
  })

  test('groups have logs of their own', () => {
    const oracle = newOracle()
    new Teller(oracle, 1).applies(entryOf(1, 1, 'one'))
    new Teller(oracle, 2, 2).applies(entryOf(1, 3, 'two'))
    assert.equal(oracle.committed(1).length, 1)
    assert.equal(oracle.committed(2).length, 1)
  })
})

suite('I12: the majorities of configurations that follow each other meet', () => {
  const applied = (...changes: Partial<Configuration>[]): Oracle => {
    const oracle = newOracle()
    const teller = new Teller(oracle, 1)
    changes.forEach((change, at) => {
      teller.applies(configurationEntry(at + 1, change))
    })
    return oracle
  }

  test('a change through a joint configuration is fine, and so are learners', () => {
    const oracle = applied(
      { voters: [1, 2, 3], learners: [4, 5] },
      { voters: [3, 4, 5], outgoing: [1, 2, 3] },
      { voters: [3, 4, 5], learners: [1] },
    )
    assert.deepEqual(oracle.configuration(GROUP).voters, [3, 4, 5])
    assert.equal(oracle.marks.get('jointConfiguration'), 1)
  })

  const wrong: [string, Partial<Configuration>[]][] = [
    ['a voter more without a joint step', [{ voters: [1, 2, 3, 4] }]],
    ['a voter less without a joint step', [{ voters: [1, 2] }]],
    ['a voter replaced by another without a joint step', [{ voters: [1, 2, 4] }]],
    ['a joint step out of what was not in force', [{ voters: [1, 2, 4], outgoing: [1, 2] }]],
    [
      'a joint step out of a joint configuration',
      [
        { voters: [1, 2, 4], outgoing: [1, 2, 3] },
        { voters: [1, 2, 5], outgoing: [1, 2, 4] },
      ],
    ],
    [
      'a joint configuration that ends in other voters than it announced',
      [{ voters: [1, 2, 4], outgoing: [1, 2, 3] }, { voters: [1, 2, 5] }],
    ],
  ]
  for (const [what, changes] of wrong) {
    test(`${what} is seen`, () => {
      violates('I12', /without a joint step/, () => applied(...changes))
    })
  }

  test('what the second node applies is compared with the entry, not with what is in force', () => {
    const oracle = newOracle()
    const changes = [
      configurationEntry(1, { voters: [4], outgoing: [1, 2, 3] }),
      configurationEntry(2, { voters: [4] }),
    ]
    for (const id of [1, 2]) {
      const teller = new Teller(oracle, id)
      for (const change of changes) teller.applies(change)
    }
    assert.deepEqual(oracle.configuration(GROUP).voters, [4])
  })
})

suite('I13: a vote is on disk before it leaves', () => {
  const promised = (): Teller => {
    const voter = new Teller(newOracle(), 3)
    voter.grants(1, 4)
    return voter
  }

  test('a node that comes back with its vote, or in a later term, is fine', () => {
    promised().comesBack(4, 1)
    promised().comesBack(5, 0)
    new Teller(newOracle(), 3).comesBack(0, 0)
  })

  test('a node that comes back without its term is seen', () => {
    violates('I13', /voted for 1 in term 4 and came back with vote 0 in term 3/, () => {
      promised().comesBack(3, 0)
    })
  })

  test('a node that comes back with no vote in the term, or with another, is seen', () => {
    violates('I13', /came back with vote 0 in term 4/, () => promised().comesBack(4, 0))
    violates('I13', /came back with vote 2 in term 4/, () => promised().comesBack(4, 2))
  })

  test('a node that comes back with a vote for itself can give it to nobody else', () => {
    promised().comesBack(4, 3)
  })

  test('a vote for itself, with which it asked others, is a promise too', () => {
    const candidate = new Teller(newOracle(), 3)
    candidate.campaigns(7)
    candidate.comesBack(7, 3)
    violates('I13', /voted for 3 in term 7/, () => candidate.comesBack(6, 3))
  })

  test('an older promise does not hide a newer one', () => {
    const voter = promised()
    voter.grants(2, 9)
    voter.grants(1, 4)
    violates('I13', /voted for 2 in term 9/, () => voter.comesBack(8, 0))
  })
})

suite('I18: an engine is not ahead of the log on its disk', () => {
  const check = (appliedIndex: number | null, durableIndex: number): void => {
    const durable = appliedIndex === null ? null : { appliedIndex, meta: new Uint8Array(0) }
    newOracle().checkpointed(1, GROUP, { raft: { durableIndex } as Raft, engine: { durable } })
  }

  test('when a checkpoint has become durable', () => {
    check(null, 0)
    check(7, 7)
    check(7, 8)
    violates('I18', /engine holds 8, the log on disk ends at 7/, () => check(8, 7))
  })
})

suite('I15: convergence', () => {
  test('it means that all have applied everything and hold the same state', () => {
    const oracle = newOracle()
    const [first, second] = committed(oracle) as [Teller, Teller]
    const machines = new Map([first, second].map(({ id, machine }) => [id, machine]))
    assert.equal(oracle.converged(GROUP, machines), true)
    first.applies(entryOf(4, 2))
    assert.equal(oracle.converged(GROUP, machines), false)
    second.model.apply(entryOf(4, 2, 'else').data)
    assert.equal(oracle.converged(GROUP, machines), false)
  })

  test('nodes that have applied nothing yet agree', () => {
    assert.equal(
      newOracle().converged(GROUP, new Map([[1, new Model(STATE_LIMITS).machine]])),
      true,
    )
  })
})

suite('the nodes of a simulation are held to all of it', () => {
  test('I1: a victory in a term that another has already won', async () => {
    const { scenario, term } = await running()
    const forged = replica(term + 1, { terms: [], base: 1_000_000 })
    new Teller(scenario.simulation.oracle, 9, SCENARIO_GROUP).wins(forged)
    scenario.node(1).group.transfer(2)
    await assert.rejects(scenario.run(1000), { invariant: 'I1', message: /nodes 9 and 2/ })
  })

  test('I1: a request for votes after a vote for another', async () => {
    const { scenario, term } = await running()
    new Teller(scenario.simulation.oracle, 2, SCENARIO_GROUP).grants(3, term + 1)
    await assert.rejects(scenario.elect(2), { invariant: 'I1' })
  })

  test('I4: an entry other than the one that was applied there first', async () => {
    const { scenario, term } = await running()
    const { oracle } = scenario.simulation
    const other = new Teller(oracle, 9, SCENARIO_GROUP)
    for (const { entry } of oracle.committed(SCENARIO_GROUP)) other.applies(entry, term)
    other.applies(entryOf(oracle.committed(SCENARIO_GROUP).length + 1, term))
    await assert.rejects(scenario.put(1, 'a', 'b'), { invariant: 'I4' })
  })

  test('I13: a start without the vote that was given', async () => {
    const { scenario, term } = await running()
    new Teller(scenario.simulation.oracle, 2, SCENARIO_GROUP).grants(3, term + 9)
    scenario.node(2).kill()
    scenario.node(2).restart()
    await assert.rejects(scenario.run(1000), { invariant: 'I13' })
  })
})

/** Three nodes, led by the first, with a write behind them. */
async function running() {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(1)
  await scenario.write('a', 'a')
  return { scenario, term: scenario.node(1).raft.term }
}
