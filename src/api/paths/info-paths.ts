import { KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { NodeService } from '../../server/index.ts'
import { storageVersion } from '../etcd/index.ts'
import type { Exchange, HttpHandler } from '../http/index.ts'
import type { MetricsSource, Scrape } from '../metrics/index.ts'
import { Checks } from './checks.ts'
import { healthOf, sendHealth } from './health.ts'
import { answerProbe, probeOf } from './probes.ts'
import { sendReadiness } from './readiness.ts'

export interface InfoParts {
  readonly node: NodeService
  readonly clock: Clock
  /** Of etcd's, whose behaviour is offered. */
  readonly version: string
  readonly scrape: Scrape
  readonly source: MetricsSource
  /** What was thrown that is no expected failure. */
  readonly onFault: (error: unknown) => void
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export class InfoPaths implements HttpHandler {
  readonly #parts: InfoParts
  readonly #checks: Checks
  readonly #answers: ReadonlyMap<string, (exchange: Exchange) => void>

  constructor(parts: InfoParts) {
    this.#parts = parts
    this.#checks = new Checks(parts)
    this.#answers = new Map([
      ['/version', (exchange) => this.#version(exchange)],
      ['/health', (exchange) => this.#later(exchange, () => this.#health(exchange))],
      ['/ready', (exchange) => this.#later(exchange, () => sendReadiness(exchange, this.#checks))],
      ['/metrics', (exchange) => this.#metrics(exchange)],
      ['/debug/vars', (exchange) => this.#variables(exchange)],
    ])
  }

  handle(exchange: Exchange): boolean {
    const answer = this.#answers.get(exchange.path)
    const probe = answer === undefined ? probeOf(exchange.path) : undefined
    if (answer === undefined && probe === undefined) return false
    if (exchange.method !== 'HEAD' && !exchange.allows('GET')) return true
    if (answer !== undefined) answer(exchange)
    else if (probe !== undefined) {
      this.#later(exchange, () => answerProbe(exchange, probe, this.#checks))
    }
    return true
  }

  #version(exchange: Exchange): void {
    const { version } = this.#parts
    const cluster = storageVersion(version)
    exchange.sendJson(
      200,
      JSON.stringify({ etcdserver: version, etcdcluster: cluster, storage: cluster }),
    )
  }

  async #health(exchange: Exchange): Promise<void> {
    const { scrape } = this.#parts
    const health = await healthOf(this.#checks, exchange.query)
    if (health.health === 'true') scrape.healthSuccesses += 1
    else scrape.healthFailures += 1
    sendHealth(exchange, health)
  }

  #metrics(exchange: Exchange): void {
    exchange.send(200, { type: METRICS_TYPE, body: this.#parts.scrape.text() })
  }

  #variables(exchange: Exchange): void {
    const { node, source } = this.#parts
    const { leader, raftTerm, raftIndex, raftAppliedIndex } = node.status(node.defaultGroup)
    const raft = {
      id: node.memberId.toString(16),
      term: raftTerm,
      commit: raftIndex,
      applied: raftAppliedIndex,
      lead: leader === null ? '0' : node.memberIdOf(leader).toString(16),
      raftState: leader === node.nodeId ? 'StateLeader' : 'StateFollower',
    }
    const variables = { ...source.read().variables, 'raft.status': raft }
    exchange.sendJson(200, `${JSON.stringify(variables, null, 1)}\n`)
  }

  #later(exchange: Exchange, answer: () => Promise<void>): void {
    answer().catch((error: unknown) => {
      // The node leaves, or has no time: then it is not well.
      if (error instanceof KvError) {
        exchange.sendText(503, error.message)
        return
      }
      exchange.sendText(500, 'the server failed to handle the request')
      this.#parts.onFault(error)
    })
  }
}
