/** What a scenario asks of the nodes itself, written down for the checkers like any client's. */

import type { Outcome, ReadOutcome } from '../src/group/index.ts'
import type { NodeId } from '../src/raft/index.ts'
import { type Command, encodeCommand } from '../src/state/index.ts'
import { GROUP } from './scenario-node.ts'
import type { Simulation } from './simulation.ts'
import { type Operation, type Request, valueText } from './workload.ts'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** A command without the ids, which the client gives it. */
export type PlainCommand = DistributiveOmit<Command, 'clientId' | 'requestId'>

/** Apart from those of the workload, which are numbered from 1. */
const CLIENT_ID = 999
const PROCESSES_FROM = 1_000_000

const encoder = new TextEncoder()

export class ScenarioClient {
  readonly #simulation: Simulation
  #requests = 0
  #processes = PROCESSES_FROM

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  propose(id: NodeId, plain: PlainCommand, settle: (outcome: Outcome) => void): void {
    this.#requests += 1
    const command = { ...plain, clientId: CLIENT_ID, requestId: this.#requests } as Command
    const operation = this.#record(id, { kind: 'command', command })
    const node = this.#simulation.machine(id).node
    if (node === null) {
      this.#end(operation, 'fail')
      settle({ kind: 'refused', code: 'STOPPED' })
      return
    }
    node.group(GROUP).propose(encodeCommand(command), {
      settle: (outcome) => {
        this.#settled(operation, outcome)
        settle(outcome)
      },
    })
  }

  /** Answers with the value, or why there is none. */
  read(id: NodeId, key: string, answer: (text: string | null) => void): void {
    const operation = this.#record(id, { kind: 'read', key })
    const node = this.#simulation.machine(id).node
    if (node === null) {
      this.#end(operation, 'fail')
      answer('refused: STOPPED')
      return
    }
    const settleRead = (outcome: ReadOutcome): void => {
      if (outcome.kind === 'refused') {
        this.#end(operation, 'fail')
        answer(`refused: ${outcome.code}`)
        return
      }
      operation.stored = outcome.store.get(encoder.encode(key))
      operation.revision = outcome.store.revision
      this.#end(operation, 'ok')
      answer(valueText(operation.stored))
    }
    node.group(GROUP).read({ settleRead })
  }

  #record(node: NodeId, request: Request): Operation {
    this.#processes += 1
    const operation: Operation = {
      group: GROUP,
      process: this.#processes,
      request,
      node,
      startUs: this.#simulation.world.nowUs,
      endUs: Number.POSITIVE_INFINITY,
      outcome: 'info',
      index: 0,
      result: null,
      stored: null,
      revision: 0,
    }
    this.#simulation.operations.push(operation)
    return operation
  }

  #settled(operation: Operation, outcome: Outcome): void {
    if (outcome.kind === 'unknown') return
    if (outcome.kind === 'applied') {
      operation.index = outcome.index
      operation.result = outcome.result
      operation.revision = outcome.result.revision
    }
    this.#end(operation, outcome.kind === 'applied' ? 'ok' : 'fail')
  }

  #end(operation: Operation, outcome: 'ok' | 'fail'): void {
    operation.outcome = outcome
    operation.endUs = this.#simulation.world.nowUs
  }
}
