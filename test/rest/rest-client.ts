/** Requests to one member over HTTP, each noted by the route of the description that it is. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type HttpAnswer, HttpClient } from '../../src/api/testing/index.ts'
import type { Address } from '../../src/io/index.ts'
import type { Member } from '../cluster/index.ts'

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** As far as the tests look at them. */
interface Operation {
  readonly operationId: string
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

export interface Told extends HttpAnswer {
  /** Null when it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what JSON says is looked at by the test.
  readonly json: any
}

export function addressOf({ url }: Pick<Member, 'url'>): Address {
  const { hostname: host, port } = new URL(url)
  return { host, port: Number(port) }
}

export class RestClient {
  readonly member: Member
  readonly address: Address
  readonly web: HttpClient
  /** Names of the operations that were asked for. */
  readonly asked = new Set<string>()

  constructor(context: Pick<TestContext, 'after'>, member: Member) {
    this.member = member
    this.address = addressOf(member)
    this.web = new HttpClient(context, this.address)
  }

  async ask(method: string, path: string, asked: Asked = {}): Promise<Told> {
    this.asked.add(`${method} ${path.split('?')[0]}`)
    const answer = await this.web.ask(path, { method, ...asked })
    const isJson = answer.headers['content-type'] === 'application/json' && answer.text !== ''
    return { ...answer, json: isJson ? JSON.parse(answer.text) : null }
  }

  /** The same; it has to go well. */
  async do(method: string, path: string, asked: Asked = {}): Promise<Told> {
    const told = await this.ask(method, path, asked)
    assert.equal(told.status, 200, `${method} ${path}: ${told.text}`)
    return told
  }

  /** Those operations of the description that were asked for. */
  async operations(): Promise<ReadonlySet<string>> {
    const api = await this.description()
    const found = new Set<string>()
    for (const [template, methods] of Object.entries(api.paths)) {
      const pattern = new RegExp(`^${template.replace(/\{\w+\}/, '.+')}$`)
      for (const [method, { operationId }] of Object.entries(methods)) {
        for (const one of this.asked) {
          const [name = '', path = ''] = one.split(' ')
          if (name.toLowerCase() === method && pattern.test(path)) found.add(operationId)
        }
      }
    }
    return found
  }

  async allOperations(): Promise<readonly string[]> {
    const { paths } = await this.description()
    return Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
  }

  async description(): Promise<Description> {
    return (await this.ask('GET', '/openapi.json')).json
  }
}
