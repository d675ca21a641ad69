import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, describe, it, type TestContext } from 'node:test'
import {
  EchoService,
  echoRequest,
  framed,
  HOST,
  installPrograms,
  program,
  serve,
  unary,
} from './testing/index.ts'

/** Not for speed, which `npm run bench:rpc` measures: every request has to succeed. */

interface Load {
  readonly requests: number
  readonly connections: number
  /** On each connection. */
  readonly atOnce: number
  readonly payloadBytes?: number
}

async function load(context: TestContext, given: Load): Promise<void> {
  const run = program(context, 'h2load')
  if (run === null) return
  const { requests, connections, atOnce, payloadBytes = 10 } = given
  const own = await serve(context, { methods: new EchoService().methods })
  const directory = mkdtempSync(path.join(tmpdir(), 'interop-'))
  context.after(() => rmSync(directory, { recursive: true }))
  const file = path.join(directory, 'request')
  const request = echoRequest({ payload: Buffer.alloc(payloadBytes, 'x') })
  writeFileSync(file, framed(unary.request.encodeBytes(request)))
  const { code, out, err } = await run([
    `--requests=${requests}`,
    `--clients=${connections}`,
    `--max-concurrent-streams=${atOnce}`,
    `--data=${file}`,
    '--header=content-type: application/grpc',
    '--header=te: trailers',
    `http://${HOST}:${own.port}${unary.path}`,
  ])
  assert.equal(code, 0, err)
  const all = `${requests} succeeded, 0 failed, 0 errored, 0 timeout`
  assert.ok(out.includes(all), out)
  assert.match(out, new RegExp(`status codes: ${requests} 2xx`))
  assert.equal(own.accepted.length, connections)
}

describe('h2load', () => {
  before(installPrograms)

  it('has all its requests answered on 10 connections with 100 at once', async (context) => {
    await load(context, { requests: 20_000, connections: 10, atOnce: 100 })
  })

  it('has all its requests answered on 1,000 connections', async (context) => {
    await load(context, { requests: 5000, connections: 1000, atOnce: 1 })
  })

  it('has all its requests answered when they are large', async (context) => {
    await load(context, { requests: 500, connections: 5, atOnce: 20, payloadBytes: 200_000 })
  })
})
