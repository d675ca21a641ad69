/**
 * Runs a scenario: a text of commands, each block followed by `----` and what came out of it. Every
 * block's output ends with the state of all nodes. The commands stand in `COMMANDS`; nodes are
 * called a, b, c, ...; everything behind # is comment.
 */

import { assert, KvError } from '../../base/index.ts'
import { type Message, type NodeId, RAFT_TUNING, type Term } from '../index.ts'
import { Cluster } from './cluster.ts'
import { describeMessage, describeNode, idOf, nameOf } from './describe.ts'
import type { LetterFilter } from './network.ts'
import type { TestNode } from './test-node.ts'

export interface ScenarioBlock {
  readonly commands: readonly string[]
  readonly output: readonly string[]
}

/** Splits a scenario's text; blocks are separated by an empty line after their output. */
export function parseScenario(text: string): ScenarioBlock[] {
  const blocks: ScenarioBlock[] = []
  let commands: string[] = []
  let output: string[] | null = null
  for (const line of `${text.trimEnd()}\n`.split('\n')) {
    if (output === null) {
      if (line === '----') output = []
      else commands.push(line)
    } else if (line === '') {
      blocks.push({ commands, output })
      commands = []
      output = null
    } else output.push(line)
  }
  assert(
    commands.every((line) => line === ''),
    'every block of a scenario has an output',
  )
  return blocks
}

export function formatScenario(blocks: readonly ScenarioBlock[]): string {
  const texts = blocks.map(({ commands, output }) => [...commands, '----', ...output].join('\n'))
  return `${texts.join('\n\n')}\n`
}

/** Runs all blocks against one cluster and returns them with the output they gave now. */
export function runScenario(blocks: readonly ScenarioBlock[]): ScenarioBlock[] {
  const stage = new Stage()
  return blocks.map(({ commands }) => ({ commands, output: stage.play(commands) }))
}

interface Setup {
  voters: NodeId[]
  learners: NodeId[]
  spares: NodeId[]
  logs: Record<NodeId, Term[]>
  terms: Record<NodeId, Term>
  tuning: Record<string, number>
}

type Command = (stage: Stage, words: readonly string[]) => void

const SETUP: Readonly<Record<string, (setup: Setup, words: readonly string[]) => void>> = {
  nodes: (setup, words) => setup.voters.push(...words.map(idOf)),
  learners: (setup, words) => setup.learners.push(...words.map(idOf)),
  /** Run, but are no members yet. */
  spares: (setup, words) => setup.spares.push(...words.map(idOf)),
  /** The terms of the entries in a node's log. */
  log: (setup, [name = '', ...terms]) => {
    setup.logs[idOf(name)] = terms.map(Number)
  },
  term: (setup, [name = '', term]) => {
    setup.terms[idOf(name)] = Number(term)
  },
  tuning: (setup, words) => {
    for (const word of words) {
      const [key = '', value] = word.split('=')
      assert(key in RAFT_TUNING, 'a tuning that exists')
      setup.tuning[key] = Number(value)
    }
  },
}

const COMMANDS: Readonly<Record<string, Command>> = {
  elect: (stage, [name]) => stage.cluster.elect(stage.id(name)),
  campaign: (stage, [name]) => stage.cluster.campaign(stage.id(name)),
  /** One tick, or as many as said. */
  tick: (stage, [name, count]) => stage.cluster.tick(stage.id(name), Number(count ?? 1)),
  /** These hear nothing for an election timeout. */
  quiet: (stage, names) => {
    for (const name of names) stage.cluster.tick(stage.id(name), RAFT_TUNING.electionTicks)
  },
  /** All nodes tick, and everything settles after each tick. */
  run: (stage, [ticks]) => stage.cluster.run(Number(ticks)),
  /** Until nothing is left to do; with names, only messages among these arrive. */
  settle: (stage, names) => stage.cluster.settle(among(names.map(idOf))),
  propose: (stage, [name, ...texts]) => {
    for (const text of texts) {
      const proposal = stage.cluster.propose(stage.id(name), text)
      if (proposal.kind === 'refused') stage.say(`refused ${proposal.code}`)
    }
  },
  read: (stage, [name = '']) => stage.read(idOf(name)),
  transfer: (stage, [from, to]) => {
    const proposal = stage.cluster.transfer(stage.id(from), stage.id(to))
    if (proposal.kind === 'refused') stage.say(`refused ${proposal.code}`)
  },
  /** `members a b c learners d force` proposed to the leader. */
  members: (stage, words) => stage.members(words),
  deliver: (stage, words) => stage.deliver(words),
  /** A copy arrives; the message stays under way. */
  duplicate: (stage, words) => {
    const filter = filterOf(words)
    const letter = stage.cluster.network.letters.find(({ message }) => filter(message))
    assert(letter !== undefined, 'there is a message to repeat')
    stage.say(describeMessage(letter.message))
    stage.cluster.arrive(letter.message)
  },
  drop: (stage, words) => {
    assert(stage.cluster.drop(filterOf(words)) > 0, 'there is a message to drop')
  },
  /** All that is under way is lost. */
  clear: (stage) => stage.cluster.drop(() => true),
  hold: (stage, words) => stage.cluster.network.hold(filterOf(words)),
  release: (stage) => stage.cluster.network.release(),
  messages: (stage) => {
    for (const { message } of stage.cluster.network.letters) stage.say(describeMessage(message))
  },
  /** `cut a b` both ways, `cut a>b` one way. */
  cut: (stage, [one = '', other]) => {
    if (other !== undefined) stage.cluster.cut(idOf(one), idOf(other))
    else stage.cluster.cutOneWay(idOf(one), idOf(one.slice(2)))
  },
  isolate: (stage, [name]) => stage.cluster.isolate(stage.id(name)),
  heal: (stage) => stage.cluster.heal(),
  /** `crash a keep 1`: the oldest pending write was durable after all. */
  crash: (stage, [name, , kept]) =>
    stage.cluster.crash(stage.id(name), { kept: Number(kept ?? 0) }),
  restart: (stage, [name]) => stage.cluster.restart(stage.id(name)),
  /** The newest durable writes of a stopped node are gone, and its recovery noticed. */
  lose: (stage, [name, writes]) => stage.cluster.lose(stage.id(name), Number(writes)),
  disk: (stage, [name, speed]) => setSpeed(stage.cluster.slowDisks, stage.id(name), speed),
  machine: (stage, [name, speed]) => setSpeed(stage.cluster.slowMachines, stage.id(name), speed),
  persist: (stage, [name, count]) => {
    for (let i = Number(count ?? 1); i > 0; i--) stage.cluster.persistOne(stage.id(name))
  },
  apply: (stage, [name]) => stage.cluster.applyAll(stage.id(name)),
  snapshot: (stage, [name]) => assert(stage.cluster.snapshot(stage.id(name)), 'it may be taken'),
  compact: (stage, [name, index]) => {
    assert(stage.cluster.compact(stage.id(name), Number(index)), 'it may be cut')
  },
  /** `dropped a b`: a's connection to b dropped. */
  dropped: (stage, [name, peer]) => {
    stage.cluster.on(stage.id(name), (node) => node.raft.peerDropped(stage.id(peer)))
  },
  /** Entries below the index must be loaded from disk before they can be sent. */
  cold: (stage, [name, index]) => {
    stage.cluster.node(stage.id(name)).coldBelow = Number(index)
  },
  progress: (stage, [name]) => stage.progress(stage.cluster.node(stage.id(name))),
}

class Stage {
  #cluster: Cluster | null = null
  #output: string[] = []
  #reads: { readonly node: NodeId; readonly id: number }[] = []
  readonly #setup: Setup = { voters: [], learners: [], spares: [], logs: {}, terms: {}, tuning: {} }

  get cluster(): Cluster {
    this.#cluster ??= new Cluster(this.#setup)
    return this.#cluster
  }

  id(name: string | undefined): NodeId {
    assert(name !== undefined && name.length === 1, 'a node is named by a letter')
    return idOf(name)
  }

  say(text: string): void {
    this.#output.push(text)
  }

  play(lines: readonly string[]): string[] {
    this.#output = []
    for (const line of lines) {
      const [text = ''] = line.split('#')
      for (const command of text.split(';')) this.#command(command.trim())
    }
    for (const node of this.cluster.nodes) {
      this.#sayReads(node)
      this.say(describeNode(node))
    }
    return this.#output
  }

  #command(text: string): void {
    const [verb = '', ...words] = text.split(/\s+/)
    if (verb === '') return
    const setup = SETUP[verb]
    if (setup !== undefined) {
      assert(this.#cluster === null, 'a cluster is described before it runs')
      setup(this.#setup, words)
      return
    }
    const command = COMMANDS[verb]
    if (command === undefined) throw new Error(`a scenario has no command ${verb}`)
    command(this, words)
  }

  read(node: NodeId): void {
    const id = this.cluster.read(node)
    this.#reads.push({ node, id })
    this.say(`read ${this.#reads.length} at ${nameOf(node)}`)
  }

  #sayReads(node: TestNode): void {
    const number = (id: number) =>
      this.#reads.findIndex((read) => read.node === node.id && read.id === id) + 1
    for (const { id, index } of node.grants) this.say(`read ${number(id)} granted at ${index}`)
    for (const { id, code } of node.failed) this.say(`read ${number(id)} failed ${code}`)
    node.grants = []
    node.failed = []
  }

  members(words: readonly string[]): void {
    const force = words.includes('force')
    const names = words.filter((word) => word !== 'force')
    const split = names.includes('learners') ? names.indexOf('learners') : names.length
    const target = {
      voters: names.slice(0, split).map(idOf),
      learners: names.slice(split + 1).map(idOf),
    }
    const { leader } = this.cluster
    assert(leader !== null, 'members are changed by the leader')
    try {
      this.cluster.members(leader.id, target, { force })
    } catch (error) {
      if (!(error instanceof KvError)) throw error
      this.say(`refused ${error.code}`)
    }
  }

  /** `deliver a>b append 2`: up to two such messages, named as they arrive. */
  deliver(words: readonly string[]): void {
    const filter = filterOf(words)
    const count = Number(words.find((word) => /^\d+$/.test(word)) ?? 1)
    for (let i = 0; i < count; i++) {
      const arrived = this.cluster.deliverOne((message) => {
        if (!filter(message)) return false
        this.say(describeMessage(message))
        return true
      })
      assert(arrived, 'there is a message to deliver')
    }
  }

  progress({ raft }: TestNode): void {
    for (const peer of raft.peers) {
      const marks = `${peer.active ? '' : ' inactive'}${peer.recovering ? ' recovering' : ''}`
      this.say(`${nameOf(peer.id)}: ${peer.state} match=${peer.match} next=${peer.next}${marks}`)
    }
  }
}

/** `a>b append`: from a, to b, of that kind; each part may be missing. */
function filterOf(words: readonly string[]): LetterFilter {
  const way = words.find((word) => word.includes('>'))
  const kind = words.find((word) => /^[a-z]\w+$/i.test(word))
  assert(!words.some((word) => word.length === 1 && !/\d/.test(word)), 'a way is written a>b')
  const [from = '', to = ''] = way?.split('>') ?? []
  return (message: Message) =>
    (from === '' || message.from === idOf(from)) &&
    (to === '' || message.to === idOf(to)) &&
    (kind === undefined || message.kind === kind)
}

function among(ids: readonly NodeId[]): LetterFilter {
  return ({ from, to }) => ids.length === 0 || (ids.includes(from) && ids.includes(to))
}

function setSpeed(slow: Set<NodeId>, id: NodeId, speed: string | undefined): void {
  assert(speed === 'slow' || speed === 'fast', 'a disk or machine is slow or fast')
  if (speed === 'slow') slow.add(id)
  else slow.delete(id)
}
