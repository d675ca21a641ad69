/** Whether this node serves, found out by having it serve. */

import { KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { NodeService } from '../../server/index.ts'
import { READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { etcdErrorOf, Steps } from '../etcd/index.ts'

/** As long as etcd lets a request take: 5 s, and twice an election. */
const CHECK_MS_MAX = 7000

const TIMED_OUT = etcdErrorOf('TIMED_OUT').text

/** One key at most, and no value: what is there does not matter. */
const ANY_KEY = etcd.RangeRequest.encodeBytes(
  etcd.RangeRequest.create({ key: Uint8Array.of(0), keysOnly: true, limit: 1 }),
)
const ALL_ALARMS = etcd.AlarmRequest.encodeBytes(etcd.AlarmRequest.create())

export interface CheckParts {
  readonly node: NodeService
  readonly clock: Clock
}

export class Checks {
  readonly #parts: CheckParts
  readonly #steps: Steps

  constructor(parts: CheckParts) {
    this.#parts = parts
    this.#steps = new Steps(parts)
  }

  get hasLeader(): boolean {
    const { node } = this.#parts
    return node.status(node.defaultGroup).leader !== null
  }

  get isLearner(): boolean {
    const { node } = this.#parts
    return node.status(node.defaultGroup).isLearner
  }

  /** What went wrong, in the words of etcd; null when nothing did. */
  async read({ serializable }: { readonly serializable: boolean }): Promise<string | null> {
    const request = { kind: READ.range, body: ANY_KEY, serializable }
    return this.#failure(this.#steps.read(request, etcd.RangeResponse))
  }

  /** Names of the alarms that are on, as far as this node knows, such as `NOSPACE`. */
  async alarms(): Promise<readonly string[]> {
    const request = { kind: READ.alarms, body: ALL_ALARMS, serializable: true }
    const { response } = await this.#steps.read(request, etcd.AlarmResponse)
    const names = Object.entries(etcd.AlarmType)
    return response.alarms.map(
      ({ alarm }) => names.find(([, value]) => value === alarm)?.[0] ?? 'UNKNOWN',
    )
  }

  #failure(read: Promise<unknown>): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.clock.after(CHECK_MS_MAX, () => resolve(TIMED_OUT))
      const settle = (text: string | null): void => {
        timer.cancel()
        resolve(text)
      }
      read.then(
        () => settle(null),
        (error: unknown) => {
          if (error instanceof KvError) settle(error.message)
          else reject(error)
        },
      )
    })
  }
}
