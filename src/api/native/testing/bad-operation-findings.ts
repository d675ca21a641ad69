import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import { ERRORS, type ErrorSpec } from '../../../base/index.ts'
import type { Address } from '../../../io/index.ts'
import { type Codec, etcd, native } from '../../../wire/index.ts'
import { prepare, RemoteClient, until } from '../../etcd/testing/index.ts'
import { BAD_OPERATIONS, type BadOperation } from './bad-operations.ts'
import { wrapped } from './operations.ts'

/** Of requests that are bytes already. */
const RAW: Codec<Uint8Array> = {
  encodedLength: (bytes) => bytes.length,
  encode: (bytes, target, offset) => {
    target.set(bytes, offset)
    return offset + bytes.length
  },
  decode: (bytes, offset, length) => bytes.slice(offset, offset + length),
}

const pipeline = { ...native.KV.methods.pipeline, request: RAW }
const execute = { ...native.KV.methods.execute, request: RAW }
const { UNKNOWN_OUTCOME } = native.FailureRetry
const kv = etcd.KV.methods

/**
 * Asks a server to which nothing was written yet for every bad operation, in one pipeline and each
 * in a call of its own; tells what was not refused as it should be, and whether anything changed.
 */
export async function badOperationFindings(
  context: Pick<TestContext, 'after'>,
  address: Address,
): Promise<{ readonly findings: readonly string[]; readonly count: number }> {
  const client = new RemoteClient(context, address)
  await prepareStore(client)
  const before = await fingerprint(client)
  const stream = await client.stream(pipeline)
  const results = (): native.Result[] => stream.messages.flatMap((message) => message.results)
  const findings: string[] = []
  let count = 0
  for (const bad of BAD_OPERATIONS) {
    count += 1
    stream.send(wrapped([bad.bytes]))
    await until(() => stream.outcome !== undefined || results().length >= count)
    const result = results()[count - 1]
    if (result === undefined) return { findings: [`${bad.what}: ${stream.outcome}`], count }
    findings.push(...wrong('in a pipeline', bad, result))
  }
  for (const bad of BAD_OPERATIONS.filter(({ needsPipeline }) => needsPipeline !== true)) {
    count += 1
    const answers = await client.ask(execute, bad.bytes)
    findings.push(...wrong('in a call', bad, answers.message))
  }
  if ((await fingerprint(client)) !== before) findings.push('the store has changed')
  return { findings, count }
}

function wrong(where: string, bad: BadOperation, { failure, result }: native.Result): string[] {
  const spec: ErrorSpec = ERRORS[bad.code]
  // What is refused has no effect, but for what was asked of a session that is gone.
  const isOpen = failure?.retry === UNKNOWN_OUTCOME
  const isRight =
    result === null &&
    failure?.code === bad.code &&
    failure.advice === spec.advice &&
    failure.text.length > 10 &&
    isOpen === (bad.code === 'SESSION_EXPIRED')
  return isRight ? [] : [`${bad.what}, ${where}: ${JSON.stringify(failure)}, not ${bad.code}`]
}

function prepareStore(client: RemoteClient): Promise<void> {
  const done = async (asked: Promise<{ readonly outcome: string | undefined }>): Promise<void> => {
    assert.equal((await asked).outcome, 'OK')
  }
  return prepare({
    put: (key) => done(client.ask(kv.put, kv.put.request.create({ key }))),
    deleteKey: (key) => done(client.ask(kv.deleteRange, kv.deleteRange.request.create({ key }))),
    grant: (ID) => done(client.ask(etcd.Lease.methods.leaseGrant, { TTL: 1000, ID })),
    compact: (revision) => done(client.ask(kv.compact, { revision, physical: false })),
  })
}

/** Everything that a client could have changed. */
async function fingerprint(client: RemoteClient): Promise<string> {
  const all = kv.range.request.create({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) })
  const { hashKV } = etcd.Maintenance.methods
  const answers = [
    await client.ask(kv.range, all),
    await client.ask(etcd.Lease.methods.leaseLeases, {}),
    await client.ask(hashKV, hashKV.request.create()),
  ]
  return answers.map(({ message }) => inspect(message, { depth: 9 })).join('\n')
}
