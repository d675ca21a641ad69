/** The checkers over what the clients of a run saw. */

import type { GroupId } from '../src/raft/index.ts'
import { META_GROUP } from '../src/server/index.ts'
import { COMMAND, STATE_LIMITS } from '../src/state/index.ts'
import { etcd } from '../src/wire/index.ts'
import {
  bytesText,
  checkLinearizable,
  checkListAppend,
  checkRevisionOrder,
  checkWatches,
  explanationLines,
  type LoggedCommand,
  type RevisionOrderVerdict,
  type RevisionViolationKind,
  toHistory,
} from './check/index.ts'
import type { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'
import type { Operation } from './workload.ts'

/** Work of the register search before it gives up, in steps: the same on every machine. */
const STEPS_MAX = 20_000_000

export type Verdict = 'consistent' | 'inconclusive'

/** What breaks when the log and the answers do not fit; the rest is I6. */
const INVARIANTS: Partial<Record<RevisionViolationKind, string>> = {
  lostCommand: 'I5',
  duplicateEffect: 'I8',
  unknownRevision: 'I7',
  wrongState: 'I4',
  wrongRevision: 'I9',
  lease: 'I11',
}

/** Throws the violation, if there is one. */
export function judge(simulation: Simulation): Verdict {
  let verdict: Verdict = 'consistent'
  for (const group of simulation.groups) {
    const operations = [
      ...simulation.operations,
      ...(simulation.workload?.operations ?? []),
    ].filter((operation) => operation.group === group)
    const order = judgeOrder(simulation, group, operations)
    judgeWatches(simulation, group, order)
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

function judgeOrder(
  simulation: Simulation,
  group: GroupId,
  operations: readonly Operation[],
): RevisionOrderVerdict {
  const committed = simulation.oracle.committed(group).map(({ entry, stateHash, appliedUs }) => ({
    index: entry.index,
    data: entry.kind === 'command' ? entry.data : null,
    stateHash,
    appliedUs,
  }))
  const order = checkRevisionOrder({
    operations,
    committed,
    limits: STATE_LIMITS,
    isOwn: (command) => isOwn(simulation, group, command),
    driftMax: simulation.config.driftMax,
  })
  const [first] = order.violations
  if (first === undefined) return order
  const invariant = INVARIANTS[first.kind] ?? 'I6'
  throw new Violation(invariant, `group ${group}: ${first.kind}: ${first.text}`)
}

/** What nodes propose by themselves, and operators through them. */
function isOwn({ config }: Simulation, group: GroupId, { kind, body }: LoggedCommand): boolean {
  if (kind === COMMAND.leaseExpire) return true
  if (kind === COMMAND.compact) return config.autoCompaction.kind !== 'off'
  if (kind === COMMAND.alarm) return config.quotaBytes > 0
  if (kind !== COMMAND.put || group !== META_GROUP) return false
  return bytesText(etcd.PutRequest.decodeBytes(body).key).startsWith('member/')
}

function judgeWatches(
  simulation: Simulation,
  group: GroupId,
  { events, compactions }: RevisionOrderVerdict,
): void {
  const watchers = simulation.workload?.watchers ?? []
  const watches = [
    ...simulation.watchings,
    ...watchers.flatMap(({ watchings }) => watchings),
  ].filter((watching) => watching.group === group)
  const revision = events.at(-1)?.main ?? 1
  const [fault] = checkWatches({ watches, events, compactions, revision })
  if (fault !== undefined) throw new Violation('I10', `group ${group}: ${fault}`)
}
