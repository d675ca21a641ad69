import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError, RPC_GZIP_RUNNING_MAX, RPC_GZIP_WAITING_MAX } from '../../base/index.ts'
import { createNodeGzip, type Gzip } from '../../io/index.ts'
import { acceptsGzip, isWorthCompressing, MessageCompressor, parseEncoding } from './compression.ts'

/** Ends a task only when the test says so. */
class SlowGzip implements Gzip {
  readonly started: { bytes: Uint8Array; end: () => void; fail: (error: Error) => void }[] = []

  deflate(bytes: Uint8Array): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    this.started.push({ bytes, end: () => resolve(bytes), fail: reject })
    return promise
  }

  inflate(bytes: Uint8Array): Promise<Uint8Array> {
    return this.deflate(bytes)
  }
}

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof KvError && error.code === code
}

describe('compression of messages', () => {
  it('brings a message back', async () => {
    const compressor = new MessageCompressor(createNodeGzip(), { inflatedBytesMax: 5000 })
    const message = new Uint8Array(5000).fill(65)
    const compressed = await compressor.deflate(message)
    assert.ok(compressed.length < 200)
    assert.deepEqual(new Uint8Array(await compressor.inflate(compressed)), message)
  })

  it('refuses a message that would be too large', async () => {
    const compressor = new MessageCompressor(createNodeGzip(), { inflatedBytesMax: 4999 })
    const compressed = await compressor.deflate(new Uint8Array(5000))
    await assert.rejects(compressor.inflate(compressed), failsWith('TOO_LARGE'))
  })

  it('runs a few at a time, the others in their order', async () => {
    const gzip = new SlowGzip()
    const compressor = new MessageCompressor(gzip, { inflatedBytesMax: 1 })
    const ended: number[] = []
    const answers = Array.from({ length: 6 }, async (_, at) => {
      await compressor.deflate(Uint8Array.of(at))
      ended.push(at)
    })
    assert.equal(gzip.started.length, RPC_GZIP_RUNNING_MAX)
    for (let at = 0; at < 6; at++) {
      gzip.started[at]?.end()
      await answers[at]
    }
    assert.deepEqual(ended, [0, 1, 2, 3, 4, 5])
    assert.deepEqual(
      gzip.started.map(({ bytes }) => bytes[0]),
      ended,
    )
  })

  it('goes on after one has failed', async () => {
    const gzip = new SlowGzip()
    const compressor = new MessageCompressor(gzip, { inflatedBytesMax: 1 })
    const answers = Array.from({ length: RPC_GZIP_RUNNING_MAX + 1 }, (_, at) =>
      compressor.inflate(Uint8Array.of(at)),
    )
    gzip.started[0]?.fail(new KvError('BAD_REQUEST', 'no gzip'))
    await assert.rejects(answers[0] as Promise<Uint8Array>, failsWith('BAD_REQUEST'))
    for (const task of gzip.started) task.end()
    assert.deepEqual(await answers[1], Uint8Array.of(1))
    gzip.started.at(-1)?.end()
    assert.deepEqual(await answers.at(-1), Uint8Array.of(RPC_GZIP_RUNNING_MAX))
  })

  it('refuses at once when too many wait, and takes more when they have gone', async () => {
    const gzip = new SlowGzip()
    const compressor = new MessageCompressor(gzip, { inflatedBytesMax: 1 })
    const allowed = RPC_GZIP_RUNNING_MAX + RPC_GZIP_WAITING_MAX
    const answers = Array.from({ length: allowed }, () => compressor.deflate(Uint8Array.of(1)))
    await assert.rejects(compressor.deflate(Uint8Array.of(1)), failsWith('OVERLOADED'))
    for (let at = 0; at < allowed; at++) {
      gzip.started[at]?.end()
      await answers[at]
    }
    assert.equal(gzip.started.length, allowed)
    void compressor.deflate(Uint8Array.of(1))
    assert.equal(gzip.started.length, allowed + 1)
  })
})

describe('the encoding of a call', () => {
  it('is identity when nothing is said, and unknown for everything but gzip', () => {
    assert.equal(parseEncoding(null), 'identity')
    assert.equal(parseEncoding('identity'), 'identity')
    assert.equal(parseEncoding('gzip'), 'gzip')
    for (const value of ['', 'deflate', 'snappy', 'GZIP', 'gzip,identity']) {
      assert.equal(parseEncoding(value), null)
    }
  })

  it('of the answer may be gzip when the caller lists it', () => {
    for (const value of ['gzip', 'identity,gzip', 'identity, deflate, gzip', 'gzip ,x']) {
      assert.equal(acceptsGzip(value), true)
    }
    for (const value of [null, '', 'identity', 'xgzip', 'gzip2']) {
      assert.equal(acceptsGzip(value), false)
    }
  })

  it('leaves short messages alone', () => {
    assert.equal(isWorthCompressing(100), false)
    assert.equal(isWorthCompressing(100_000), true)
  })
})
