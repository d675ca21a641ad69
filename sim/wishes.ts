/** What a client wants next, drawn by lot from everything that etcd's clients ask for. */

import { type Chance, REMEMBERED_BYTES_MIN } from '../src/base/index.ts'
import { COMMAND } from '../src/state/index.ts'
import { etcd } from '../src/wire/index.ts'
import {
  type Ask,
  asciiBytes,
  behindPrefix,
  bytesText,
  compactAsk,
  compareAndPutAsk,
  compareOf,
  deleteAsk,
  grantAsk,
  guardedAsk,
  incrementAsk,
  keepAliveAsk,
  type ListWish,
  listAsk,
  openSessionAsk,
  putAsk,
  putOp,
  putWithTtlAsk,
  rangeAsk,
  rangeOp,
  readTxnAsk,
  revokeAsk,
  timeToLiveAsk,
  txnAsk,
  txnOp,
  type WriteAsk,
} from './check/index.ts'
import type { SimulationConfig } from './config.ts'
import type { Knowledge } from './knowledge.ts'

export interface WishParts {
  readonly config: SimulationConfig
  readonly knowledge: Knowledge
  /** Of this request, and of no other one. */
  readonly tag: number
  /** How many there have been. */
  readonly requests: number
  readonly readsOnly: boolean
}

const REQUESTS_PER_ERA = 300
/** A key or two. */
const PIECE_BYTES = 40
const COUNTERS = 2
/** Longer than what is summed up each time anew (src/base). */
const LONG_BYTES_MIN = REMEMBERED_BYTES_MIN
const LONG_BYTES_STEP = 1531
/** Keys that come and go with leases. */
const LEASED = 4
const LEASE_SECONDS_MIN = 2
const LEASE_SECONDS_SPAN = 3
/** After so much use of a lease its client revokes it, or forgets it. */
const LEASE_USES_MAX = 5
/** Compactions leave about so many revisions. */
const KEPT_REVISIONS = 60

/** Of what can be asked for under conditions and by a name. */
const GUARDED_SHARE = 0.25
const GUARDABLE: ReadonlySet<number> = new Set([
  COMMAND.put,
  COMMAND.deleteRange,
  COMMAND.txn,
  COMMAND.leaseGrant,
  COMMAND.leaseRevoke,
  COMMAND.increment,
  COMMAND.putWithTtl,
])

export function drawAsk(chance: Chance, parts: WishParts): Ask {
  const ask = drawPlainAsk(chance, parts)
  if (ask.kind === 'read' || !GUARDABLE.has(ask.command)) return ask
  return chance.happens(GUARDED_SHARE) ? guard(chance, ask, parts) : ask
}

/** Under a condition, by a name, or both. */
function guard(chance: Chance, ask: WriteAsk, parts: WishParts): Ask {
  const { knowledge, tag } = parts
  const name = chance.happens(0.7) ? `${knowledge.client}.${tag}` : ''
  if (name !== '' && chance.happens(0.6)) return guardedAsk(ask, { name })
  const isPut = ask.command === COMMAND.put
  // Mostly what is put: then it is a compare-and-set of one register.
  const key = isPut ? keyPut(ask) : register(chance, parts)
  const expected = knowledge.expected(key, { byRevision: chance.happens(0.3) })
  return guardedAsk(ask, { name, compare: [compareOf(key, expected)] })
}

function keyPut({ body }: WriteAsk): string {
  return bytesText(etcd.PutRequest.decodeBytes(body).key)
}

function drawPlainAsk(chance: Chance, parts: WishParts): Ask {
  if (parts.knowledge.needsSession) return openSessionAsk()
  const draw = chance.below(100)
  if (parts.readsOnly) {
    return draw < 28 ? rangeAsk(listKey(chance, parts), {}) : drawRead(chance, parts)
  }
  if (draw < 28) return drawList(chance, parts)
  if (draw < 28 + parts.config.leasePercent) return drawLease(chance, parts)
  if (draw < 62) return drawRead(chance, parts)
  if (draw < 65) return incrementAsk(`c${chance.below(COUNTERS)}`, BigInt(1 + chance.below(9)))
  if (draw < 67) return drawCompaction(chance, parts)
  if (draw < 74) return drawTxn(chance, parts)
  return drawWrite(chance, parts)
}

/** Everything as the node has it: what is old has to come from its disk. */
export function staleAsk(): Ask {
  return rangeAsk('\0', { rangeEnd: asciiBytes('\0') }, { serializable: true })
}

function register(chance: Chance, { config }: WishParts): string {
  return `r${chance.below(config.registers)}`
}

/** Nobody else ever writes this. */
function ownValue({ config, knowledge, tag }: WishParts): Uint8Array {
  const text = `${knowledge.client}.${tag}`
  if (config.longEvery === 0 || tag % config.longEvery !== 0) return asciiBytes(text)
  // Different lengths, but few: what takes one for another must have something to take.
  return asciiBytes(text.padEnd(LONG_BYTES_MIN + (tag % 4) * LONG_BYTES_STEP, '.'))
}

/** Lists only grow, so from time to time all go on to new ones. */
function listKey(chance: Chance, { config, requests }: WishParts): string {
  const era = Math.floor(requests / REQUESTS_PER_ERA)
  return `l${chance.below(config.lists)}-${era}`
}

function drawList(chance: Chance, parts: WishParts): Ask {
  if (chance.happens(0.35)) {
    const key = listKey(chance, parts)
    return rangeAsk(key, {})
  }
  const wishes: ListWish[] = []
  const count = 1 + chance.below(3)
  for (let i = 0; i < count; i++) {
    const kind = chance.happens(0.6) ? 'append' : 'read'
    wishes.push({ kind, key: listKey(chance, parts) })
  }
  const writes = wishes.some(({ kind }) => kind === 'append')
  if (writes) return listAsk(parts.tag, wishes, (key) => parts.knowledge.list(key))
  return readTxnAsk({ success: wishes.map(({ key }) => rangeOp(key)) })
}

function drawRead(chance: Chance, parts: WishParts): Ask {
  const key = register(chance, parts)
  const all = { rangeEnd: behindPrefix('r') }
  const { SortOrder, SortTarget } = { SortOrder: 3, SortTarget: 5 }
  const { revision } = parts.knowledge
  switch (chance.below(12)) {
    case 0:
      return rangeAsk('r', all, { pieceBytes: chance.happens(0.5) ? PIECE_BYTES : 0 })
    case 1:
      return rangeAsk('r', all, { serializable: true })
    case 2:
      return rangeAsk(key, {}, { serializable: true })
    case 3:
      return rangeAsk('r', { ...all, revision: Math.max(0, revision - chance.below(20)) })
    case 4:
      return rangeAsk('\0', {
        rangeEnd: asciiBytes('\0'),
        limit: chance.below(5),
        sortOrder: chance.below(SortOrder),
        sortTarget: chance.below(SortTarget),
        keysOnly: chance.happens(0.3),
        countOnly: chance.happens(0.2),
        minModRevision: chance.happens(0.2) ? Math.max(0, revision - 30) : 0,
      })
    case 5:
      return readTxnAsk({
        compare: [compareOf(key, parts.knowledge.expected(key, { byRevision: true }))],
        success: [rangeOp(key)],
        failure: [rangeOp('r', all)],
      })
    default:
      return rangeAsk(key)
  }
}

function drawWrite(chance: Chance, parts: WishParts): Ask {
  const key = register(chance, parts)
  const value = ownValue(parts)
  const draw = chance.below(20)
  if (draw < 9) return putAsk(key, value, { prevKv: chance.happens(0.2) })
  if (draw < 12) return deleteAsk(key, { prevKv: chance.happens(0.2) })
  if (draw < 13) return deleteAsk('r', { rangeEnd: behindPrefix('r'), prevKv: true })
  const expected = parts.knowledge.expected(key, { byRevision: draw >= 18 })
  return compareAndPutAsk(key, expected, value)
}

/** Several keys at once, with a transaction inside the transaction now and then. */
function drawTxn(chance: Chance, parts: WishParts): Ask {
  const key = register(chance, parts)
  const other = register(chance, parts)
  const value = ownValue(parts)
  const { EQUAL, GREATER } = etcd.CompareCompareResult
  const success = [rangeOp('r', { rangeEnd: behindPrefix('r') }), putOp(key, value)]
  if (other !== key) success.push(putOp(other, value, { prevKv: true }))
  if (chance.happens(0.3)) {
    const counter = `c${chance.below(COUNTERS)}`
    const compare = {
      ...compareOf(counter, { kind: 'absent' }),
      result: chance.happens(0.5) ? EQUAL : GREATER,
    }
    const inner = { compare: [compare], success: [rangeOp(counter)], failure: [rangeOp(key)] }
    success.push(txnOp(inner))
  }
  const byRevision = chance.happens(0.5)
  const compare = chance.happens(0.3)
    ? []
    : [compareOf(other, parts.knowledge.expected(other, { byRevision }))]
  return txnAsk({ compare, success, failure: [rangeOp(key), rangeOp(other)] })
}

/** A lease is granted, used, renewed, and then revoked or left to its end. */
function drawLease(chance: Chance, parts: WishParts): Ask {
  const { knowledge } = parts
  const key = `e${chance.below(LEASED)}`
  const held = knowledge.lease
  if (chance.happens(0.15)) {
    return putWithTtlAsk(key, ownValue(parts), 500 + chance.below(3000))
  }
  if (held === null) {
    const seconds = LEASE_SECONDS_MIN + chance.below(LEASE_SECONDS_SPAN)
    return grantAsk(knowledge.nextLease(), seconds)
  }
  held.uses += 1
  if (held.uses > LEASE_USES_MAX) {
    knowledge.lease = null
    if (chance.happens(0.5)) return revokeAsk(held.id)
    knowledge.forgotten = held
  }
  const draw = chance.below(10)
  if (draw < 4) return putAsk(key, ownValue(parts), { lease: held.id })
  if (draw < 5) return txnAsk({ success: [putOp(key, ownValue(parts), { lease: held.id })] })
  if (draw < 6) return deleteAsk(key)
  if (draw < 7) return timeToLiveAsk(held.id)
  return keepAliveAsk(held.id)
}

function drawCompaction(chance: Chance, { knowledge }: WishParts): Ask {
  const kept = chance.below(KEPT_REVISIONS)
  return compactAsk(Math.max(1, knowledge.revision - kept))
}
