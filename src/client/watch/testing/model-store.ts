/** The history that all nodes of a test agree on. */

import assert from 'node:assert/strict'
import { etcdKv } from '../../../wire/index.ts'

const UTF8 = new TextEncoder()
const { PUT, DELETE } = etcdKv.EventEventType

export interface ModelChange {
  readonly key: string
  /** Null: deleted. */
  readonly value: string | null
}

export class ModelStore {
  /** By revision; the first is 2, as in etcd. */
  readonly #changes = new Map<number, readonly ModelChange[]>()
  readonly #listeners = new Set<() => void>()
  revision = 1
  compactRevision = 0

  /** One revision with all of them. */
  write(...changes: readonly ModelChange[]): number {
    this.revision += 1
    this.#changes.set(this.revision, changes)
    for (const listener of this.#listeners) listener()
    return this.revision
  }

  compact(revision: number): void {
    assert.ok(revision <= this.revision && revision > this.compactRevision)
    this.compactRevision = revision
    for (const listener of this.#listeners) listener()
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** What a watch of all keys with this prefix is told about one revision. */
  eventsAt(revision: number, prefix: string): etcdKv.Event[] {
    const changes = this.#changes.get(revision) ?? []
    return changes
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ key, value }) => {
        const pair = { key: UTF8.encode(key), modRevision: revision }
        const kv = etcdKv.KeyValue.create(
          value === null ? pair : { ...pair, value: UTF8.encode(value), version: 1 },
        )
        return etcdKv.Event.create({ type: value === null ? DELETE : PUT, kv })
      })
  }

  /** `revision key=value` of everything from a revision on. */
  told(from: number, prefix: string): string[] {
    const lines: string[] = []
    for (let revision = from; revision <= this.revision; revision++) {
      for (const { key, value } of this.#changes.get(revision) ?? []) {
        if (key.startsWith(prefix)) lines.push(`${revision} ${key}=${value}`)
      }
    }
    return lines
  }
}
