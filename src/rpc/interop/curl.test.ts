import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, describe, it, type TestContext } from 'node:test'
import {
  createIdentity,
  EchoService,
  echoRequest,
  framed,
  HOST,
  installPrograms,
  program,
  serve,
  unary,
  unframed,
} from './testing/index.ts'

const TRAILERS = /\r\n\r\ngrpc-status: (\d+)\r\n(?:grpc-message: (.*)\r\n)?/

interface Given {
  readonly words: readonly string[]
  readonly secure?: boolean
  readonly payload?: Buffer
  readonly failText?: string
}

interface Answer {
  /** Everything before the body, and after it. */
  readonly fields: string
  readonly body: Buffer
}

async function call(context: TestContext, given: Given): Promise<Answer | null> {
  const run = program(context, 'curl')
  if (run === null) return null
  const { words, secure = false, payload = Buffer.from('hello'), failText = '' } = given
  const directory = mkdtempSync(path.join(tmpdir(), 'interop-'))
  context.after(() => rmSync(directory, { recursive: true }))
  const { authority, identity } = createIdentity()
  const { methods } = new EchoService()
  const own = await serve(context, { methods, ...(secure && { tls: { identity } }) })
  const failStatus = failText === '' ? 0 : 9
  const request = echoRequest({ payload, failStatus, failText })
  writeFileSync(path.join(directory, 'request'), framed(unary.request.encodeBytes(request)))
  writeFileSync(path.join(directory, 'authority'), authority)
  const { code, out, err } = await run([
    '--silent',
    '--show-error',
    ...['--dump-header', path.join(directory, 'fields')],
    ...['--cacert', path.join(directory, 'authority')],
    ...words.map((word) => word.replace('REQUEST', path.join(directory, 'request'))),
    `${secure ? 'https' : 'http'}://${HOST}:${own.port}${unary.path}`,
  ])
  assert.equal(code, 0, err)
  const fields = readFileSync(path.join(directory, 'fields'), 'latin1')
  return { fields, body: Buffer.from(out, 'latin1') }
}

const CALL = [
  ...['--data-binary', '@REQUEST'],
  ...['--header', 'content-type: application/grpc'],
  ...['--header', 'te: trailers'],
]

function isAnswered(answer: Answer, payload: Buffer): void {
  assert.match(answer.fields, /^HTTP\/2 200/)
  assert.match(answer.fields, /content-type: application\/grpc\r\n/)
  assert.equal(TRAILERS.exec(answer.fields)?.[1], '0', answer.fields)
  const payloads = unframed(answer.body).map(({ message }) =>
    Buffer.from(unary.response.decodeBytes(message).payload),
  )
  assert.deepEqual(payloads, [payload])
}

describe('curl', () => {
  before(installPrograms)

  it('is answered with prior knowledge of HTTP/2', async (context) => {
    for (const payload of [Buffer.from('hello'), Buffer.alloc(300_000, 'x')]) {
      const words = ['--http2-prior-knowledge', ...CALL]
      const answer = await call(context, { words, payload })
      if (answer !== null) isAnswered(answer, payload)
    }
  })

  it('is answered over TLS, where HTTP/2 is agreed on by ALPN', async (context) => {
    for (const payload of [Buffer.from('hello'), Buffer.alloc(300_000, 'x')]) {
      const answer = await call(context, { words: ['--http2', ...CALL], secure: true, payload })
      if (answer !== null) isAnswered(answer, payload)
    }
  })

  it('sees what fails', async (context) => {
    const words = ['--http2-prior-knowledge', ...CALL]
    const answer = await call(context, { words, failText: 'no, 100 %' })
    if (answer === null) return
    assert.match(answer.fields, /grpc-status: 9\r\ngrpc-message: no, 100 %25\r\n/)
    assert.equal(answer.body.length, 0)
  })

  it('is told in HTTP when it does not speak gRPC', async (context) => {
    const get = await call(context, { words: ['--http2-prior-knowledge'] })
    if (get === null) return
    assert.match(get.fields, /^HTTP\/2 415/)
    const words = ['--http2-prior-knowledge', '--header', 'content-type: application/grpc']
    const noPost = await call(context, { words })
    assert.match(noPost?.fields ?? '', /^HTTP\/2 405 \r\nallow: POST/)
  })

  it('that knows nothing of HTTP/2 gets HTTP/1.1 at the same port', async (context) => {
    for (const secure of [false, true]) {
      const answer = await call(context, { words: ['--http1.1'], secure })
      if (answer === null) return
      assert.match(answer.fields, /^HTTP\/1.1 200 OK/)
      assert.equal(answer.body.toString(), 'HTTP/1.1')
    }
  })
})
