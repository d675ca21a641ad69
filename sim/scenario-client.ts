/** What a scenario asks of the nodes itself, written down for the checkers like any client's. */

import type { Outcome } from '../src/group/index.ts'
import type { GroupId, NodeId } from '../src/raft/index.ts'
import type { ReadOutcome, WriteOutcome } from '../src/server/index.ts'
import { packCommand } from '../src/state/index.ts'
import { etcd } from '../src/wire/index.ts'
import {
  type Ask,
  bytesText,
  copyOf,
  type ReadAsk,
  rangeAsk,
  tagged,
  type WriteAsk,
} from './check/index.ts'
import { GROUP } from './scenario-node.ts'
import type { Simulation } from './simulation.ts'
import { askNode, type Operation } from './workload.ts'

/** Apart from those of the workload, which are numbered from 1. */
const FIRST_NUMBER = 1_000_000

export class ScenarioClient {
  readonly #simulation: Simulation
  #number = FIRST_NUMBER

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  /** Proposes at this very node, which refuses unless it leads. */
  propose(id: NodeId, plain: WriteAsk, settle: (outcome: Outcome) => void): void {
    const { operation, ask } = this.#record(id, plain)
    const node = this.#simulation.machine(id).node
    if (node === null) {
      this.#end(operation, 'fail')
      settle({ kind: 'refused', code: 'STOPPED' })
      return
    }
    const command = packCommand(ask.command, ask.body, ask)
    node.group(GROUP).propose(command, {
      settle: (outcome) => {
        if (outcome.kind === 'applied') operation.answer = copyOf(outcome.result)
        this.#settled(operation, outcome.kind)
        settle(outcome)
      },
    })
  }

  /** Reads from this very group, which refuses where a door would wait. The value, or why not. */
  read(id: NodeId, key: string, answer: (text: string | null) => void): void {
    const { operation, ask } = this.#record(id, rangeAsk(key))
    const node = this.#simulation.machine(id).node
    if (node === null) {
      this.#end(operation, 'fail')
      answer('refused: STOPPED')
      return
    }
    const { read, body, serializable } = ask
    const settleRead = (outcome: ReadOutcome): void => {
      if (outcome.kind === 'done') operation.answer = copyOf(outcome.result)
      this.#end(operation, outcome.kind === 'done' ? 'ok' : 'fail')
      if (outcome.kind === 'done') answer(onlyValue(outcome.result.body))
      else if (outcome.kind === 'refused') answer(`refused: ${outcome.code}`)
    }
    node.group(GROUP).read({ kind: read, body, serializable }, { settleRead })
  }

  /** Asks a node as a door does: it forwards, and waits for a leader. */
  ask<T extends Ask>(id: NodeId, plain: T, settle: (asked: Asked) => void, group = GROUP): void {
    const { operation, ask } = this.#record(id, plain, group)
    const node = this.#simulation.machine(id).node
    if (node === null) {
      this.#end(operation, 'fail')
      settle({ operation, outcome: { kind: 'refused', code: 'STOPPED', revision: 0 } })
      return
    }
    askNode(
      node,
      { group, ask },
      {
        settle: (end, outcome) => {
          if (end.kind === 'ok') operation.answer = end.answer
          this.#settled(operation, outcome.kind === 'done' ? 'applied' : outcome.kind)
          settle({ operation, outcome })
        },
        goOn: (next) => next(),
        isGone: () => false,
      },
    )
  }

  #record<T extends ReadAsk | WriteAsk>(
    node: NodeId,
    plain: T,
    group: GroupId = GROUP,
  ): { operation: Operation; ask: T } {
    this.#number += 1
    const ask = tagged(plain, this.#number)
    const operation: Operation = {
      group,
      process: this.#number,
      tag: this.#number,
      ask,
      node,
      tries: 1,
      startUs: this.#simulation.world.nowUs,
      endUs: Number.POSITIVE_INFINITY,
      outcome: 'info',
      answer: null,
    }
    this.#simulation.operations.push(operation)
    return { operation, ask }
  }

  #settled(operation: Operation, kind: string): void {
    if (kind !== 'unknown') this.#end(operation, kind === 'applied' ? 'ok' : 'fail')
  }

  #end(operation: Operation, outcome: 'ok' | 'fail'): void {
    operation.outcome = outcome
    operation.endUs = this.#simulation.world.nowUs
  }
}

export interface Asked {
  readonly operation: Operation
  readonly outcome: WriteOutcome | ReadOutcome
}

function onlyValue(body: Uint8Array): string | null {
  const pair = etcd.RangeResponse.decodeBytes(body).kvs[0]
  return pair === undefined ? null : bytesText(pair.value)
}
