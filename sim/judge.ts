/** The three checkers over what the clients of a run saw. */

import { STATE_LIMITS } from '../src/state/index.ts'
import {
  checkLinearizable,
  checkListAppend,
  checkRevisionOrder,
  explanationLines,
  toHistory,
} from './check/index.ts'
import type { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'

/** Work of the register search before it gives up, in steps: the same on every machine. */
const STEPS_MAX = 20_000_000

export type Verdict = 'consistent' | 'inconclusive'

/** Throws the violation, if there is one. */
export function judge(simulation: Simulation): Verdict {
  let verdict: Verdict = 'consistent'
  for (const group of simulation.groups) {
    const operations = [
      ...simulation.operations,
      ...(simulation.workload?.operations ?? []),
    ].filter((operation) => operation.group === group)
    const committed = simulation.oracle
      .committed(group)
      .filter(({ entry }) => entry.kind === 'command')
      .map(({ entry }) => ({ index: entry.index, data: entry.data }))
    const order = checkRevisionOrder({ operations, committed, limits: STATE_LIMITS })
    if (order.kind === 'violated') {
      const first = order.violations[0]
      throw new Violation('I6', `group ${group}: ${first?.kind}: ${first?.text}`)
    }
    const history = toHistory(operations)
    const registers = checkLinearizable(history.registers, { stepsMax: STEPS_MAX })
    if (registers.kind === 'notLinearizable') {
      throw new Violation(
        'I6',
        `group ${group}: not linearizable\n${explanationLines(registers.explanation).join('\n')}`,
      )
    }
    if (registers.kind === 'inconclusive') verdict = 'inconclusive'
    const lists = checkListAppend(history.transactions)
    if (lists.kind === 'violated') {
      throw new Violation('I6', `group ${group}: ${lists.violations[0]?.text}`)
    }
  }
  return verdict
}
