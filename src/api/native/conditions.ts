/** Operations that are carried out only where conditions hold: guarded commands (`src/state`). */

import { ERRORS, KvError } from '../../base/index.ts'
import { COMMAND, checkGuarded, STATE_LIMITS } from '../../state/index.ts'
import { type etcd, state } from '../../wire/index.ts'
import type { Admitted } from '../messages/index.ts'

type Ready = Exclude<Admitted, { readonly kind: 'refused' }>

/** What was admitted, together with the conditions that came with it. */
export function underConditions(
  ready: Ready,
  conditions: readonly etcd.Compare[],
): Ready | KvError {
  if (conditions.length === 0) return ready
  if (ready.kind === 'read') {
    return new KvError('BAD_REQUEST', 'conditions are for writes; a read is compared by who reads')
  }
  const request = state.GuardedRequest.create({
    compare: [...conditions],
    kind: ready.command,
    body: ready.body,
  })
  const fault = checkGuarded(request, STATE_LIMITS)
  if (fault !== null) return new KvError(fault, ERRORS[fault].what)
  const body = state.GuardedRequest.encodeBytes(request)
  const subject = { ...ready.subject, conditions }
  return { kind: 'write', command: COMMAND.guarded, body, subject }
}
