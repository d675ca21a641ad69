/** A store, its hub and one client, for tests. */

import { WATCH_LIMITS, WatchHub, type WatchLimits } from '../index.ts'
import { settle, TestClient } from './test-client.ts'
import { TestStore } from './test-store.ts'

/** Everything happens at these that happens at the real ones. */
export const TINY: WatchLimits = {
  ...WATCH_LIMITS,
  ringBytesMax: 2048,
  answerBytes: 150,
  fragmentBytes: 200,
  answerBytesMax: 1000,
  historyBytes: 120,
  loadBytes: 60,
  sliceEvents: 4,
}

export interface Scene {
  readonly store: TestStore
  readonly hub: WatchHub
  readonly client: TestClient
  readonly settle: () => void
}

export function scene(
  limits: Partial<WatchLimits> = {},
  before: (store: TestStore) => void = () => {},
) {
  const store = new TestStore()
  before(store)
  const hub = new WatchHub(store, { ...WATCH_LIMITS, ...limits })
  store.hub = hub
  const client = new TestClient(hub)
  const made: Scene = { store, hub, client, settle: () => settle(hub, store) }
  return made
}
