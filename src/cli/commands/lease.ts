/** `quorate lease grant|keepalive|revoke|ttl|list` */

import { KvError } from '../../base/index.ts'
import type { LeaseTimeToLive } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import { type CallOf, duration, leaseId } from '../framework/index.ts'
import type {
  LEASE_GRANT,
  LEASE_KEEPALIVE,
  LEASE_LIST,
  LEASE_REVOKE,
  LEASE_TTL,
} from '../specs/coordination.ts'
import { STATUS } from '../specs/shared.ts'
import { factLines, jsonBytes, shown, timeText } from '../terminal/index.ts'
import { type Store, withStore } from './connection.ts'
import { pause } from './pause.ts'
import { leaseText, printJson, styleFor } from './show.ts'

const SECOND_MS = 1000
const TIME = duration(SECOND_MS)
/** Two answers may be lost before a lease is. */
const BEATS_PER_TTL = 3

export async function runLeaseGrant(
  { values, words }: CallOf<typeof LEASE_GRANT>,
  parts: CommandParts,
): Promise<number> {
  const ttlMs = ttlOf(words[0] ?? '')
  const { id } = values
  return withStore(values, parts, async (store) => {
    const granted = await store.leases.grant({ ttlMs, ...(id === undefined ? {} : { id }) })
    if (values.json) printJson(parts, leaseJson(granted))
    else parts.print(leaseText(granted.id))
    return STATUS.fine
  })
}

function ttlOf(word: string): number {
  const ttlMs = TIME.read(word)
  if (ttlMs !== null) return ttlMs
  throw new KvError('BAD_REQUEST', `TIME is ${TIME.wanted}, not ${JSON.stringify(word)}`)
}

function idOf(word: string | undefined): bigint {
  const id = leaseId.read(word ?? '')
  if (id !== null) return id
  throw new KvError('BAD_REQUEST', `LEASE is ${leaseId.wanted}, not ${JSON.stringify(word)}`)
}

function leaseJson(lease: LeaseTimeToLive): Readonly<Record<string, unknown>> {
  const { id, ttlMs, grantedTtlMs } = lease
  return { lease: leaseText(id), ttlMs, grantedTtlMs }
}

export async function runLeaseKeepalive(
  { values, words }: CallOf<typeof LEASE_KEEPALIVE>,
  parts: CommandParts,
): Promise<number> {
  const id = idOf(words[0])
  return withStore(values, parts, async (store) => {
    const tell = (lease: LeaseTimeToLive): void => {
      if (values.json) printJson(parts, leaseJson(lease))
      else parts.print(`${leaseText(id)} lasts ${timeText(lease.ttlMs)}`)
    }
    if (!values.once) return keepAlive({ store, id, tell }, parts)
    tell(await store.leases.keepAlive(id))
    return STATUS.fine
  })
}

interface Kept {
  readonly store: Store
  readonly id: bigint
  readonly tell: (lease: LeaseTimeToLive) => void
}

async function keepAlive({ store, id, tell }: Kept, parts: CommandParts): Promise<number> {
  const machine = await parts.machine()
  const interruption = parts.interruption()
  const signal = AbortSignal.any([interruption, parts.output.gone])
  const unheed = await parts.output.heedReader(machine.clock)
  try {
    while (!signal.aborted) {
      const lease = await store.leases.keepAlive(id)
      tell(lease)
      await pause(lease.ttlMs / BEATS_PER_TTL, { machine, signal })
    }
  } finally {
    unheed()
  }
  return interruption.aborted ? STATUS.interrupted : STATUS.fine
}

export async function runLeaseRevoke(
  { values, words }: CallOf<typeof LEASE_REVOKE>,
  parts: CommandParts,
): Promise<number> {
  const id = idOf(words[0])
  return withStore(values, parts, async (store) => {
    await store.leases.revoke(id)
    if (values.json) printJson(parts, { lease: leaseText(id), revoked: true })
    else parts.print('revoked')
    return STATUS.fine
  })
}

export async function runLeaseTtl(
  { values, words }: CallOf<typeof LEASE_TTL>,
  parts: CommandParts,
): Promise<number> {
  const id = idOf(words[0])
  return withStore(values, parts, async (store) => {
    const lease = await store.leases.timeToLive(id, { keys: values.keys })
    if (lease.ttlMs < 0) throw new KvError('LEASE_NOT_FOUND', `there is no lease ${leaseText(id)}`)
    const { keys } = lease
    if (values.json) {
      const own = values.keys ? { keys: keys.map((key) => jsonBytes('key', key)) } : {}
      printJson(parts, { ...leaseJson(lease), ...own })
      return STATUS.fine
    }
    const facts = [
      ['left', timeText(lease.ttlMs)],
      ['granted', timeText(lease.grantedTtlMs)],
      ...keys.map((key) => ['key', shown(key)] as const),
    ] as const
    for (const line of factLines(facts, styleFor(values, parts).dim)) parts.print(line)
    return STATUS.fine
  })
}

export async function runLeaseList(
  { values }: CallOf<typeof LEASE_LIST>,
  parts: CommandParts,
): Promise<number> {
  return withStore(values, parts, async (store) => {
    const ids = (await store.leases.list()).map(leaseText)
    if (values.json) printJson(parts, { leases: ids })
    else for (const id of ids) parts.print(id)
    return STATUS.fine
  })
}
