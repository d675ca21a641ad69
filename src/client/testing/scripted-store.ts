/**
 * What the nodes of a test agree on: counters, and sessions as the real store has them. Whoever
 * asks twice gets the first answer; what a session does not remember any more is refused.
 */

import assert from 'node:assert/strict'
import { etcd, type native, state } from '../../wire/index.ts'

const TEXT = new TextDecoder()
const BYTES = new TextEncoder()

export const UNANSWERED_MAX = 128

type Result = NonNullable<native.Result['result']>

interface StoredSession {
  readonly answers: Map<number, Result>
  forgotten: number
}

export class ScriptedStore {
  readonly values = new Map<string, string>()
  readonly sessions = new Map<number, StoredSession>()
  revision = 1
  #lastSession = 0

  /** Null: the session, or this place in it, is not known any more. */
  carryOut(operation: native.Operation): Result | null {
    if (operation.session === 0) return this.#apply(operation)
    const session = this.sessions.get(operation.session)
    if (session === undefined || operation.sequence <= session.forgotten) return null
    const known = session.answers.get(operation.sequence)
    if (known !== undefined) return known
    const answer = this.#apply(operation)
    session.answers.set(operation.sequence, answer)
    if (session.answers.size > UNANSWERED_MAX) {
      const oldest = Math.min(...session.answers.keys())
      session.answers.delete(oldest)
      session.forgotten = oldest
    }
    return answer
  }

  forgetSessions(): void {
    this.sessions.clear()
  }

  #apply({ operation }: native.Operation): Result {
    assert.ok(operation !== null, 'an operation says what to do')
    switch (operation.kind) {
      case 'openSession': {
        this.#lastSession += 1
        this.sessions.set(this.#lastSession, { answers: new Map(), forgotten: 0 })
        const value = { id: this.#lastSession, unansweredMax: UNANSWERED_MAX }
        return { kind: 'openSession', value }
      }
      case 'closeSession':
        this.sessions.delete(operation.value.id)
        return { kind: 'closeSession', value: {} }
      case 'increment': {
        const key = TEXT.decode(operation.value.key)
        const value = BigInt(this.values.get(key) ?? '0') + operation.value.delta
        this.#put(key, String(value))
        return {
          kind: 'increment',
          value: state.IncrementResponse.create({ header: this.#header(), value }),
        }
      }
      case 'put': {
        this.#put(TEXT.decode(operation.value.key), TEXT.decode(operation.value.value))
        return { kind: 'put', value: etcd.PutResponse.create({ header: this.#header() }) }
      }
      case 'deleteRange': {
        const names = this.#namesIn(operation.value)
        for (const name of names) this.values.delete(name)
        const header = this.#header()
        const value = etcd.DeleteRangeResponse.create({ header, deleted: names.length })
        return { kind: 'deleteRange', value }
      }
      case 'range':
        return { kind: 'range', value: this.#read(operation.value) }
      default:
        return assert.fail(`nodes of tests do not know ${operation.kind}`)
    }
  }

  #put(key: string, value: string): void {
    this.revision += 1
    this.values.set(key, value)
  }

  /** One key, or from a key to before another, in order; the revision asked for means nothing. */
  #read({ limit, ...range }: etcd.RangeRequest): etcd.RangeResponse {
    const names = this.#namesIn(range)
    const taken = limit === 0 ? names : names.slice(0, limit)
    const kvs = taken.map((name) => ({
      ...{ key: BYTES.encode(name), value: BYTES.encode(this.values.get(name)) },
      ...{ createRevision: 2, modRevision: this.revision, version: 1, lease: 0n },
    }))
    const more = taken.length < names.length
    return etcd.RangeResponse.create({ header: this.#header(), kvs, more, count: names.length })
  }

  #namesIn({ key, rangeEnd }: Pick<etcd.RangeRequest, 'key' | 'rangeEnd'>): string[] {
    const first = TEXT.decode(key)
    const end = TEXT.decode(rangeEnd)
    return [...this.values.keys()].sort().filter((name) => {
      return end === '' ? name === first : name >= first && (end === '\0' || name < end)
    })
  }

  #header(): etcd.ResponseHeader {
    return etcd.ResponseHeader.create({ revision: this.revision })
  }
}
