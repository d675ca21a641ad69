/** A node of the cluster as this client sees it: where it is, and how it did so far. */

import type { Address } from '../io/index.ts'
import type { Connection } from './connection.ts'
import { nameOf } from './endpoints.ts'

export class Node {
  readonly address: Address
  readonly name: string
  /** The user has named it: it is never forgotten. */
  readonly isGiven: boolean
  /** Which member it is; `0n`: not known yet. */
  memberId = 0n
  connection: Connection | null = null
  /** Connections that take nothing new and still have something under way. */
  readonly leaving = new Set<Connection>()
  /** What follows from the connection being ready was done. */
  greeted = false
  /** It was asked who it is, and has answered or not. */
  isScouted = false
  /** What answered there was another program, another cluster, or the port for other nodes. */
  isForeign = false
  /** Attempts in a row that did not lead to a connection. */
  failures = 0
  /** Somebody asks for this very node. */
  isWanted = false
  /** Not to be connected to before. */
  notBeforeMs = 0
  /** What the last connection ended with. */
  error: Error | null = null
  /** Times in a row that it was connected and of no use. */
  strikes = 0
  /** Others are preferred until then. */
  avoidUntilMs = 0

  constructor(address: Address, isGiven: boolean) {
    this.address = address
    this.name = nameOf(address)
    this.isGiven = isGiven
  }

  get isReady(): boolean {
    return this.connection?.state === 'ready'
  }

  get isConnecting(): boolean {
    return this.connection?.state === 'connecting'
  }

  /** There is no use in waiting for it. */
  isHopeless(nowMs: number): boolean {
    return this.isForeign && nowMs < this.notBeforeMs
  }

  isUsable(nowMs: number): boolean {
    return this.isReady && nowMs >= this.avoidUntilMs
  }

  close(): void {
    this.connection?.close()
    for (const connection of this.leaving) connection.close()
    this.connection = null
    this.leaving.clear()
  }
}
