/** Clients that want the same, in a simulated world. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Method, ServerCall } from '../../../rpc/index.ts'
import { etcd } from '../../../wire/index.ts'
import { LeaseKeeper } from '../../lease/index.ts'
import { Scene } from '../../watch/testing/index.ts'
import type { LineParts } from '../index.ts'
import { LockTable } from './lock-table.ts'

const { path } = etcd.Lease.methods.leaseKeepAlive

export class LockScene {
  readonly scene: Scene
  readonly parts: LineParts
  #table: LockTable | null = null

  constructor() {
    this.scene = new Scene({
      methods: () => [this.#keepAlive()],
      calls: (clock, store) => {
        const table = new LockTable(clock, store)
        this.#table = table
        return table
      },
    })
    const { link, hub: watches } = this.scene
    this.parts = { link, watches, leases: new LeaseKeeper(link) }
  }

  get table(): LockTable {
    assert.ok(this.#table !== null)
    return this.#table
  }

  pass(milliseconds: number): Promise<void> {
    return this.scene.pass(milliseconds)
  }

  /** Nothing of anybody is there any more. */
  assertClean(): void {
    assert.deepEqual([this.table.keys, this.table.leases], [[], []])
    const watches = this.scene.nodes.map((node) => node.watches)
    assert.deepEqual(watches, [0, 0, 0], 'nobody watches any more')
  }

  #keepAlive(): Method {
    return {
      kind: 'stream',
      path,
      open: (call) => ({
        message: (bytes, offset, length) => {
          const { ID } = etcd.LeaseKeepAliveRequest.decode(bytes, offset, length)
          this.#renew(call, ID)
        },
        ended: () => call.end(),
        writable: () => {},
        cancelled: () => {},
      }),
    }
  }

  #renew(call: ServerCall, ID: bigint): void {
    const TTL = this.table.renew(ID)
    if (TTL === null) return
    const bytes = etcd.LeaseKeepAliveResponse.encodeBytes({ header: null, ID, TTL })
    call.write(bytes, 0, bytes.length)
  }
}

/** A test in a world of its own. */
export function lockTest(name: string, body: (all: LockScene) => Promise<void>): void {
  test(name, async () => {
    const all = new LockScene()
    await all.scene.run(() => body(all))
  })
}
