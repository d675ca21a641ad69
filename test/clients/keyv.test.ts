/** Keyv's own test suite through `@keyv/etcd`, against three real processes. */

import { after, afterEach, before, describe } from 'node:test'
import KeyvEtcd from '@keyv/etcd'
import Keyv from 'keyv'
import { type Cluster, serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'
import { loadKeyvSuite, runner } from './keyv-runner.ts'

const suite = await loadKeyvSuite()

describe("Keyv's test suite", () => {
  let cluster: Cluster
  let stores: KeyvEtcd[] = []

  before(async () => {
    cluster = await startCluster({ name: 'keyv', command: serverCommand(), environment: UNHURRIED })
  })
  afterEach(async () => {
    const used = stores
    stores = []
    for (const store of used) await store.disconnect()
  })
  after(() => cluster?.stop())

  suite.default(runner, Keyv, () => {
    const store = new KeyvEtcd(cluster.urls[0]?.replace('http://', ''), { busyTimeout: 3000 })
    stores.push(store)
    return store
  })
})
