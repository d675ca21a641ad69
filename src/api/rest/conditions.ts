/**
 * Conditions of requests (RFC 9110 §13), on the revision of a key, which is its `ETag`; and names
 * by which requests take effect once. What comes with either is a guarded command (`src/state`).
 */

import { KvError } from '../../base/index.ts'
import type { WriteRequest } from '../../server/index.ts'
import { COMMAND, type CommandKind } from '../../state/index.ts'
import { etcd, state } from '../../wire/index.ts'
import type { Exchange } from '../http/index.ts'
import type { Subject } from '../messages/index.ts'
import type { RestCall } from './rest-call.ts'
import type { Route } from './route.ts'

const { CompareCompareResult: RESULT, CompareCompareTarget: TARGET } = etcd

const ENTITY_TAG = /^"?(\d{1,16})"?$/
const DIGEST_BYTES = 16
const NO_BYTES = new Uint8Array(0)

export function etagOf(revision: number): string {
  return `"${revision}"`
}

/** Whether the key has the revision, or has another one. */
export function revisionIs(key: Uint8Array, revision: number, isSame = true): etcd.Compare {
  return etcd.Compare.create({
    key,
    result: isSame ? RESULT.EQUAL : RESULT.NOT_EQUAL,
    target: TARGET.MOD,
    targetUnion: { kind: 'modRevision', value: revision },
  })
}

/** Those of a request that changes one key. */
export function conditionsOf({ exchange }: RestCall, key: Uint8Array): etcd.Compare[] {
  const match = exchange.headers['if-match']
  const noneMatch = exchange.headers['if-none-match']
  const conditions: etcd.Compare[] = []
  if (match !== undefined) {
    // No key that is there has the revision 0.
    if (match === '*') conditions.push(revisionIs(key, 0, false))
    else conditions.push(revisionIs(key, entityTag('If-Match', match)))
  }
  if (noneMatch !== undefined) {
    if (noneMatch === '*') conditions.push(revisionIs(key, 0))
    else for (const tag of otherTags(noneMatch)) conditions.push(revisionIs(key, tag, false))
  }
  return conditions
}

/**
 * Revisions of `If-None-Match`: caches list what they have, and mark as weak what they have packed,
 * which makes no difference here (RFC 9110 §13.1.2).
 */
export function otherTags(text: string): number[] {
  return text.split(',').map((tag) => entityTag('If-None-Match', tag.trim().replace(/^W\//, '')))
}

/** As they are looked up. */
const CONDITION_FIELDS = { 'If-Match': 'if-match', 'If-None-Match': 'if-none-match' } as const
const READ_CONDITIONS = ['If-Match'] as const
const WRITE_CONDITIONS = ['If-Match', 'If-None-Match'] as const

/** A condition at which nobody would look must not pass for one that holds. */
export function checkConditions(
  { headers }: Pick<Exchange, 'headers'>,
  { method, headers: known }: Route,
): void {
  // A cache says what it has whenever it reads; what is sent to it again is no harm.
  const names = method === 'GET' ? READ_CONDITIONS : WRITE_CONDITIONS
  for (const name of names) {
    if (headers[CONDITION_FIELDS[name]] !== undefined && known?.includes(name) !== true) {
      throw new KvError('PARAMETER_INVALID', `${name} means nothing here, and nothing was done`)
    }
  }
}

/** A revision, as in `"7"`; the quotes may be left out. */
function entityTag(header: string, text: string): number {
  const [, digits] = ENTITY_TAG.exec(text) ?? []
  const revision = digits === undefined ? 0 : Number(digits)
  if (revision > 0 && Number.isSafeInteger(revision)) return revision
  throw new KvError(
    'PARAMETER_INVALID',
    `${header} is one revision in quotes, such as "7", or *; it came as ${text.slice(0, 60)}`,
  )
}

export interface Guards {
  readonly conditions?: etcd.Compare[]
  /** Null: it may take effect as often as it is sent. */
  readonly name?: string | null
  /**
   * What tells the request from another one of the same name; what is decided here by chance is not
   * part of it. By default the command itself.
   */
  readonly identity?: Uint8Array
}

export interface Command extends WriteRequest {
  /** It has a name, so it may be proposed again, and takes effect once. */
  readonly isNamed?: boolean
  /** For the words of its failure. */
  readonly subject?: Subject
}

/** The command as it is proposed. */
export function guarded(
  call: Pick<RestCall, 'parts'>,
  command: Pick<Command, 'kind' | 'body' | 'subject'>,
  { conditions = [], name = null, identity = command.body }: Guards,
): Command {
  if (conditions.length === 0 && name === null) return command
  const { kind, body: inner } = command
  const request = state.GuardedRequest.create({ compare: conditions, kind, body: inner })
  if (name !== null) {
    request.name = Uint8Array.from(name, (character) => character.charCodeAt(0))
    request.digest = digestOf(call, { kind, conditions, identity })
  }
  const body = state.GuardedRequest.encodeBytes(request)
  const subject = { ...command.subject, conditions }
  return { kind: COMMAND.guarded, body, isNamed: name !== null, subject }
}

interface Identified {
  readonly kind: CommandKind
  readonly conditions: etcd.Compare[]
  readonly identity: Uint8Array
}

function digestOf(
  { parts }: Pick<RestCall, 'parts'>,
  { kind, conditions, identity }: Identified,
): Uint8Array {
  const hash = parts.hashing.sha256()
  // The command is a field of the message, so nothing runs into what stands beside it.
  const whole = { compare: conditions, name: NO_BYTES, digest: NO_BYTES, kind, body: identity }
  hash.update(state.GuardedRequest.encodeBytes(whole))
  return hash.digest().slice(0, DIGEST_BYTES)
}
