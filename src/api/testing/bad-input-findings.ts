import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Address } from '../../io/index.ts'
import { STATUS } from '../../rpc/index.ts'
import { encodeJson, etcd, JsonOutput } from '../../wire/index.ts'
import {
  BAD_INPUTS,
  type BadInput,
  prepare,
  RemoteClient,
  startRealEtcd,
} from '../etcd/testing/index.ts'
import { httpStatusOf, Routes } from '../gateway/index.ts'
import { HttpClient } from './http-client.ts'

const kv = etcd.KV.methods
const lease = etcd.Lease.methods

/** How many requests there were. */
export interface BadInputCounts {
  grpc: number
  json: number
}

interface Asked {
  readonly findings: readonly string[]
  readonly counts: BadInputCounts
}

type Context = Pick<TestContext, 'after' | 'diagnostic'>

/**
 * Asks a server to which nothing was written yet for everything that must be refused, over gRPC and
 * as JSON, and tells what was not refused as it should be, and whether anything has changed.
 */
export async function badInputFindings(context: Context, address: Address): Promise<Asked> {
  const client = new RemoteClient(context, address)
  const web = new HttpClient(context, address)
  await prepareStore(client)
  const before = await fingerprint(client)
  const counts = { grpc: 0, json: 0 }
  const findings: string[] = []
  const note = (what: string, told: string, expected: Expected): void => {
    const { outcome, isPrefix = false, elsewhere } = expected
    const isSame = told === outcome || told === elsewhere || (isPrefix && told.startsWith(outcome))
    if (!isSame) findings.push(`${what}: ${told}, not ${outcome}`)
  }
  for (const input of BAD_INPUTS) {
    counts.grpc += 1
    const { what, path, bytes, stream } = input
    note(what, await client.sendBytes(path, bytes, stream), input)
  }
  for (const input of jsonInputs()) {
    counts.json += 1
    const { what, path, body } = input
    note(`JSON, ${what}`, await jsonOutcome(web, path, body), input)
  }
  note('the store afterwards', await fingerprint(client), { outcome: before })
  return { findings, counts }
}

/** The same of a real etcd over gRPC, as far as the table says that it does the same. */
export async function realEtcdFindings(context: Context): Promise<readonly string[] | null> {
  const client = await startRealEtcd(context)
  if (client === null) return null
  await prepareStore(client)
  const findings: string[] = []
  for (const input of BAD_INPUTS.filter(({ unlike }) => unlike === undefined)) {
    const told = await client.sendBytes(input.path, input.bytes, input.stream)
    if (told !== input.outcome) findings.push(`${input.what}: ${told}, not ${input.outcome}`)
  }
  return findings
}

function prepareStore(client: RemoteClient): Promise<void> {
  const done = async (asked: Promise<{ readonly outcome: string | undefined }>): Promise<void> => {
    assert.equal((await asked).outcome, 'OK')
  }
  return prepare({
    put: (key) => done(client.ask(kv.put, kv.put.request.create({ key }))),
    deleteKey: (key) => done(client.ask(kv.deleteRange, kv.deleteRange.request.create({ key }))),
    grant: (ID) => done(client.ask(lease.leaseGrant, { TTL: 1000, ID })),
    compact: (revision) => done(client.ask(kv.compact, { revision, physical: false })),
  })
}

/** Everything that a client could have changed. */
async function fingerprint(client: RemoteClient): Promise<string> {
  const all = kv.range.request.create({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) })
  const { alarm, hashKV } = etcd.Maintenance.methods
  const answers = [
    await client.ask(kv.range, all),
    await client.ask(lease.leaseLeases, {}),
    await client.ask(alarm, alarm.request.create()),
    await client.ask(hashKV, hashKV.request.create()),
    await client.ask(etcd.Cluster.methods.memberList, { linearizable: true }),
    await client.ask(etcd.Auth.methods.userList, {}),
    await client.ask(etcd.Auth.methods.roleList, {}),
  ]
  return answers.map(({ message }) => JSON.stringify(message, jsonable)).join('\n')
}

function jsonable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

interface Expected {
  readonly outcome: string
  readonly isPrefix?: boolean
  readonly elsewhere?: string
}

/** Outcomes are the status of HTTP, that of gRPC, and the text. */
interface JsonInput extends Expected {
  readonly what: string
  readonly path: string
  readonly body: string | Uint8Array
}

const NO_JSON: readonly (readonly [string, string])[] = [
  ['an object that does not end', '{'],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['what begins like an object', '{"a":}'],
  ['a byte that is none of JSON', '\u0001'],
]

function* jsonInputs(): Generator<JsonInput> {
  const routes = new Routes([])
  for (const input of BAD_INPUTS) {
    const path = routes.pathOf(input.path)
    if (path !== null && !input.isPrefix) yield asJson(input, path, routes)
  }
  for (const path of routes.paths) {
    for (const [what, body] of NO_JSON) {
      yield {
        what: `${path}: ${what}`,
        path,
        body,
        outcome: '400 INVALID_ARGUMENT ',
        isPrefix: true,
      }
    }
  }
}

function asJson(input: BadInput, path: string, routes: Routes): JsonInput {
  const { what, bytes, outcome, elsewhere } = input
  const route = routes.find(path)
  assert.ok(route, `there is something at ${path}`)
  const body = new JsonOutput()
  encodeJson(route.request, bytes, body)
  return {
    what,
    path,
    body: body.bytes,
    outcome: withHttpStatus(outcome),
    ...(elsewhere === undefined ? {} : { elsewhere: withHttpStatus(elsewhere) }),
  }
}

function withHttpStatus(outcome: string): string {
  const [name] = outcome.split(' ')
  return `${httpStatusOf(STATUS[name as keyof typeof STATUS])} ${outcome}`
}

async function jsonOutcome(web: HttpClient, path: string, body: string | Uint8Array) {
  const { status, text } = await web.post(path, body)
  const told = JSON.parse(text) as { error: string; message: string; code: number }
  const name = Object.entries(STATUS).find(([, code]) => code === told.code)?.[0]
  return told.error === told.message ? `${status} ${name} ${told.message}` : text
}
